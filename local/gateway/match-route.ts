import type { ApiRoute } from '../deployment/read-api.ts';

export interface RouteMatch {
  readonly route: ApiRoute;
  readonly parameters: Readonly<Record<string, string>>;
}

interface RouteCandidate {
  readonly route: ApiRoute;
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Makes a function that finds the route of a request as an HTTP API does: a full match before a
 * greedy one, literal segments before parameters, a named method before `ANY`, and `$default` last.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function makeRouteMatcher(
  routes: readonly ApiRoute[],
): (method: string, path: string) => RouteMatch | undefined {
  const fallback = routes.find(({ key }) => key === '$default');
  const candidates = routes
    .filter(({ key }) => key !== '$default')
    .map((route) => {
      const [method = '', path = ''] = route.key.split(' ');
      return { route, method, segments: path.split('/').slice(1) };
    })
    .sort((one, other) => rankOf(one).localeCompare(rankOf(other)));

  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const candidate of candidates) {
      if (candidate.method !== method && candidate.method !== 'ANY') continue;
      const parameters = matchParameters(candidate.segments, segments);
      if (parameters !== undefined) return { route: candidate.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
}

/** Ranks the routes: the gateway prefers the one that sorts first. */
function rankOf({ method, segments }: RouteCandidate): string {
  const kinds = segments.map((segment) => {
    if (isGreedy(segment)) return '2';
    return isParameter(segment) ? '1' : '0';
  });
  const greedy = kinds.includes('2') ? '1' : '0';
  return `${greedy}${kinds.join('')}${method === 'ANY' ? '1' : '0'}`;
}

function matchParameters(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, patternSegment] of pattern.entries()) {
    const segment = segments[index];
    if (isGreedy(patternSegment)) {
      if (segment === undefined) return undefined;
      parameters[patternSegment.slice(1, -2)] = decodePath(segments.slice(index).join('/'));
      return parameters;
    }
    if (segment === undefined || segment === '') return undefined;
    if (isParameter(patternSegment)) parameters[patternSegment.slice(1, -1)] = decodePath(segment);
    else if (patternSegment !== segment) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function isGreedy(segment: string): boolean {
  return segment.endsWith('+}');
}
