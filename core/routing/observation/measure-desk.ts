import { isAvailableForWork } from '../../access/absence.ts';
import type { Person } from '../../access/person.ts';
import type { EarlierInquiry, ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

const minuteMilliseconds = 60_000;
const earlierMilliseconds = 90 * 86_400_000;
const earlierLimit = 20;

/** What was read of a desk's worklist. */
export type WorklistMeasures = { readonly depth: number; readonly oldest?: Instant };

/** Counts a desk's agents who are present: our own, or the vendor's at a vendor's desk. */
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
 * Predicts the minutes that one more inquiry waits; undefined at an internal desk without agents.
 *
 * A vendor may work in its own system, where we cannot see who is present: it counts as one agent.
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

/** Selects the requester's earlier inquiries from a list of theirs, newest first. */
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
