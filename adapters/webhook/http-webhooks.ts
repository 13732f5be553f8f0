import { lookup } from 'node:dns';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { SendOutcome, WebhookCall, WebhookPoster } from '../../core/inquiry/outbox/webhook.ts';
import { checkWebhookUrl, collectOrigins } from './check-webhook-url.ts';
import { isPublicAddress } from './public-address.ts';

/** Shorter than the function may run, so that the outcome of the notice is still recorded. */
const timeoutMilliseconds = 10_000;

/** The code of an address outside the public internet. */
const notPublicCode = 'not-public';

/**
 * Posts messages to webhooks: https only, to public addresses only.
 *
 * The address is checked in the lookup of the connection itself, so that a name cannot lead
 * elsewhere afterwards. Redirects are not followed, and the response body is not read. A refusal
 * (4xx) is final, an outage (5xx, 408, 429, no connection) is not.
 */
export class HttpWebhooks implements WebhookPoster {
  readonly #exceptions: ReadonlySet<string>;
  readonly #timeout: number;

  /** @param exceptions origins allowed besides, wherever they are and also by http */
  constructor(exceptions: readonly string[], timeout = timeoutMilliseconds) {
    this.#exceptions = collectOrigins(exceptions);
    this.#timeout = timeout;
  }

  async post({ url: urlText, headers, body }: WebhookCall): Promise<SendOutcome> {
    // An IP address is not looked up, so it is checked here.
    const refusal = checkWebhookUrl(urlText, this.#exceptions);
    if (refusal !== undefined) return { outcome: 'refused', code: refusal };
    const url = new URL(urlText);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isException = this.#exceptions.has(url.origin);
    const bytes = Buffer.from(body);
    const options: RequestOptions = {
      method: 'POST',
      host,
      port: url.port,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, 'content-length': bytes.length },
      agent: false,
      signal: AbortSignal.timeout(this.#timeout),
      ...(isException ? {} : { lookup: publicLookup }),
    };
    try {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      return outcomeOf(await sendForStatus(send(options), bytes));
    } catch (error) {
      const { code, name } = error as { code?: string; name?: string };
      if (code === notPublicCode) return { outcome: 'refused', code };
      // The code of an abort is a number or does not tell the reason.
      return {
        outcome: 'unavailable',
        code: name === 'AbortError' ? 'timeout' : (code ?? 'error'),
      };
    }
  }
}

/** Sends a request and reads only the status. */
function sendForStatus(request: ClientRequest, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function outcomeOf(status: number): SendOutcome {
  const code = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'sent', remark: code };
  const isOutage = status >= 500 || status === 408 || status === 429;
  return { outcome: isOutage ? 'unavailable' : 'refused', code };
}

/** Looks up the addresses of a name, and fails if one of them is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address))) {
      return callback(
        Object.assign(new Error('not a public address'), { code: notPublicCode }),
        [],
      );
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
