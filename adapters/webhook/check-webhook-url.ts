import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Why a webhook's URL is not called, whatever its name resolves to. */
export type UrlRefusal = 'no-url' | 'password' | 'not-https' | 'not-public';

/** Names that mean something only within a house (RFC 6761, RFC 6762, RFC 9476 and ICANN's). */
const privateNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/**
 * Whether a webhook's URL is out of the question by how it is written: only https to public hosts.
 *
 * @param exceptions origins that may be reached besides, wherever they are and also by http
 */
export function checkWebhookUrl(
  written: string,
  exceptions: ReadonlySet<string>,
): UrlRefusal | undefined {
  const url = URL.parse(written);
  if (url === null) return 'no-url';
  if (url.username !== '' || url.password !== '') return 'password';
  if (exceptions.has(url.origin)) return undefined;
  if (url.protocol !== 'https:') return 'not-https';
  return isPublicHost(url.hostname) ? undefined : 'not-public';
}

function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  // A URL has already brought every spelling of an address into one.
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !privateNames.test(host);
}

/** The origins of a list of URLs, as URLs are compared by. */
export function collectOrigins(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).origin));
}
