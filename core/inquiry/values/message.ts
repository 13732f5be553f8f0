import * as z from 'zod';
import { EmailAddress, Sub } from './ids.ts';

/** Why an attachment is kept but not handed out. */
export const AttachmentHoldReason = z.enum([
  'executable',
  'archive-bomb',
  'encrypted-archive',
  'too-large',
  'unchecked',
]);
export type AttachmentHoldReason = z.infer<typeof AttachmentHoldReason>;

/** An attachment; its bytes are in the content bucket, under a key made of inquiry and id. */
export const Attachment = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().max(255),
  type: z.string().max(255),
  /** In bytes. */
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  inline: z.boolean().optional(),
  held: AttachmentHoldReason.optional(),
});
export type Attachment = z.infer<typeof Attachment>;

/** A sender or recipient as a message names them, whether in the registry or not. */
export const Correspondent = z.strictObject({
  address: EmailAddress.optional(),
  sub: Sub.optional(),
  name: z.string().max(200).optional(),
});
export type Correspondent = z.infer<typeof Correspondent>;

export const MessageKind = z.enum(['requester', 'agent', 'note', 'machine']);
export type MessageKind = z.infer<typeof MessageKind>;

/**
 * A message of an inquiry's thread.
 *
 * `text` is the new part and `fullText` the whole, left out where both are the same. A body over 64
 * KiB is in the content bucket under `bodyKey`; `text` is then its beginning.
 */
export const Message = z.strictObject({
  id: z.string().min(1).max(64),
  kind: MessageKind,
  from: Correspondent,
  subject: z.string().max(998).optional(),
  text: z.string(),
  fullText: z.string().optional(),
  bodyKey: z.string().optional(),
  attachments: z.array(Attachment).max(100).default([]),
  /** The mail's Message-ID without angle brackets. */
  messageId: z.string().max(998).optional(),
  /** Written by somebody who is no participant: shown and flagged, without effect. */
  unverified: z.boolean().optional(),
});
export type Message = z.infer<typeof Message>;

/** Says in a message whose body is no longer kept that its text is only the beginning. */
export function markMissingRest(message: Message): Message {
  const mark = '(The rest of this text is no longer kept. / この本文の続きは残っていません。)';
  return { ...message, text: `${message.text}\n\n${mark}` };
}
