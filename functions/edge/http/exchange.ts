import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import type { AccessRecord } from '../../../core/access/access-record.ts';
import type { Person } from '../../../core/access/person.ts';
import type { AnswerKey } from '../../../core/inquiry/outbox/answer-store.ts';
import type { Refusal } from '../../../core/inquiry/refusal.ts';
import type { Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import type { InputError, InputRefusal } from '../problem/problem-details.ts';
import type { ProblemCode } from '../problem/refusal-status.ts';
import type {
  RequestBody,
  RequestParams,
  RequestQuery,
  RouteContract,
  RouteResult,
} from './route-contract.ts';

/** The gateway's event, with an authorizer on the routes that need a token. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;
export type GatewayResponse = APIGatewayProxyStructuredResultV2 & {
  readonly statusCode: number;
  headers: Record<string, string>;
};

/** A registered person who has signed in, or a vendor's system that has signed its request. */
export type SignedInPerson = Person & { readonly sub: Sub };

/** A handler's request: everything is checked, and nothing of the transport is left. */
export type HttpRequest<C extends RouteContract = RouteContract> = {
  readonly actor: C['auth'] extends 'token' | 'signature' ? SignedInPerson : undefined;
  readonly params: RequestParams<C>;
  readonly query: RequestQuery<C>;
  readonly body: RequestBody<C>;
  /** The version that the caller saw, if they sent it. */
  readonly ifMatch?: number;
  /** Set when the caller sent an idempotency key on a route that takes one. */
  readonly answerKey?: AnswerKey;
  /** The headers `Accept` and `Accept-Language`. */
  readonly prefers: { readonly type?: string | undefined; readonly language?: string | undefined };
  readonly traceId: string;
  readonly now: Instant;
  /** Milliseconds left to the function when the handler was called. */
  readonly remainingMs: number;
};

/**
 * The parts of a request, for a handler of several contracts that share them: with `HttpRequest`
 * the compiler demands the very same contract.
 */
export type RequestParts<C extends RouteContract> = {
  readonly [Part in keyof HttpRequest<C>]: HttpRequest<C>[Part];
};

/** An answer whose type no longer knows its contract. */
export type AnyRouteResult = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly etag?: number;
  readonly location?: string;
  readonly stored?: true;
  readonly seen?: readonly AccessRecord[];
};

/** A contract with its handler. */
export type HttpRoute = {
  readonly contract: RouteContract;
  readonly handle: (request: UntypedRequest) => Promise<AnyRouteResult | InputRefusal>;
};

export type UntypedRequest = Omit<HttpRequest, 'actor' | 'params' | 'query' | 'body'> & {
  readonly actor: SignedInPerson | undefined;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
};

/** Joins a contract with its handler; the handler's request and answer are typed by it. */
export function defineRoute<const C extends RouteContract>(
  contract: C,
  handle: NoInfer<(request: HttpRequest<C>) => Promise<RouteResult<C> | InputRefusal>>,
): HttpRoute {
  // The edge checks each part against the contract before the call, which the types cannot know.
  return { contract, handle: handle as unknown as HttpRoute['handle'] };
}

/** One request on its way through the middlewares. */
export type HttpExchange = {
  readonly traceId: string;
  readonly correlationId: string;
  readonly now: Instant;
  readonly instance: string;
  readonly route: HttpRoute | undefined;
  actor?: SignedInPerson;
  /** The vendor's key that signed the request, and the id that makes it idempotent. */
  signed?: { readonly key: string; readonly messageId: string };
  params: unknown;
  query: unknown;
  body: unknown;
  ifMatch?: number;
  answerKey?: AnswerKey;
  /** The inquiries that the answer shows or has changed; undefined before there is an answer. */
  seen?: readonly AccessRecord[];
  /** The answer was given before and is repeated. */
  repeated?: true;
  /** The code of the problem that the request ended in. */
  code?: ProblemCode;
};

/** Ends a request early, inside the edge only: middlewares have no other way out. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: ProblemCode;
  readonly errors: readonly InputError[] | undefined;
  constructor(
    code: ProblemCode,
    detail: string,
    errors?: readonly InputError[],
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.code = code;
    this.errors = errors;
  }
}

/** Turns a handler's refusal into an error of the edge. */
export function makeRefusalError(
  refusal: Refusal & { readonly errors?: readonly InputError[] },
): RefusalError {
  return new RefusalError(refusal.refused, refusal.detail, refusal.errors);
}
