import * as z from 'zod';

/** What kind of secret a masked span was. */
export const MaskKind = z.enum(['card', 'my-number', 'key', 'password', 'phone', 'mail']);
export type MaskKind = z.infer<typeof MaskKind>;

const Visibility = z.enum(['show', 'mask']);

/** A media type such as `image/png`, or a whole group such as `image/*`. */
const MediaType = z
  .string()
  .max(100)
  .regex(/^[a-z]{1,20}\/(?:\*|[a-z0-9][a-z0-9.+-]{0,80})$/);

/**
 * What is hidden from one vendor. Cards, My Number, keys and labelled passwords are masked under
 * every policy.
 */
export const MaskingPolicy = z.strictObject({
  phone: z.boolean().default(true),
  mail: z.boolean().default(true),
  /** Whether the requester's own details are shown. */
  requester: z
    .strictObject({
      address: Visibility.default('mask'),
      phone: Visibility.default('mask'),
      name: Visibility.default('show'),
    })
    .prefault({}),
  /** Media types of the attachments that the vendor gets. */
  attachments: z.array(MediaType).max(50).default([]),
  /** Terms that are never taken for secrets, such as product codes. */
  except: z.array(z.string().min(1).max(100)).max(200).default([]),
});
export type MaskingPolicy = z.infer<typeof MaskingPolicy>;

export const defaultMaskingPolicy: MaskingPolicy = MaskingPolicy.parse({});
