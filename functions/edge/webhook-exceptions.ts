import * as z from 'zod';

/** Origins that webhooks may reach besides public https ones, from a variable in JSON. */
export const WebhookExceptions = z
  .string()
  .default('[]')
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(z.array(z.url({ protocol: /^https?$/ })).max(20));
