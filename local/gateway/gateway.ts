import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostClock } from '../clock.ts';
import type { CorsSettings, HttpApi } from '../deployment/read-api.ts';
import { checkAccessToken, type TokenClaims } from '../identity/access-token.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import { buildGatewayEvent, splitUrl } from './gateway-event.ts';
import { writeFunctionAnswer, writeGatewayAnswer } from './gateway-response.ts';
import { makeRouteMatcher, type RouteMatch } from './match-route.ts';
import { readRequest } from './read-request.ts';

/** Lambda limits requests to a function to 6 MB. */
const BODY_BYTES = 6 * 1024 * 1024;

export interface GatewayOptions {
  readonly api: HttpApi;
  readonly runtime: FunctionRuntime;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly clock: HostClock;
}

/** Makes an API Gateway HTTP API: routes, authorizer, limits, and its own answers. */
export function makeGateway(
  options: GatewayOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const matchRoute = makeRouteMatcher(options.api.routes);

  return async (request, response) => {
    const [path] = splitUrl(request.url ?? '/');
    const cors = makeCorsHeaders(options.api.crossOrigin, request);
    if (isPreflight(request) && options.api.crossOrigin !== undefined) {
      response.writeHead(204, cors);
      response.end();
      return;
    }
    const match = matchRoute(request.method ?? 'GET', path);
    if (match === undefined) {
      writeGatewayAnswer(response, 404, 'Not Found', cors);
      return;
    }
    const authorization = authorizeRequest(match, request, options);
    if ('refusal' in authorization) {
      const { status, message, challenge } = authorization.refusal;
      writeGatewayAnswer(response, status, message, { 'www-authenticate': challenge, ...cors });
      return;
    }
    const body = await readRequest(request, BODY_BYTES);
    if (body === undefined) {
      writeGatewayAnswer(response, 413, 'Request Entity Too Large', {
        connection: 'close',
        ...cors,
      });
      return;
    }
    const event = buildGatewayEvent({
      request,
      body,
      match,
      apiId: options.api.id,
      claims: authorization.claims,
      at: options.clock.date(),
    });
    await answerByFunction(match, event, response, cors, options.runtime);
  };
}

async function answerByFunction(
  { route }: RouteMatch,
  event: unknown,
  response: ServerResponse,
  cors: Record<string, string>,
  runtime: FunctionRuntime,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), route.timeoutSeconds * 1000);
  });
  try {
    const answer = await Promise.race([runtime.invoke(route.target, event), late]);
    if (answer === LATE) writeGatewayAnswer(response, 503, 'Service Unavailable', cors);
    else writeFunctionAnswer(response, answer, cors);
  } catch {
    // The runtime has logged it; the caller learns no internals.
    writeGatewayAnswer(response, 500, 'Internal Server Error', cors);
  } finally {
    clearTimeout(timer);
  }
}

const LATE = Symbol('late');

interface AuthorizerRefusal {
  readonly status: number;
  readonly message: string;
  readonly challenge: string;
}

function authorizeRequest(
  { route }: RouteMatch,
  request: IncomingMessage,
  { issuer, publicKey }: GatewayOptions,
): { claims: TokenClaims | undefined } | { refusal: AuthorizerRefusal } {
  if (route.authorizer === undefined) return { claims: undefined };
  const header = request.headers.authorization;
  if (header === undefined) return { refusal: refuseUnauthorized('Bearer') };
  const tokenCheck = checkAccessToken(header.replace(/^bearer\s+/i, ''), {
    key: publicKey,
    // The template's issuer is the user pool; here the embedded provider takes its place.
    issuer,
    audience: route.authorizer.audience,
    at: new Date(),
  });
  if ('refusal' in tokenCheck) {
    return {
      refusal: refuseUnauthorized(
        `Bearer scope="${route.scopes.join(' ')}" error="invalid_token" error_description="${tokenCheck.refusal}"`,
      ),
    };
  }
  const grantedScopes = String(tokenCheck.claims['scope'] ?? '').split(' ');
  if (route.scopes.length > 0 && !route.scopes.some((scope) => grantedScopes.includes(scope))) {
    return {
      refusal: {
        status: 403,
        message: 'Forbidden',
        challenge: `Bearer scope="${route.scopes.join(' ')}" error="insufficient_scope"`,
      },
    };
  }
  return { claims: tokenCheck.claims };
}

function refuseUnauthorized(challenge: string): AuthorizerRefusal {
  return { status: 401, message: 'Unauthorized', challenge };
}

function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers['access-control-request-method'] !== undefined &&
    request.headers.origin !== undefined
  );
}

function makeCorsHeaders(
  cors: CorsSettings | undefined,
  request: IncomingMessage,
): Record<string, string> {
  const { origin } = request.headers;
  if (cors === undefined || origin === undefined) return {};
  if (!cors.origins.includes('*') && !cors.origins.includes(origin)) return {};
  const headers: Record<string, string> = {
    'access-control-allow-origin': cors.origins.includes('*') ? '*' : origin,
  };
  if (cors.credentials) headers['access-control-allow-credentials'] = 'true';
  if (cors.exposed.length > 0) headers['access-control-expose-headers'] = cors.exposed.join(',');
  if (isPreflight(request)) {
    headers['access-control-allow-methods'] = cors.methods.join(',');
    headers['access-control-allow-headers'] = cors.headers.join(',');
    if (cors.maxAgeSeconds !== undefined) {
      headers['access-control-max-age'] = String(cors.maxAgeSeconds);
    }
  }
  return headers;
}
