import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { AttachmentHoldReason } from '../../core/inquiry/values/message.ts';
import { Fate, QuarantineReason } from '../../core/inquiry/values/vocabulary.ts';

const folder = new URL('../../events/mail/', import.meta.url);

const ExpectedFate = {
  /** On first contact, in the order of names, through an authenticated SMTP session. */
  fate: Fate,
  reason: QuarantineReason.optional(),
};

/** What a specimen mail is expected to be read as, and its fate. */
export const ExpectedMail = z.union([
  z.strictObject({ ...ExpectedFate, unreadable: z.string() }),
  z.strictObject({
    ...ExpectedFate,
    subject: z.string(),
    /** The From address, null where there is none. */
    sender: z.string().nullable(),
    name: z.string().optional(),
    text: z.string(),
    attachments: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        held: AttachmentHoldReason.optional(),
        inline: z.literal(true).optional(),
      }),
    ),
    machine: z.boolean(),
    /** None where left out. */
    faults: z.array(z.string()).optional(),
  }),
]);
export type ExpectedMail = z.infer<typeof ExpectedMail>;

/** The expectations by the specimens' names, in the order of the file. */
export function readExpectedMails(): ReadonlyMap<string, ExpectedMail> {
  const read = readFileSync(new URL('expected.json', folder), 'utf8');
  return new Map(Object.entries(z.record(z.string(), ExpectedMail).parse(JSON.parse(read))));
}

/** The names of all specimens, sorted, without `.eml`. */
export function listMailSpecimens(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => file.slice(0, -'.eml'.length))
    .sort();
}

/** A specimen's raw bytes. */
export function readMailSpecimen(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.eml`, folder)));
}
