import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Returns why a presigned URL gives no access, or undefined when it does.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function checkPresignedRequest(
  request: {
    readonly method: string;
    /** As it was signed, with the path of the endpoint. */
    readonly url: URL;
    readonly headers: IncomingHttpHeaders;
  },
  credentials: SigningCredentials,
  at: Date,
): string | undefined {
  const query = request.url.searchParams;
  const signature = query.get('X-Amz-Signature') ?? '';
  const date = query.get('X-Amz-Date') ?? '';
  const [accessKeyId, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  const signedAt = parseBasicDate(date);
  if (Number.isNaN(signedAt)) return 'AuthorizationQueryParametersError';
  if (at.getTime() > signedAt + Number(query.get('X-Amz-Expires')) * 1000) return 'AccessDenied';
  const canonical = [
    request.method,
    canonicalizePath(request.url.pathname),
    canonicalizeQuery(query),
    ...(query.get('X-Amz-SignedHeaders') ?? '')
      .split(';')
      .map((name) => `${name}:${String(request.headers[name] ?? '').trim()}`),
    '',
    query.get('X-Amz-SignedHeaders') ?? '',
    query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    scope.join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const expected = computeSignature(toSign, scope, credentials);
  return isSameText(signature, expected) ? undefined : 'SignatureDoesNotMatch';
}

/** Signs with the key derived for a credential scope: date, region, service, terminator. */
export function computeSignature(
  text: string,
  scope: readonly string[],
  { secretAccessKey }: SigningCredentials,
): string {
  const key = scope.reduce<Buffer>(
    (former, part) => createHmac('sha256', former).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

export function isSameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** S3 signs the path as sent, encoded once. */
function canonicalizePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeUri(decodeURIComponent(segment)))
    .join('/');
}

function canonicalizeQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`)
    .sort()
    .join('&');
}

function encodeUri(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parseBasicDate(date: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
