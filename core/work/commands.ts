import * as z from 'zod';
import { MaskableKind } from '../inquiry/unmasking.ts';
import { DeskId, InquiryId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { Attachment } from '../inquiry/values/message.ts';
import {
  Category,
  Priority,
  Requester,
  ServiceId,
  Skill,
  Tag,
} from '../inquiry/values/vocabulary.ts';

/** The fence of a claim; holders by assignment, and actors who hold nothing, send none. */
const fence = z.int().min(1).optional();
const note = z.string().max(2000).optional();
const text = z.string().min(1);

/** A command on one inquiry, named like its action in `may`. */
export const Command = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('claim'),
    /** Makes the claim pending, so that a repetition finds it; `replaces` is the one before it. */
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
    service: ServiceId.optional(),
    tags: z.array(Tag).max(20).optional(),
    skills: z.array(Skill).max(20).optional(),
    expedite: z.boolean().optional(),
    /** Corrections; another address means another person. */
    requester: Requester.optional(),
  }),
  z.strictObject({
    command: z.literal('merge'),
    into: InquiryId,
    intoNumber: InquiryNumber,
  }),
  /** The request's id is the context's `messageId`. */
  z.strictObject({
    command: z.literal('ask-unmasking'),
    of: z.string().min(1).max(64),
    kinds: z.array(MaskableKind).min(1),
    reason: z.string().min(1).max(500),
  }),
  z.strictObject({
    command: z.literal('settle-unmasking'),
    unmasking: z.string(),
    outcome: z.enum(['granted', 'refused']),
    note: z.string().max(500).optional(),
  }),
]);
export type Command = z.infer<typeof Command>;
export type CommandName = Command['command'];
export type CommandOf<Name extends CommandName> = Extract<Command, { command: Name }>;
