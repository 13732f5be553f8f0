import { createPrivateKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { WEB_CLIENT_ID } from '../deployment/local-names.ts';
import type { TokenSigningKeys } from './token-signing-keys.ts';

export interface TokenSubject {
  readonly sub: string;
  readonly username: string;
}

/** The OpenID provider's issuer, under the host's own address. */
export function issuerOf(publicUrl: string): string {
  return `${publicUrl}/oidc`;
}

/** Issues an access token as the pool would, valid for a number of seconds from `at`. */
export function issueAccessToken(
  keys: TokenSigningKeys,
  issuer: string,
  { sub, username }: TokenSubject,
  { at, seconds }: { at: Date; seconds: number },
): string {
  const now = Math.floor(at.getTime() / 1000);
  const header = { alg: 'RS256', kid: keys.privateKey.kid };
  const claims = {
    iss: issuer,
    sub,
    username,
    version: 2,
    // An access token of Cognito's has no audience: the authorizer goes by the client.
    client_id: WEB_CLIENT_ID,
    token_use: 'access',
    scope: 'openid profile email',
    jti: randomUUID(),
    iat: now,
    auth_time: now,
    exp: now + seconds,
  };
  const signedPart = `${encodePart(header)}.${encodePart(claims)}`;
  const key = createPrivateKey({ key: keys.privateKey, format: 'jwk' });
  return `${signedPart}.${sign('sha256', Buffer.from(signedPart), key).toString('base64url')}`;
}

export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Returns the claims of an access token, or why the gateway would refuse it.
 *
 * Checks what API Gateway's JWT authorizer does: signature, issuer, `aud` or else `client_id`, and
 * `exp`, `nbf`, `iat`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function checkAccessToken(
  token: string,
  expected: { key: KeyObject; issuer: string; audience: readonly string[]; at: Date },
): { claims: TokenClaims } | { refusal: string } {
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    return { refusal: 'the token is not a JWT' };
  }
  const algorithm = decodePart(header)?.['alg'];
  const claims = decodePart(payload);
  if (claims === undefined) return { refusal: 'the token is not a JWT' };
  const isGenuine =
    algorithm === 'RS256' &&
    verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      expected.key,
      Buffer.from(signature, 'base64url'),
    );
  if (!isGenuine) return { refusal: 'the signature is invalid' };
  if (claims['iss'] !== expected.issuer) return { refusal: 'the issuer is invalid' };
  const audience = [claims['aud'] ?? claims['client_id']].flat();
  if (!audience.some((one) => expected.audience.includes(String(one)))) {
    return { refusal: 'the audience is invalid' };
  }
  const now = expected.at.getTime() / 1000;
  if (!(Number(claims['exp']) > now)) return { refusal: 'the token has expired' };
  if (claims['nbf'] !== undefined && Number(claims['nbf']) > now) {
    return { refusal: 'the token is not valid yet' };
  }
  if (claims['iat'] !== undefined && Number(claims['iat']) > now + CLOCK_SKEW_SECONDS) {
    return { refusal: 'the token was issued in the future' };
  }
  return { claims };
}

/** A token printed by another process in the same second may seem to be from the next one. */
const CLOCK_SKEW_SECONDS = 5;

function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
