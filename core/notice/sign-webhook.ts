import type { WebhookId } from '../inquiry/clock/escalation.ts';
import type { Instant } from '../inquiry/ids.ts';
import type { Signing } from '../inquiry/token.ts';
import { toBase64, webhookSecrets } from '../inquiry/webhook-secret.ts';

/**
 * Signs a message to a webhook, once with each secret that is still good.
 *
 * @param id by which a receiver knows a repeated message; without full stops
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(
  signing: Signing,
  webhook: WebhookId,
  message: { readonly id: string; readonly body: string; readonly at: Instant },
): Readonly<Record<string, string>> {
  const { id, body, at } = message;
  const timestamp = String(Math.floor(Date.parse(at) / 1000));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = webhookSecrets(signing, webhook).map(
    (secret) => `v1,${toBase64(signing.mac(secret, signed))}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
