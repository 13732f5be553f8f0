import { findVendorSettings, type Terms } from '../terms/terms.ts';
import { signWebhookMessage } from '../tokens/sign-webhook-message.ts';
import type { SigningContext } from '../tokens/token.ts';
import { deriveVendorSecrets } from '../tokens/webhook-secret.ts';
import type { Instant, VendorId } from '../values/ids.ts';
import type { WebhookCall } from './webhook.ts';

/** A message to a vendor's system: our ids and codes, and nothing that people wrote. */
export type VendorMessage = {
  /** Lets the receiver recognize a repeated message; without full stops. */
  readonly id: string;
  readonly content: { readonly type: string } & Readonly<Record<string, unknown>>;
};

/**
 * Writes a message to a vendor's system, signed with each of the vendor's active keys.
 *
 * Undefined where the desk settings in force name no address, or no active key.
 */
export function writeVendorMessage(
  signing: SigningContext,
  terms: Terms,
  vendor: VendorId,
  { id, content }: VendorMessage,
  at: Instant,
): WebhookCall | undefined {
  const { system } = findVendorSettings(terms, vendor);
  const keys = (system?.keys ?? []).filter(({ state }) => state === 'active');
  const secrets = keys.flatMap((key) => deriveVendorSecrets(signing, vendor, key.id));
  if (system?.url === undefined || secrets.length === 0) return undefined;
  const body = JSON.stringify(content);
  return {
    url: system.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'toritsugi-webhook/1',
      ...signWebhookMessage(secrets, signing.mac, { id, body, at }),
    },
    body,
  };
}
