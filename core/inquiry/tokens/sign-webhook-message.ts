import type { Instant } from '../values/ids.ts';
import type { MacFunction } from './token.ts';
import { encodeBase64 } from './webhook-secret.ts';

/**
 * Signs a message, once with each secret that is still valid.
 *
 * @param message its `id`, without full stops, lets a receiver recognize a repeated message
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhookMessage(
  secrets: readonly Uint8Array[],
  mac: MacFunction,
  message: { readonly id: string; readonly body: string; readonly at: Instant },
): Readonly<Record<string, string>> {
  const { id, body, at } = message;
  const timestamp = String(Math.floor(Date.parse(at) / 1000));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = secrets.map((secret) => `v1,${encodeBase64(mac(secret, signed))}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
