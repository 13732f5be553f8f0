import * as z from 'zod';

/** Origins that webhooks may reach besides public https ones, as a variable has them: in JSON. */
export const WebhookExceptions = z
  .string()
  .default('[]')
  .transform((written) => JSON.parse(written) as unknown)
  .pipe(z.array(z.url({ protocol: /^https?$/ })).max(20));
