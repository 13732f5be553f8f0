import { isAvailableForWork } from '../../access/absence.ts';
import type { Person } from '../../access/person.ts';
import type { EarlierInquiry, ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Desk } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

const minuteMilliseconds = 60_000;
const earlierMilliseconds = 90 * 86_400_000;
const earlierLimit = 20;

/** What was read of a desk's worklist. */
export type WorklistMeasures = { readonly depth: number; readonly oldest?: Instant };

/** How many of a desk's agents are there: the house's own, or the vendor's at a vendor's desk. */
export function countPresent(
  { id, vendor }: Pick<Desk, 'id' | 'vendor'>,
  people: readonly Person[],
  at: Instant,
): number {
  return people.filter(
    (person) =>
      person.desks.includes(id) && person.vendor === vendor && isAvailableForWork(person, at),
  ).length;
}

export function computeOldestMinutes({ oldest }: WorklistMeasures, at: Instant): number {
  if (oldest === undefined) return 0;
  return Math.max(0, Math.floor((Date.parse(at) - Date.parse(oldest)) / minuteMilliseconds));
}

/**
 * How long one more inquiry is likely to wait; undefined where nobody of the house is there.
 *
 * A vendor may work in a system of its own, where it is not seen who is there: it counts as one.
 */
export function predictWait(
  kind: Desk['kind'],
  { depth, present }: Pick<ObservedDesk, 'depth' | 'present'>,
  handleMinutes: number,
): number | undefined {
  if (depth === 0) return 0;
  if (present === 0 && kind === 'internal') return undefined;
  return Math.ceil((depth * handleMinutes) / Math.max(present, 1));
}

/** Earlier inquiries of who asked this one, of those listed newest first. */
export function selectEarlierInquiries(
  { id, receivedAt }: Pick<Inquiry, 'id' | 'receivedAt'>,
  listed: readonly Inquiry[],
  at: Instant,
): EarlierInquiry[] {
  return listed
    .filter(
      (one) =>
        one.id !== id &&
        one.receivedAt <= receivedAt &&
        Date.parse(at) - Date.parse(one.receivedAt) <= earlierMilliseconds &&
        one.status !== 'quarantined' &&
        one.status !== 'merged',
    )
    .slice(0, earlierLimit)
    .map(({ receivedAt, category, service, lastAgent }) => ({
      at: receivedAt,
      ...(category === undefined ? {} : { category }),
      ...(service === undefined ? {} : { service }),
      ...(lastAgent === undefined ? {} : { agent: lastAgent.agent }),
    }));
}
