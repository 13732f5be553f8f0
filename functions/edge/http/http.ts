import middy, { type Request } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AuditLog } from '../../../core/access/audit-entry.ts';
import type { PersonRegistry } from '../../../core/access/ports.ts';
import type { AnswerStore } from '../../../core/inquiry/outbox/answer-store.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { TransientError } from '../../../core/inquiry/transient-error.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { auditRequest, requireAccessRecords } from '../access/audit-request.ts';
import { authenticateActor, authorizeRole } from '../access/authenticate-actor.ts';
import {
  type SignatureDependencies,
  verifySignedRequest,
} from '../access/verify-signed-request.ts';
import { buildProblemDetails } from '../problem/problem-details.ts';
import { metricNames } from '../telemetry/metric-names.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';
import {
  type GatewayEvent,
  type GatewayResponse,
  type HttpExchange,
  type HttpRoute,
  makeRefusalError,
  RefusalError,
  type UntypedRequest,
} from './exchange.ts';
import { buildProblemResponse, buildResponse } from './http-response.ts';
import { deriveIdempotencyKey, type HandledRequest, performIdempotently } from './idempotency.ts';
import { readIdempotencyKey, readIfMatch } from './preconditions.ts';
import { readBody } from './read-body.ts';
import { type RouteContract, routeKeyOf } from './route-contract.ts';
import { securityHeaders } from './security-headers.ts';
import { validateInput } from './validate-input.ts';

export type { HttpRequest, HttpRoute, RequestParts, SignedInPerson } from './exchange.ts';
export { defineRoute } from './exchange.ts';
export { buildAnswerRecord } from './idempotency.ts';

export type HttpHandler = (event: GatewayEvent, context: Context) => Promise<GatewayResponse>;

export type HttpOptions = {
  readonly routes: readonly HttpRoute[];
  /** Needed by routes with a token. */
  readonly people?: PersonRegistry;
  /** Needed by routes with a signature. */
  readonly signatures?: SignatureDependencies;
  /** Needed by routes with a token or a signature. */
  readonly audit?: AuditLog;
  /** Needed by idempotent routes. */
  readonly answers?: AnswerStore;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
  readonly newTraceId: () => string;
};

/** The gateway's event with what the middlewares know about it. */
type ExchangeEvent = GatewayEvent & { readonly exchange: HttpExchange };
type MiddlewareStep = Request<ExchangeEvent, GatewayResponse>;

/** Time reserved for answering that the request took too long. */
const timeoutEarlyMs = 250;

/**
 * Makes the handler of a function's HTTP routes, chosen by the event's `routeKey`. Where the gateway
 * has one route for every command, the path says which it is.
 *
 * Handlers get a request that has been checked against their contract, and answer with one of the
 * contract's results or a refusal. A transient fault that they throw becomes a 503, anything else a
 * 500 without internals.
 */
export function makeHttpHandler(options: HttpOptions): HttpHandler {
  const routes = new Map(options.routes.map((route) => [routeKeyOf(route.contract), route]));
  for (const [routeKey, { contract }] of routes) {
    if (contract.auth === 'token' && options.people === undefined) {
      throw new TypeError(`${routeKey} needs the registry of people`);
    }
    if (contract.auth === 'signature' && options.signatures === undefined) {
      throw new TypeError(`${routeKey} needs the keys of vendors`);
    }
    if (contract.auth !== 'public' && options.audit === undefined) {
      throw new TypeError(`${routeKey} needs the audit log`);
    }
    if (contract.idempotent && options.answers === undefined) {
      throw new TypeError(`${routeKey} needs a store of answers`);
    }
  }
  // The first middleware turns each `GatewayEvent` into an `ExchangeEvent`.
  return middy<ExchangeEvent, GatewayResponse>(
    (event: ExchangeEvent, context: Context) => performRequest(event, context, options),
    {
      timeoutEarlyInMillis: timeoutEarlyMs,
    },
  )
    .use(makeExchangeMiddleware(options, routes))
    .use(makeLogMiddleware(options))
    .use(makeSecurityMiddleware())
    .use(makeAuditMiddleware(options))
    .use(makeRefusalMiddleware(options))
    .before(({ event }: MiddlewareStep) => authenticateRequest(event, options))
    .before(({ event }: MiddlewareStep) => readRequest(event)) as unknown as HttpHandler;
}

