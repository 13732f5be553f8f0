import type * as z from 'zod';
import type { AccessRecord } from '../../../core/access/access-record.ts';
import type { AuditAction } from '../../../core/access/audit-entry.ts';
import type { RefusalCode } from '../../../core/inquiry/refusal.ts';
import type { Role } from '../../../core/inquiry/values/vocabulary.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** JSON, or the same as CSV in UTF-8 for a caller who would rather have that. */
export type JsonOrCsvResponse = {
  readonly 'application/json': z.ZodType;
  readonly 'text/csv': true;
};

/** What a status answers with: JSON of a schema, nothing, a page, or JSON or CSV. */
export type ResponseSchema = z.ZodType | null | 'text/html' | JsonOrCsvResponse;

/** What the audit says of a request of the route. */
export type AuditRule = {
  /** Of a route that does one thing or another: by a field of the body. */
  readonly action:
    | AuditAction
    | {
        readonly field: string;
        readonly of: Readonly<Record<string, AuditAction>>;
        readonly otherwise: AuditAction;
      };
  /**
   * Whose inquiry a success shows or changes, which its handler then says as `seen`: at least one,
   * some or none of a list, or never any.
   */
  readonly what: 'inquiry' | 'inquiries' | 'none';
  /** What it is about besides: fields of the path, the query or the body that name nobody. */
  readonly object?: {
    readonly in: 'path' | 'query' | 'body';
    readonly field: string | readonly string[];
  };
  /** Successes that show nothing of anybody and change nothing, so that recording them is noise. */
  readonly quiet?: { readonly statuses: readonly number[]; readonly because: string };
};

/**
 * Who is asked to show who they are, and by what: people by a token, a vendor's system by its
 * signature. Each request of theirs is recorded.
 */
type RouteAccess =
  | { readonly auth: 'token' | 'signature'; readonly audit: AuditRule }
  | { readonly auth: 'public'; readonly audit?: never };

/**
 * What a route promises: its document, its checks and its handler's types come from this alone.
 *
 * `params` and `query` are strict objects, so that what is not named is refused.
 */
export type RouteContract = {
  readonly method: HttpMethod;
  readonly path: `/${string}`;
  readonly summary: { readonly en: string; readonly ja?: string };
  /** Further explanation for the document, in English. */
  readonly description?: string;
  readonly tag: string;
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
  readonly answers: Readonly<Record<number, ResponseSchema>>;
  /** Refusals beyond those that follow from the rest of the contract. */
  readonly refusals: readonly RefusalCode[];
  /** Whether it takes `Idempotency-Key`. */
  readonly idempotent: boolean;
  /** Whether it takes `If-Match`. */
  readonly concurrency: boolean;
} & RouteAccess;

export const defaultBodyLimitBytes = 262_144;

/** Declares a route's contract and keeps its exact type. */
export function defineContract<const C extends RouteContract>(definition: C): C {
  return definition;
}

export type RequestParams<C extends RouteContract> = C extends { params: infer S extends z.ZodType }
  ? z.output<S>
  : Record<never, never>;
export type RequestQuery<C extends RouteContract> = C extends { query: infer S extends z.ZodType }
  ? z.output<S>
  : Record<never, never>;
export type RequestBody<C extends RouteContract> = C extends { bodyType: 'text/csv' }
  ? Uint8Array
  : C extends { body: infer S extends z.ZodType }
    ? z.output<S>
    : undefined;

/** What an answer says for the audit: which inquiries it shows or has changed. */
type DisclosedRecords<C extends RouteContract, Status> = C extends { audit: infer A }
  ? A extends { what: 'none' }
    ? { readonly seen?: never }
    : A extends { quiet: { statuses: readonly (infer Quiet)[] } }
      ? Status extends Quiet
        ? { readonly seen?: readonly AccessRecord[] }
        : { readonly seen: readonly AccessRecord[] }
      : { readonly seen: readonly AccessRecord[] }
  : { readonly seen?: never };

type ResponseBody<A> = A extends z.ZodType
  ? { readonly body: z.input<A> }
  : A extends string
    ? { readonly body: string }
    : A extends JsonOrCsvResponse
      ? { readonly body: z.input<A['application/json']> | string }
      : { readonly body?: never };

/** What a handler of the contract may answer: one of its statuses with that status's body. */
export type RouteResult<C extends RouteContract> = {
  [S in keyof C['answers'] & number]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
    /** The snapshot's version, sent as `ETag`. */
    readonly etag?: number;
    readonly location?: string;
    /** The handler has stored this answer with its own transaction, under `answerKey`. */
    readonly stored?: true;
  } & ResponseBody<C['answers'][S]> &
    DisclosedRecords<C, S>;
}[keyof C['answers'] & number];

/** The key by which the gateway names the route. */
export function routeKeyOf({ method, path }: Pick<RouteContract, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
