import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Why a webhook's URL is not called, whatever its name resolves to. */
export type UrlRefusal = 'no-url' | 'password' | 'not-https' | 'not-public';

/** Names that have a meaning only inside a network (RFC 6761, RFC 6762, RFC 9476 and ICANN's). */
const privateNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/**
 * Checks how a webhook's URL is written: only https to public hosts is allowed.
 *
 * @param exceptions origins allowed besides, wherever they are and also by http
 */
export function checkWebhookUrl(
  urlText: string,
  exceptions: ReadonlySet<string>,
): UrlRefusal | undefined {
  const url = URL.parse(urlText);
  if (url === null) return 'no-url';
  if (url.username !== '' || url.password !== '') return 'password';
  if (exceptions.has(url.origin)) return undefined;
  if (url.protocol !== 'https:') return 'not-https';
  return isPublicHost(url.hostname) ? undefined : 'not-public';
}

function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  // The URL parser has already normalized every spelling of an address.
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !privateNames.test(host);
}

/** Collects the origins of URLs, in the form in which URLs are compared. */
export function collectOrigins(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).origin));
}
