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
import type { BodyOf, Contract, ParamsOf, QueryOf, ResultOf } from './route-contract.ts';

/** What the gateway sends: with an authorizer on the routes that need a token, else without. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;
export type GatewayAnswer = APIGatewayProxyStructuredResultV2 & {
  readonly statusCode: number;
  headers: Record<string, string>;
};

/**
 * A person who is in the registry and has signed in; or a vendor's system that has signed its
 * request.
 */
export type SignedInPerson = Person & { readonly sub: Sub };

/** What a handler is given: everything checked, nothing of the transport. */
export type HttpRequest<C extends Contract = Contract> = {
  readonly actor: C['auth'] extends 'token' | 'signature' ? SignedInPerson : undefined;
  readonly params: ParamsOf<C>;
  readonly query: QueryOf<C>;
  readonly body: BodyOf<C>;
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
export type PartsOf<C extends Contract> = {
  readonly [Part in keyof HttpRequest<C>]: HttpRequest<C>[Part];
};

/** An answer whose contract is no longer known to the type. */
export type AnyResult = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly etag?: number;
  readonly location?: string;
  readonly stored?: true;
  readonly seen?: readonly AccessRecord[];
};

/** A contract with its handler. */
export type Route = {
  readonly contract: Contract;
  readonly handle: (request: ErasedRequest) => Promise<AnyResult | InputRefusal>;
};

export type ErasedRequest = Omit<HttpRequest, 'actor' | 'params' | 'query' | 'body'> & {
  readonly actor: SignedInPerson | undefined;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
};

/** Joins a contract with its handler; the handler's request and answer are typed by it. */
export function route<const C extends Contract>(
  contract: C,
  handle: NoInfer<(request: HttpRequest<C>) => Promise<ResultOf<C> | InputRefusal>>,
): Route {
  // The edge checks each part against the contract before it calls, which the types cannot know.
  return { contract, handle: handle as unknown as Route['handle'] };
}

/** One request on its way through the stack. */
export type Exchange = {
  readonly traceId: string;
  readonly correlationId: string;
  readonly now: Instant;
  readonly instance: string;
  readonly route: Route | undefined;
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
export class Refused extends Error {
  override readonly name = 'Refused';
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
export function refusedBy(refusal: Refusal & { readonly errors?: readonly InputError[] }): Refused {
  return new Refused(refusal.refused, refusal.detail, refusal.errors);
}
