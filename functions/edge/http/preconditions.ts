import { RefusalError } from './exchange.ts';
import type { RouteContract } from './route-contract.ts';

/** Formats a snapshot's version as a strong entity tag. */
export function formatEntityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Reads `If-Match` as the version that the caller saw.
 *
 * `*` only requires that the inquiry exists, which the command requires anyway. Weak tags can never
 * match (RFC 9110, 13.1.1), and lists of versions are not supported: both are refused.
 */
export function readIfMatch(
  contract: RouteContract,
  header: string | undefined,
): number | undefined {
  const value = header?.trim();
  if (!contract.concurrency || value === undefined || value === '*') return undefined;
  const version = /^"(0|[1-9]\d{0,14})"$/.exec(value)?.[1];
  if (version !== undefined) return Number(version);
  const detail = 'must be an ETag as an answer gave it, such as "7"';
  throw new RefusalError('invalid.parameter', `If-Match ${detail}.`, [
    { in: 'header', pointer: '/if-match', detail },
  ]);
}

/** Reads `Idempotency-Key` where the route takes one. */
export function readIdempotencyKey(
  contract: RouteContract,
  header: string | undefined,
): string | undefined {
  if (!contract.idempotent || header === undefined) return undefined;
  if (/^[\x21-\x7e]{1,128}$/.test(header)) return header;
  const detail = 'must be 1 to 128 visible ASCII characters';
  throw new RefusalError('invalid.parameter', `Idempotency-Key ${detail}.`, [
    { in: 'header', pointer: '/idempotency-key', detail },
  ]);
}
