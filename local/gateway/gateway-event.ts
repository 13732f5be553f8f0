import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCOUNT_ID } from '../deployment/region.ts';
import type { TokenClaims } from '../identity/access-token.ts';
import { decodePath, type RouteMatch } from './match-route.ts';

/** Builds the event of an HTTP API in payload format 2.0. */
export function buildGatewayEvent(input: {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly match: RouteMatch;
  readonly apiId: string;
  readonly claims: TokenClaims | undefined;
  readonly at: Date;
}) {
  const { request, body, match, at } = input;
  const [path = '/', query = ''] = splitUrl(request.url ?? '/');
  const { cookies, headers } = headersOf(request);
  const parameters = parseQueryParameters(query);
  const asText = isText(headers['content-type']);
  const domain = headers['host'] ?? 'localhost';
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: decodePath(path),
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(parameters && { queryStringParameters: parameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: input.apiId,
      ...(input.claims && {
        authorizer: {
          jwt: { claims: renderClaims(input.claims), scopes: scopesOf(match) },
        },
      }),
      domainName: domain,
      domainPrefix: domain.split('.')[0] ?? domain,
      http: {
        method: request.method ?? 'GET',
        path: decodePath(path),
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.route.key,
      stage: '$default',
      time: formatCommonLogTime(at),
      timeEpoch: at.getTime(),
    },
    ...(Object.keys(match.parameters).length > 0 && { pathParameters: match.parameters }),
    ...(body.length > 0 && { body: asText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  };
}

export function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function headersOf(request: IncomingMessage) {
  const headers: Record<string, string> = {};
  let cookies: string[] = [];
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values === undefined) continue;
    if (name === 'cookie') cookies = values.flatMap((value) => value.split(/;\s*/));
    else headers[name] = values.join(',');
  }
  headers['x-forwarded-for'] ??= request.socket.remoteAddress ?? '127.0.0.1';
  headers['x-forwarded-proto'] ??= 'http';
  return { headers, cookies };
}

function parseQueryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const former = parameters[name];
    parameters[name] = former === undefined ? value : `${former},${value}`;
  }
  return parameters;
}

/** The gateway passes text as it is and everything else, including form data, in base64. */
function isText(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === undefined) return true;
  return (
    type.startsWith('text/') || /^application\/(json|javascript|xml|[^/]+\+(json|xml))$/.test(type)
  );
}

/** The gateway renders every claim as text, and lists as `[a b]`. */
function renderClaims(claims: TokenClaims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function scopesOf({ route }: RouteMatch): string[] | null {
  return route.scopes.length > 0 ? [...route.scopes] : null;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function formatCommonLogTime(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[at.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
