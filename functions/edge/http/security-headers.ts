import { createHash } from 'node:crypto';

const pageSecurityPolicy = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];

/** Headers of every answer. Nothing may be cached: what a caller sees changes with their rights. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': [...pageSecurityPolicy, "form-action 'none'"].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Status links carry their token in the path.
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Builds the content security policy of a page with exactly these inline styles and no script.
 *
 * @param forms `'self'` for a page whose buttons post to us
 */
export function buildPageSecurityPolicy(
  styles: readonly string[],
  forms: "'none'" | "'self'" = "'none'",
): string {
  const hashes = styles.map(
    (style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  );
  return [
    ...pageSecurityPolicy,
    `form-action ${forms}`,
    `style-src ${hashes.join(' ')}`,
    "img-src 'self' data:",
  ].join('; ');
}
