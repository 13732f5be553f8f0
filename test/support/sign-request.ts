import { createHmac, randomUUID } from 'node:crypto';

/** A key of a vendor's system, with its secret as the lead reads it. */
export type VendorSigningKey = { readonly key: string; readonly secret: string };

/**
 * The headers with which a vendor's system signs a request, as in Standard Webhooks.
 * @param route method and path, with its query
 */
export function signRequest({ key, secret }: VendorSigningKey, route: string, body = '') {
  const id = randomUUID();
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'));
  const signature = mac.update(`${id}.${timestamp}.${route}.${body}`).digest('base64');
  return {
    'x-toritsugi-key': key,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
