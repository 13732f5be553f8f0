import * as z from 'zod';
import { readDocs, readHealth, readOpenApi } from '../contract/docs.ts';
import { contracts } from '../contract/routes.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http/http.ts';
import { docsPage, docsPolicy } from './docs-page.ts';
import { openApiOf } from './open-api.ts';

/** It needs nothing of its stage. */
export const Env = z.object({});

/** The version of the API, in its path as `v1`. */
const apiVersion = '1.0.0';

/** Makes the handler of the API's document, its page, and the sign of life. */
export function makeHandler(
  deps: Pick<HttpOptions, 'logger' | 'meter' | 'now' | 'newTraceId'>,
): HttpHandler {
  const document = once(() => openApiOf(contracts, apiVersion));
  const page = once(() => docsPage(document()));
  return httpHandler({
    ...deps,
    routes: [
      route(readHealth, async () => ({ status: 200, body: { status: 'ok' } })),
      route(readOpenApi, async () => ({ status: 200, body: { ...document() } })),
      route(readDocs, async () => ({
        status: 200,
        body: page(),
        headers: { 'content-security-policy': docsPolicy },
      })),
    ],
  });
}

/** Makes it when first asked for, so that signs of life cost nothing. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
