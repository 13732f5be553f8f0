import { RefusalError } from './exchange.ts';
import type { RouteContract } from './route-contract.ts';

/** A strong entity tag of a snapshot's version. */
export function formatEntityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Reads `If-Match` as the version that the caller saw.
 *
 * `*` asks for nothing more than that it exists, which the command asks anyway. Weak tags can
 * never match (RFC 9110, 13.1.1), and a list of versions is not ours: both are refused.
 */
export function readIfMatch(
  contract: RouteContract,
  header: string | undefined,
): number | undefined {
  const written = header?.trim();
  if (!contract.concurrency || written === undefined || written === '*') return undefined;
  const version = /^"(0|[1-9]\d{0,14})"$/.exec(written)?.[1];
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
