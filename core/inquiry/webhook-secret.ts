import type { WebhookId } from './clock/escalation.ts';
import type { MacKeys, Signing } from './token.ts';

/**
 * The secrets by which a webhook's messages are signed, the newest first: one for each key of the
 * purpose `webhook`, so that receivers may change theirs at leisure after a rotation.
 */
export function webhookSecrets({ keys, mac }: Signing, webhook: WebhookId): Uint8Array[] {
  const label = new TextEncoder().encode(`webhook\n${webhook}`);
  return [...newestFirst(keys)].map(({ key }) => mac(key, label));
}

function newestFirst({ current, byId }: MacKeys) {
  return new Map([[current.id, current], ...byId]).values();
}

/**
 * Writes the newest secret as receivers keep it.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function writeWebhookSecret(signing: Signing, webhook: WebhookId): string {
  const [newest] = webhookSecrets(signing, webhook);
  if (newest === undefined) throw new TypeError('there is no key to sign with');
  return `whsec_${toBase64(newest)}`;
}

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-4 */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
