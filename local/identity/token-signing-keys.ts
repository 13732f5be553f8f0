import { createPublicKey, generateKeyPairSync, type JsonWebKey, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The identity provider's keys, kept so that tokens outlive a restart. */
export interface TokenSigningKeys {
  /** An RS256 private key as a JWK with `kid`. */
  readonly privateKey: JsonWebKey & { readonly kid: string };
  readonly cookieSecret: string;
}

export function loadTokenKeys(file: string): TokenSigningKeys | undefined {
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as TokenSigningKeys)
    : undefined;
}

export function loadOrMakeTokenKeys(file: string): TokenSigningKeys {
  const existing = loadTokenKeys(file);
  if (existing !== undefined) return existing;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys: TokenSigningKeys = {
    privateKey: {
      ...privateKey.export({ format: 'jwk' }),
      alg: 'RS256',
      use: 'sig',
      kid: randomBytes(8).toString('hex'),
    },
    cookieSecret: randomBytes(32).toString('base64url'),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

export function publicKeyOf({ privateKey }: TokenSigningKeys) {
  return createPublicKey({ key: privateKey, format: 'jwk' });
}
