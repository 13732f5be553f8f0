import { createHash, hkdfSync } from 'node:crypto';

/** The stage's secret texts by name; new things are signed with `current`, all are accepted. */
export type SigningSecret = Readonly<Record<string, string>> & { readonly current: string };

/** What is signed or sealed; each purpose has its own keys, so that none passes for another. */
export type SigningPurpose = 'reply' | 'status' | 'cursor' | 'escalation' | 'webhook' | 'vendor';

/** 32 bytes; `id` is four symbols of lower-case base 32, derived from the secret, not its name. */
export type SigningKey = { readonly id: string; readonly key: Uint8Array };

/** The keys of one purpose: one to sign with, and all that are still accepted. */
export type SigningKeySet = {
  readonly current: SigningKey;
  readonly byId: ReadonlyMap<string, SigningKey>;
};

export interface SigningKeys {
  of(purpose: SigningPurpose): Promise<SigningKeySet>;
}

/** Derives keys from the secret, which is read each time: `readSecret` does the caching. */
export function makeSigningKeys(readSecret: () => Promise<SigningSecret>): SigningKeys {
  return {
    of: async (purpose) => {
      const { current, ...earlier } = await readSecret();
      const currentKey = deriveKey(current, purpose);
      const byId = new Map<string, SigningKey>();
      // The current key last, so that it wins if ids ever coincide.
      for (const text of Object.values(earlier)) {
        const key = deriveKey(text, purpose);
        byId.set(key.id, key);
      }
      byId.set(currentKey.id, currentKey);
      return { current: currentKey, byId };
    },
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc5869 */
function deriveKey(secret: string, purpose: SigningPurpose): SigningKey {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `toritsugi/${purpose}/v1`, 32));
  return { id: keyIdOf(key), key };
}

const symbols = 'abcdefghijklmnopqrstuvwxyz234567';

function keyIdOf(key: Uint8Array): string {
  const digest = createHash('sha256').update('toritsugi/key-id').update(key).digest();
  return Array.from(digest.subarray(0, 4), (byte) => symbols.charAt(byte & 31)).join('');
}
