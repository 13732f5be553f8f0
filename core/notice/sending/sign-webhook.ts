import type { WebhookId } from '../../inquiry/clock/escalation.ts';
import { signMessage } from '../../inquiry/tokens/sign-webhook-message.ts';
import type { Signing } from '../../inquiry/tokens/token.ts';
import { webhookSecrets } from '../../inquiry/tokens/webhook-secret.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

/**
 * Signs a message to a webhook, once with each secret that is still good.
 *
 * @param id by which a receiver knows a repeated message; without full stops
 */
export function signWebhook(
  signing: Signing,
  webhook: WebhookId,
  message: { readonly id: string; readonly body: string; readonly at: Instant },
): Readonly<Record<string, string>> {
  return signMessage(webhookSecrets(signing, webhook), signing.mac, message);
}
