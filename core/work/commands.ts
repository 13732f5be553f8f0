import * as z from 'zod';
import { DeskId, InquiryId } from '../inquiry/ids.ts';
import { Attachment } from '../inquiry/message.ts';
import { InquiryNumber } from '../inquiry/number.ts';
import { Category, Priority, Requester, Tag } from '../inquiry/vocabulary.ts';

/** The fence that the claim gave; holders by assignment, and those who hold nothing, give none. */
const fence = z.int().min(1).optional();
const note = z.string().max(2000).optional();
const text = z.string().min(1);

/** A command on one inquiry; each is named as the action for which `may` is asked. */
export const Command = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('claim'),
    /** Whichever is next at a desk: asking again leads back to it. `replaces` is what asking led to. */
    next: z.strictObject({ desk: DeskId, replaces: InquiryId.optional() }).optional(),
  }),
  z.strictObject({ command: z.literal('heartbeat'), fence }),
  z.strictObject({ command: z.literal('release'), fence, note }),
  z.strictObject({ command: z.literal('decline'), note }),
  z.strictObject({ command: z.literal('transfer'), fence, desk: DeskId, note }),
  z.strictObject({
    command: z.literal('wait'),
    fence,
    message: text.optional(),
    remindAfterSeconds: z.int().min(60).optional(),
  }),
  z.strictObject({ command: z.literal('resume'), fence }),
  z.strictObject({
    command: z.literal('resolve'),
    fence,
    message: text.optional(),
    silent: z.boolean().optional(),
  }),
  z.strictObject({ command: z.literal('no-reply-needed'), fence }),
  z.strictObject({
    command: z.literal('reply'),
    fence,
    text,
    attachments: z.array(Attachment).optional(),
  }),
  z.strictObject({
    command: z.literal('note'),
    fence,
    text,
    attachments: z.array(Attachment).optional(),
  }),
  z.strictObject({ command: z.literal('reopen'), reason: z.string().min(1).max(2000) }),
  z.strictObject({ command: z.literal('withdraw'), reason: note }),
  z.strictObject({ command: z.literal('close') }),
  z.strictObject({
    command: z.literal('rate'),
    score: z.int().min(1).max(5),
    comment: z.string().max(4000).optional(),
  }),
  z.strictObject({
    command: z.literal('amend'),
    priority: Priority.optional(),
    category: Category.optional(),
    tags: z.array(Tag).max(20).optional(),
    /** What is known better now; another address makes it another person. */
    requester: Requester.optional(),
  }),
  z.strictObject({
    command: z.literal('merge'),
    into: InquiryId,
    intoNumber: InquiryNumber,
  }),
]);
export type Command = z.infer<typeof Command>;
export type CommandName = Command['command'];
export type CommandOf<Name extends CommandName> = Extract<Command, { command: Name }>;
