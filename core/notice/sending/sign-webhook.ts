import type { WebhookId } from '../../inquiry/clock/escalation.ts';
import { signWebhookMessage } from '../../inquiry/tokens/sign-webhook-message.ts';
import type { SigningContext } from '../../inquiry/tokens/token.ts';
import { deriveWebhookSecrets } from '../../inquiry/tokens/webhook-secret.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

/**
 * Signs a message to a webhook, once with each secret that is still valid.
 *
 * The message's `id`, without full stops, lets the receiver recognize a repeated message.
 */
export function signWebhook(
  signing: SigningContext,
  webhook: WebhookId,
  message: { readonly id: string; readonly body: string; readonly at: Instant },
): Readonly<Record<string, string>> {
  return signWebhookMessage(deriveWebhookSecrets(signing, webhook), signing.mac, message);
}
