import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Refusal, refuse } from '../../../core/inquiry/refusal.ts';
import type { Sub } from '../../../core/inquiry/values/ids.ts';
import type { SigningKeySet, SigningKeys } from '../signing-keys.ts';
import { toCanonicalJson } from './canonical-json.ts';

/** What a cursor is valid for: one caller, one route, one filter. */
export type CursorScope = {
  readonly sub: Sub;
  readonly routeKey: string;
  /** Everything that chooses and orders the list, without `limit` and `cursor`. */
  readonly filter: unknown;
};

const ivBytes = 12;
const tagBytes = 16;

/**
 * Seals a list's position into an opaque cursor, since the position holds keys of the table.
 *
 * It has no expiry of its own: an old position is harmless, rights are checked at each request, and
 * it ends when its key leaves the secret. Random 96-bit nonces are safe for 2³² cursors per key.
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
export async function sealCursor(
  keys: SigningKeys,
  scope: CursorScope,
  position: string,
): Promise<string> {
  const { current } = await keys.of('cursor');
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', current.key, iv);
  cipher.setAAD(encodeScope(scope));
  const sealed = [iv, cipher.update(position, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `${current.id}.${Buffer.concat(sealed).toString('base64url')}`;
}

/**
 * Opens a cursor that was sealed for the same caller, route and filter.
 *
 * Refuses `invalid.cursor` for anything else, without saying what was wrong.
 */
export async function openCursor(
  keys: SigningKeys,
  scope: CursorScope,
  cursor: string,
): Promise<{ readonly position: string } | Refusal> {
  const position = unsealCursor(await keys.of('cursor'), scope, cursor);
  return position === undefined
    ? refuse('invalid.cursor', 'Use a cursor as the same list gave it, with the same filter.')
    : { position };
}

function unsealCursor(keys: SigningKeySet, scope: CursorScope, cursor: string): string | undefined {
  const [, id = '', text = ''] = /^([a-z2-7]{4})\.([\w-]+)$/.exec(cursor) ?? [];
  const key = keys.byId.get(id);
  const sealed = Buffer.from(text, 'base64url');
  // Base 64 has several spellings of the same bytes; only the one we wrote is accepted.
  const isCanonical = sealed.toString('base64url') === text;
  if (key === undefined || !isCanonical || sealed.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key.key, sealed.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(encodeScope(scope));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const opened = decipher.update(sealed.subarray(ivBytes, -tagBytes));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function encodeScope({ sub, routeKey, filter }: CursorScope): Buffer {
  return Buffer.from(toCanonicalJson([sub, routeKey, filter ?? null]));
}
