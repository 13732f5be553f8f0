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

/** What the gateway sends: with an authorizer on the routes that need a token, else without. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;
export type GatewayResponse = APIGatewayProxyStructuredResultV2 & {
  readonly statusCode: number;
  headers: Record<string, string>;
};

/**
 * A person who is in the registry and has signed in; or a vendor's system that has signed its
 * request.
 */
export type SignedInPerson = Person & { readonly sub: Sub };

/** What a handler is given: everything checked, nothing of the transport. */
export type HttpRequest<C extends RouteContract = RouteContract> = {
  readonly actor: C['auth'] extends 'token' | 'signature' ? SignedInPerson : undefined;
  readonly params: RequestParams<C>;
  readonly query: RequestQuery<C>;
  readonly body: RequestBody<C>;
  /** The version that the caller saw, where they said so. */
  readonly ifMatch?: number;
  /** Set when the caller gave an idempotency key on a route that takes one. */
  readonly answerKey?: AnswerKey;
  /** `Accept` and `Accept-Language`: what the caller would rather have. */
  readonly prefers: { readonly type?: string | undefined; readonly language?: string | undefined };
  readonly traceId: string;
  readonly now: Instant;
  /** Milliseconds left to the function when the handler was called. */
  readonly remainingMs: number;
};

/**
 * The parts of a request, for a handler of several contracts that have these alike: of `HttpRequest`
 * the compiler asks for the very same contract.
 */
export type RequestParts<C extends RouteContract> = {
  readonly [Part in keyof HttpRequest<C>]: HttpRequest<C>[Part];
};

/** An answer whose contract is no longer known to the type. */
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
  // The edge checks each part against the contract before it calls, which the types cannot know.
  return { contract, handle: handle as unknown as HttpRoute['handle'] };
}

/** One request on its way through the stack. */
export type HttpExchange = {
  readonly traceId: string;
  readonly correlationId: string;
  readonly now: Instant;
  readonly instance: string;
  readonly route: HttpRoute | undefined;
  actor?: SignedInPerson;
  /** The vendor's key by which a request was signed, and the id under which it is done once. */
  signed?: { readonly key: string; readonly messageId: string };
  params: unknown;
  query: unknown;
  body: unknown;
  ifMatch?: number;
  answerKey?: AnswerKey;
  /** The inquiries that the answer shows or has changed; undefined before there is one. */
  seen?: readonly AccessRecord[];
  /** It is an answer given before. */
  repeated?: true;
  /** The code of the problem it ended in. */
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

/** Turns a handler's refusal into the edge's way out. */
export function makeRefusalError(
  refusal: Refusal & { readonly errors?: readonly InputError[] },
): RefusalError {
  return new RefusalError(refusal.refused, refusal.detail, refusal.errors);
}
