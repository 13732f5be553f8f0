import type * as z from 'zod';
import type { AccessRecord } from '../../../core/access/access-record.ts';
import type { AuditAction } from '../../../core/access/audit-entry.ts';
import type { RefusalCode } from '../../../core/inquiry/refusal.ts';
import type { Role } from '../../../core/inquiry/values/vocabulary.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** JSON, or the same as CSV in UTF-8 for a caller who prefers that. */
export type JsonOrCsvResponse = {
  readonly 'application/json': z.ZodType;
  readonly 'text/csv': true;
};

/** The body of a status: JSON of a schema, nothing, a page, or JSON or CSV. */
export type ResponseSchema = z.ZodType | null | 'text/html' | JsonOrCsvResponse;

/** How the audit records requests of the route. */
export type AuditRule = {
  /** A route that does one thing or another names them by a field of the body. */
  readonly action:
    | AuditAction
    | {
        readonly field: string;
        readonly of: Readonly<Record<string, AuditAction>>;
        readonly otherwise: AuditAction;
      };
  /**
   * The inquiries that a success shows or changes, which its handler then returns as `seen`: at
   * least one, any number, or never one.
   */
  readonly what: 'inquiry' | 'inquiries' | 'none';
  /** What else a request is about: fields of the path, query or body that identify no person. */
  readonly object?: {
    readonly in: 'path' | 'query' | 'body';
    readonly field: string | readonly string[];
  };
  /** Successes that show nothing about anybody and change nothing, so that a record is noise. */
  readonly quiet?: { readonly statuses: readonly number[]; readonly because: string };
};

/**
 * How callers authenticate: people by a token, a vendor's system by its signature. Each of their
 * requests is recorded.
 */
type RouteAccess =
  | { readonly auth: 'token' | 'signature'; readonly audit: AuditRule }
  | { readonly auth: 'public'; readonly audit?: never };

/**
 * What a route promises; its documentation, checks and handler's types come from this alone.
 *
 * `params` and `query` are strict objects, so that unknown names are refused.
 */
export type RouteContract = {
  readonly method: HttpMethod;
  readonly path: `/${string}`;
  readonly summary: { readonly en: string; readonly ja?: string };
  /** Further explanation for the document, in English. */
  readonly description?: string;
  readonly tag: string;
  /** The roles that may call it at all; `may` decides what they may do with which inquiry. */
  readonly roles: readonly Role[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /**
   * With `text/csv` the handler gets the bytes as they came. Clients send encodings other than
   * UTF-8 as `application/octet-stream`: the gateway reads text types as UTF-8 and spoils the rest.
   */
  readonly bodyType?: 'application/json' | 'text/csv';
  /** 256 KiB by default. The gateway itself accepts no more than 6 MB. */
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

/** For the audit: the inquiries that an answer shows or has changed. */
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
    /** The handler has stored this answer in its own transaction, under `answerKey`. */
    readonly stored?: true;
  } & ResponseBody<C['answers'][S]> &
    DisclosedRecords<C, S>;
}[keyof C['answers'] & number];

/** The key by which the gateway names the route. */
export function routeKeyOf({ method, path }: Pick<RouteContract, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
