import * as z from 'zod';
import type { Inquiry } from '../inquiry/snapshot.ts';
import { InquiryId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { findRelations } from './may.ts';
import type { Person } from './person.ts';

/**
 * The right by which somebody saw or changed an inquiry: their relation to it, or `role` where the
 * relation does not matter, as for the inquiries they open and for leads' reports.
 */
export const AccessRight = z.enum(['own', 'participant', 'desk', 'office', 'former', 'role']);
export type AccessRight = z.infer<typeof AccessRight>;

/** An inquiry that a response showed or a command changed, for the audit. */
export const AccessRecord = z.strictObject({
  id: InquiryId,
  number: InquiryNumber.optional(),
  right: z.array(AccessRight).min(1),
});
export type AccessRecord = z.infer<typeof AccessRecord>;

/** Records that somebody saw an inquiry as it stands. */
export function recordRead(actor: Person, inquiry: Inquiry): AccessRecord {
  const { id, number } = inquiry;
  const right = findRelations(actor, inquiry).filter((relation) => relation !== 'none');
  return { id, number, right: right.length === 0 ? ['role'] : right };
}

/**
 * Records that somebody changed an inquiry, judged by its state afterwards.
 *
 * `former` counts as `desk`: a former vendor may change nothing, so it was at their desk until this
 * very command gave it away.
 */
export function recordChange(actor: Person, after: Inquiry): AccessRecord {
  const accessRecord = recordRead(actor, after);
  return {
    ...accessRecord,
    right: accessRecord.right.map((right) => (right === 'former' ? 'desk' : right)),
  };
}

/** Records that somebody saw, opened or reviewed an inquiry by their role alone. */
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
 * Collects the inquiries that a JSON value names at any depth, each once: by an `inquiryId`, or by
 * an `inquiry` with its `id`.
 */
export function collectInquiryRefs(value: unknown): AccessRecord[] {
  const records = new Map<InquiryId, AccessRecord>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { inquiry, inquiryId, number } = part as Readonly<Record<string, unknown>>;
    if (typeof inquiry === 'object' && inquiry !== null) {
      const ref = inquiry as Readonly<Record<string, unknown>>;
      addRecord(ref['id'], ref['number']);
    }
    addRecord(inquiryId, number);
    for (const inner of Object.values(part)) visit(inner);
  };
  const addRecord = (idValue: unknown, numberValue: unknown): void => {
    const id = InquiryId.safeParse(idValue);
    if (!id.success) return;
    const number = InquiryNumber.safeParse(numberValue);
    records.set(id.data, recordByRole({ id: id.data, number: number.data }));
  };
  visit(value);
  return [...records.values()];
}