function requireRoute({ route }: HttpExchange): HttpRoute {
  if (route !== undefined) return route;
  throw new RefusalError('access.not-found', 'There is no such route.');
}

async function authenticateRequest(
  event: ExchangeEvent,
  { people, signatures }: HttpOptions,
): Promise<void> {
  const { exchange } = event;
  const { contract } = requireRoute(exchange);
  // The actor is known before a refusal, so that the refusal is recorded.
  if (contract.auth === 'token' && people !== undefined) {
    exchange.actor = await authenticateActor(event, people);
  } else if (contract.auth === 'signature' && signatures !== undefined) {
    const { actor, ...signed } = await verifySignedRequest(event, signatures, exchange.now);
    exchange.actor = actor;
    exchange.signed = signed;
  } else return;
  authorizeRole(contract, exchange.actor);
}

/** Reads and checks every part of the request against the contract. */
function readRequest(event: ExchangeEvent): void {
  const { exchange } = event;
  const { contract } = requireRoute(exchange);
  const ifMatch = readIfMatch(contract, event.headers['if-match']);
  if (ifMatch !== undefined) exchange.ifMatch = ifMatch;
  const { signed } = exchange;
  const idempotencyKey =
    signed === undefined
      ? readIdempotencyKey(contract, event.headers['idempotency-key'])
      : messageIdempotencyKey(contract, signed.messageId);
  if (contract.params) {
    exchange.params = validateInput('path', contract.params, event.pathParameters ?? {});
  }
  const query = event.queryStringParameters ?? {};
  if (contract.query) exchange.query = validateInput('query', contract.query, query);
  else refuseAnyQuery(query);
  const { bytes, value } = readBody(contract, event);
  const isBytes = value === undefined || value instanceof Uint8Array;
  exchange.body = isBytes || !contract.body ? value : validateInput('body', contract.body, value);
  if (idempotencyKey !== undefined && exchange.actor !== undefined) {
    exchange.answerKey = deriveIdempotencyKey({
      sub: exchange.actor.sub,
      routeKey: event.routeKey,
      idempotencyKey,
      params: exchange.params,
      query: exchange.query,
      body: isBytes ? bytes : value,
      now: exchange.now,
    });
  }
}

/** A signed request's own id serves as its idempotency key. */
function messageIdempotencyKey(
  { idempotent }: RouteContract,
  messageId: string,
): string | undefined {
  return idempotent ? messageId : undefined;
}

function refuseAnyQuery(query: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(query);
  if (names.length === 0) return;
  throw new RefusalError(
    'invalid.parameter',
    'This route takes no query parameters.',
    names.map((name) => ({ in: 'query', pointer: `/${name}`, detail: 'is not known here' })),
  );
}

async function performRequest(
  { exchange, headers }: ExchangeEvent,
  context: Context,
  { answers }: HttpOptions,
): Promise<GatewayResponse> {
  const { actor, params, query, body, ifMatch, answerKey, traceId, now } = exchange;
  const route = requireRoute(exchange);
  const request = {
    ...{ actor, params, query, body, traceId, now },
    prefers: { type: headers['accept'], language: headers['accept-language'] },
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(answerKey === undefined ? {} : { answerKey }),
    remainingMs: context.getRemainingTimeInMillis(),
  };
  const { answer, seen, repeated } =
    answerKey === undefined || answers === undefined
      ? await runRoute(route, request)
      : await performIdempotently(answerKey, answers, () => route.handle(request));
  if (repeated) exchange.repeated = repeated;
  // A stored answer without its access records is recorded by the path.
  if (!repeated || seen !== undefined)
    exchange.seen = requireAccessRecords(route, answer.statusCode, seen);
  return answer;
}

async function runRoute({ handle }: HttpRoute, request: UntypedRequest): Promise<HandledRequest> {
  const result = await handle(request);
  if (isRefusal(result)) throw makeRefusalError(result);
  return { answer: buildResponse(result), seen: result.seen };
}

