import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import type { SigningContext } from '../../core/inquiry/tokens/token.ts';
import { makeSigningKeys, type SigningPurpose } from '../../functions/edge/signing-keys.ts';

/** Signing keys of a made-up secret, and of earlier ones that are still accepted. */
export function makeTestSigningKeys(current: string, ...earlier: readonly string[]) {
  const previous = Object.fromEntries(earlier.map((text, index) => [`previous${index}`, text]));
  return makeSigningKeys(async () => ({ ...previous, current }));
}

export async function makeTestSigning(
  purpose: SigningPurpose,
  current: string,
  ...earlier: readonly string[]
): Promise<SigningContext> {
  return { keys: await makeTestSigningKeys(current, ...earlier).of(purpose), mac: hmacSha256 };
}
