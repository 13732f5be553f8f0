import type * as z from 'zod';
import type { RefusalCode } from '../../core/inquiry/refusal.ts';
import type { Role } from '../../core/inquiry/vocabulary.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** JSON, or the same as CSV in UTF-8 for a caller who would rather have that. */
export type JsonOrCsv = { readonly 'application/json': z.ZodType; readonly 'text/csv': true };

/** What a status answers with: JSON of a schema, nothing, a page, or JSON or CSV. */
export type Answer = z.ZodType | null | 'text/html' | JsonOrCsv;

/**
 * What a route promises: its document, its checks and its handler's types come from this alone.
 *
 * `params` and `query` are strict objects, so that what is not named is refused.
 */
export type Contract = {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly summary: { readonly en: string; readonly ja?: string };
  /** Further explanation for the document, in English. */
  readonly description?: string;
  readonly tag: string;
  readonly auth: 'token' | 'public';
  /** Who may call it at all; what they may do to which inquiry is for `may` to say. */
  readonly roles: readonly Role[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /**
   * `text/csv` gives the handler the bytes as they came, and is sent as `application/octet-stream`
   * where it is not UTF-8: the gateway reads text types as UTF-8 and spoils other bytes.
   */
  readonly bodyType?: 'application/json' | 'text/csv';
  /** 256 KiB unless said otherwise. The gateway itself takes no more than 6 MB. */
  readonly bodyLimitBytes?: number;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Refusals beyond those that follow from the rest of the contract. */
  readonly refusals: readonly RefusalCode[];
  /** Whether it takes `Idempotency-Key`. */
  readonly idempotent: boolean;
  /** Whether it takes `If-Match`. */
  readonly concurrency: boolean;
};

export const defaultBodyLimitBytes = 262_144;

/** Declares a route's contract and keeps its exact type. */
export function contract<const C extends Contract>(definition: C): C {
  return definition;
}

export type ParamsOf<C extends Contract> = C extends { params: infer S extends z.ZodType }
  ? z.output<S>
  : Record<never, never>;
export type QueryOf<C extends Contract> = C extends { query: infer S extends z.ZodType }
  ? z.output<S>
  : Record<never, never>;
export type BodyOf<C extends Contract> = C extends { bodyType: 'text/csv' }
  ? Uint8Array
  : C extends { body: infer S extends z.ZodType }
    ? z.output<S>
    : undefined;

type AnswerBody<A> = A extends z.ZodType
  ? { readonly body: z.input<A> }
  : A extends string
    ? { readonly body: string }
    : A extends JsonOrCsv
      ? { readonly body: z.input<A['application/json']> | string }
      : { readonly body?: never };

/** What a handler of the contract may answer: one of its statuses with that status's body. */
export type ResultOf<C extends Contract> = {
  [S in keyof C['answers'] & number]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
    /** The snapshot's version, sent as `ETag`. */
    readonly etag?: number;
    readonly location?: string;
    /** The handler has stored this answer with its own transaction, under `answerKey`. */
    readonly stored?: true;
  } & AnswerBody<C['answers'][S]>;
}[keyof C['answers'] & number];

/** The key by which the gateway names the route. */
export function routeKeyOf({ method, path }: Pick<Contract, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
