import * as z from 'zod';
import type { Inquiry } from '../inquiry/snapshot.ts';
import { InquiryId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { relationsOf } from './may.ts';
import type { Person } from './person.ts';

/**
 * By which right somebody saw or changed an inquiry: how they stand to it, or `role` where what they
 * may do does not depend on that, as with what they open themselves and with leads' reports.
 */
export const Right = z.enum(['own', 'participant', 'desk', 'office', 'former', 'role']);
export type Right = z.infer<typeof Right>;

/** An inquiry that an answer shows or a command has changed, for the audit. */
export const Sight = z.strictObject({
  id: InquiryId,
  number: InquiryNumber.optional(),
  right: z.array(Right).min(1),
});
export type Sight = z.infer<typeof Sight>;

/** What somebody has seen of an inquiry as it is. */
export function seeing(actor: Person, inquiry: Inquiry): Sight {
  const { id, number } = inquiry;
  const right = relationsOf(actor, inquiry).filter((relation) => relation !== 'none');
  return { id, number, right: right.length === 0 ? ['role'] : right };
}

/**
 * What somebody has changed, by the inquiry as it then is. Whose vendor only once had it gave it
 * away by just this command, and had it at their desk before: looking back changes nothing.
 */
export function changing(actor: Person, after: Inquiry): Sight {
  const sight = seeing(actor, after);
  return { ...sight, right: sight.right.map((right) => (right === 'former' ? 'desk' : right)) };
}

/** What somebody has seen, opened or judged by their role alone. */
export function naming({
  id,
  number,
}: {
  readonly id: InquiryId;
  readonly number?: InquiryNumber | undefined;
}): Sight {
  return { id, ...(number === undefined ? {} : { number }), right: ['role'] };
}

/**
 * The inquiries that a value of JSON names at any depth, each once: an `inquiryId`, or an `inquiry`
 * with its `id`.
 */
export function namedIn(value: unknown): Sight[] {
  const found = new Map<InquiryId, Sight>();
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
    found.set(id.data, naming({ id: id.data, number: number.data }));
  };
  find(value);
  return [...found.values()];
}
