import * as z from 'zod';
import { InquiryId, Instant } from '../values/ids.ts';
import { Channel, Fate, QuarantineReason } from '../values/vocabulary.ts';

/**
 * The intake ledger's entry for one accepted input: exactly one first fate, and a second once a
 * quarantined one is released.
 */
export const Receipt = z.strictObject({
  /** For mail, the message id that SES gave; otherwise an id of the input. */
  id: z.string().min(1).max(128),
  at: Instant,
  channel: Channel,
  messageId: z.string().max(998).optional(),
  fates: z
    .array(
      z.strictObject({
        fate: Fate,
        reason: QuarantineReason.optional(),
        inquiryId: InquiryId.optional(),
        at: Instant,
      }),
    )
    .min(1)
    .max(10),
  /** The key of the raw mail in its bucket. */
  raw: z.string().max(1024).optional(),
});
export type Receipt = z.infer<typeof Receipt>;
