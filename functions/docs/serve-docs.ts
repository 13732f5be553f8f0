import * as z from 'zod';
import { readDocs, readHealth, readOpenApi } from '../contract/docs.ts';
import { routeContracts } from '../contract/routes.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { docsSecurityPolicy, renderDocsPage } from './docs-page.ts';
import { buildOpenApi } from './open-api.ts';

/** The function needs no variables. */
export const Env = z.object({});

/** The version of the API, in its path as `v1`. */
const apiVersion = '1.0.0';

/** Makes the handler of the API's document, its page, and the health check. */
export function makeHandler(
  deps: Pick<HttpOptions, 'logger' | 'meter' | 'now' | 'newTraceId'>,
): HttpHandler {
  const document = memoize(() => buildOpenApi(routeContracts, apiVersion));
  const page = memoize(() => renderDocsPage(document()));
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(readHealth, async () => ({ status: 200, body: { status: 'ok' } })),
      defineRoute(readOpenApi, async () => ({ status: 200, body: { ...document() } })),
      defineRoute(readDocs, async () => ({
        status: 200,
        body: page(),
        headers: { 'content-security-policy': docsSecurityPolicy },
      })),
    ],
  });
}

/** Makes the value on first use, so that health checks cost nothing. */
function memoize<T>(make: () => T): () => T {
  let cached: { readonly value: T } | undefined;
  return () => {
    cached ??= { value: make() };
    return cached.value;
  };
}
