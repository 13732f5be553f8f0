import type { WebhookId } from '../clock/escalation.ts';
import type { VendorId } from '../values/ids.ts';
import type { MacKeySet, SigningContext } from './token.ts';

/**
 * Derives the secrets that sign a webhook's messages, the newest first: one for each key of the
 * purpose `webhook`, so that receivers can change theirs at leisure after a rotation.
 */
export function deriveWebhookSecrets(signing: SigningContext, webhook: WebhookId): Uint8Array[] {
  return deriveSecrets(signing, `webhook\n${webhook}`);
}

/**
 * Derives the secrets with which a vendor's system and we sign by one of the vendor's keys, the
 * newest first: one for each key of the purpose `vendor`.
 */
export function deriveVendorSecrets(
  signing: SigningContext,
  vendor: VendorId,
  key: string,
): Uint8Array[] {
  return deriveSecrets(signing, `vendor\n${vendor}\n${key}`);
}

function deriveSecrets({ keys, mac }: SigningContext, label: string): Uint8Array[] {
  const bytes = new TextEncoder().encode(label);
  return [...orderNewestFirst(keys)].map(({ key }) => mac(key, bytes));
}

function orderNewestFirst({ current, byId }: MacKeySet) {
  return new Map([[current.id, current], ...byId]).values();
}

/**
 * Formats the newest secret in the form in which those who check or make signatures keep it.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function formatSecret([newest]: readonly Uint8Array[]): string {
  if (newest === undefined) throw new TypeError('there is no key to sign with');
  return `whsec_${encodeBase64(newest)}`;
}

/** Formats the newest of a webhook's secrets. */
export function formatWebhookSecret(signing: SigningContext, webhook: WebhookId): string {
  return formatSecret(deriveWebhookSecrets(signing, webhook));
}

/** Formats the newest of the secrets of a vendor's key. */
export function formatVendorSecret(signing: SigningContext, vendor: VendorId, key: string): string {
  return formatSecret(deriveVendorSecrets(signing, vendor, key));
}

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-4 */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
