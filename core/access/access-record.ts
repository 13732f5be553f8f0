import * as z from 'zod';
import type { Inquiry } from '../inquiry/snapshot.ts';
import { InquiryId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { findRelations } from './may.ts';
import type { Person } from './person.ts';

/**
 * By which right somebody saw or changed an inquiry: how they stand to it, or `role` where what they
 * may do does not depend on that, as with what they open themselves and with leads' reports.
 */
export const AccessRight = z.enum(['own', 'participant', 'desk', 'office', 'former', 'role']);
export type AccessRight = z.infer<typeof AccessRight>;

/** An inquiry that an answer shows or a command has changed, for the audit. */
export const AccessRecord = z.strictObject({
  id: InquiryId,
  number: InquiryNumber.optional(),
  right: z.array(AccessRight).min(1),
});
export type AccessRecord = z.infer<typeof AccessRecord>;

/** What somebody has seen of an inquiry as it is. */
export function recordRead(actor: Person, inquiry: Inquiry): AccessRecord {
  const { id, number } = inquiry;
  const right = findRelations(actor, inquiry).filter((relation) => relation !== 'none');
  return { id, number, right: right.length === 0 ? ['role'] : right };
}

/**
 * What somebody has changed, by the inquiry as it then is. Whose vendor only once had it gave it
 * away by just this command, and had it at their desk before: looking back changes nothing.
 */
export function recordChange(actor: Person, after: Inquiry): AccessRecord {
  const accessRecord = recordRead(actor, after);
  return {
    ...accessRecord,
    right: accessRecord.right.map((right) => (right === 'former' ? 'desk' : right)),
  };
}

/** What somebody has seen, opened or judged by their role alone. */
export function recordByRole({
  id,
  number,
}: {
  readonly id: InquiryId;
  readonly number?: InquiryNumber | undefined;
}): AccessRecord {
  return { id, ...(number === undefined ? {} : { number }), right: ['role'] };
}

/**
 * The inquiries that a value of JSON names at any depth, each once: an `inquiryId`, or an `inquiry`
 * with its `id`.
 */
export function collectInquiryRefs(value: unknown): AccessRecord[] {
  const found = new Map<InquiryId, AccessRecord>();
  const find = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { inquiry, inquiryId, number } = part as Readonly<Record<string, unknown>>;
    if (typeof inquiry === 'object' && inquiry !== null) {
      const named = inquiry as Readonly<Record<string, unknown>>;
      keep(named['id'], named['number']);
    }
    keep(inquiryId, number);
    for (const inner of Object.values(part)) find(inner);
  };
  const keep = (written: unknown, numbered: unknown): void => {
    const id = InquiryId.safeParse(written);
    if (!id.success) return;
    const number = InquiryNumber.safeParse(numbered);
    found.set(id.data, recordByRole({ id: id.data, number: number.data }));
  };
  find(value);
  return [...found.values()];
}