/** Adds the exchange to the event: trace, correlation, and the one time that holds throughout. */
function makeExchangeMiddleware(options: HttpOptions, routes: ReadonlyMap<string, HttpRoute>) {
  return {
    before: (step: MiddlewareStep) => {
      const { event } = step;
      const resolved = resolveCommand(event);
      const traceId = options.newTraceId();
      const correlationHeader = event.headers['x-correlation-id'];
      const exchange: HttpExchange = {
        traceId,
        correlationId:
          correlationHeader !== undefined && /^[\w.-]{1,64}$/.test(correlationHeader)
            ? correlationHeader
            : traceId,
        now: options.now(),
        instance: event.rawPath,
        route: routes.get(resolved.routeKey),
        params: {},
        query: {},
        body: undefined,
      };
      // A command that there is not may be anything: the log then has the gateway's route.
      step.event = { ...event, ...(exchange.route && resolved), exchange };
    },
  };
}

/** Names the route of an event by its command, where the gateway has one for all of them. */
function resolveCommand({
  routeKey,
  pathParameters = {},
}: GatewayEvent): Pick<GatewayEvent, 'routeKey' | 'pathParameters'> {
  const { command, ...others } = pathParameters;
  if (command === undefined || !/^[a-z-]+$/.test(command)) return { routeKey, pathParameters };
  return { routeKey: routeKey.replace('{command}', command), pathParameters: others };
}

/** Logs codes and ids only: the route instead of the path, which may contain an address. */
function makeLogMiddleware({ logger, meter, now }: HttpOptions) {
  const record = ({ event, response, context }: MiddlewareStep) => {
    const { exchange } = event;
    const headers = response?.headers ?? {};
    headers['x-trace-id'] = exchange.traceId;
    headers['x-correlation-id'] = exchange.correlationId;
    logger.info('request', {
      routeKey: event.routeKey,
      status: response?.statusCode,
      traceId: exchange.traceId,
      correlationId: exchange.correlationId,
      requestId: context.awsRequestId,
      sub: exchange.actor?.sub,
      key: exchange.signed?.key,
      code: exchange.code,
      ms: Date.parse(now()) - Date.parse(exchange.now),
    });
    meter.flush();
  };
  return { after: record, onError: record };
}

function makeSecurityMiddleware() {
  const secure = ({ response }: MiddlewareStep) => {
    if (response) response.headers = { ...securityHeaders, ...response.headers };
  };
  return { after: secure, onError: secure };
}

/**
 * Records each request before it is answered; an answer that cannot be recorded is not shown.
 *
 * A failure of ours is answered even then, since it shows nothing.
 */
function makeAuditMiddleware(options: HttpOptions) {
  const { audit, now, meter, logger } = options;
  const record = async ({ event, response }: MiddlewareStep) => {
    try {
      await auditRequest(audit, event.exchange, response?.statusCode ?? 500, now());
    } catch (error) {
      meter.count(metricNames.auditFailed);
      logger.error('request not recorded', { traceId: event.exchange.traceId, error });
      throw error;
    }
  };
  return {
    after: record,
    onError: async (step: MiddlewareStep) => {
      if (step.event.exchange.code === 'transient.audit') return;
      try {
        await record(step);
      } catch (error) {
        if ((step.response?.statusCode ?? 500) < 500)
          setProblemResponse(step, classifyError(error));
      }
    },
  };
}

/** Turns anything thrown into problem details. */
function makeRefusalMiddleware({ logger, meter }: HttpOptions) {
  return {
    onError: (step: MiddlewareStep) => {
      const { exchange } = step.event;
      const refusal = classifyError(step.error);
      if (refusal.code === 'internal.failure' || refusal.code === 'transient.unavailable') {
        meter.count(metricNames.requestFailed);
        logger.error('request failed', { traceId: exchange.traceId, error: step.error });
      }
      setProblemResponse(step, refusal);
    },
  };
}

function setProblemResponse(
  step: MiddlewareStep,
  { code, message: detail, errors }: RefusalError,
): void {
  const { exchange } = step.event;
  exchange.code = code;
  step.response = buildProblemResponse(buildProblemDetails({ code, detail, errors }, exchange));
}

function classifyError(error: unknown): RefusalError {
  if (error instanceof RefusalError) return error;
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new RefusalError('transient.timeout', 'It took longer than we may take; ask again.');
  }
  if (error instanceof TransientError) return new RefusalError(error.code, details[error.code]);
  return new RefusalError(
    'internal.failure',
    'Something failed on our side. The trace id names it.',
  );
}

const details: Readonly<Record<TransientError['code'], string>> = {
  'transient.conflict': 'Others kept changing the same thing; ask again.',
  'transient.unavailable':
    'A service that we need did not answer; ask again. The trace id names the request.',
};
