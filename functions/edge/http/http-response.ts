import type { ProblemDetails } from '../problem/problem-details.ts';
import type { AnyRouteResult, GatewayResponse } from './exchange.ts';
import { formatEntityTag } from './preconditions.ts';

/** Builds the gateway's response from a handler's result. A text body is a page. */
export function buildResponse(result: AnyRouteResult): GatewayResponse {
  const headers: Record<string, string> = { ...result.headers };
  if (result.etag !== undefined) headers['etag'] = formatEntityTag(result.etag);
  if (result.location !== undefined) headers['location'] = result.location;
  if (result.body === undefined) return { statusCode: result.status, headers };
  const isPage = typeof result.body === 'string';
  headers['content-type'] ??= isPage ? 'text/html; charset=utf-8' : 'application/json';
  const body = isPage ? (result.body as string) : JSON.stringify(result.body);
  return { statusCode: result.status, headers, body };
}

/** Seconds after which a retry makes sense. */
const retryAfterSeconds = '1';

/** Builds the gateway's response from problem details. */
export function buildProblemResponse(problem: ProblemDetails): GatewayResponse {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer';
  if (problem.status === 503) headers['retry-after'] = retryAfterSeconds;
  return { statusCode: problem.status, headers, body: JSON.stringify(problem) };
}
