import { Absence, isOutsider, type Person } from '../access/person.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';

/** An absence as submitted; without an id, its start serves as one. */
export type AbsenceInput = Omit<Absence, 'id'> & { readonly id?: string | undefined };

/**
 * Parses somebody's absences, in the order of their start, each with an id.
 *
 * Refuses `invalid.body` for an invalid absence, two of the same id, and two that overlap.
 */
export function parseAbsences(input: readonly AbsenceInput[]): readonly Absence[] | Refusal {
  const absences: Absence[] = [];
  for (const [at, one] of input.entries()) {
    const parsed = Absence.safeParse({ ...one, id: one.id ?? one.from });
    if (!parsed.success) {
      const faults = parsed.error.issues.map(
        ({ path, message }) => `${path.join('.')}: ${message}`,
      );
      return refuse('invalid.body', `absences.${at}.${faults.join('; ')}`);
    }
    absences.push(parsed.data);
  }
  absences.sort((one, other) => (one.from < other.from ? -1 : 1));
  const overlapping = absences.find((one, at) => (absences[at - 1]?.until ?? '') > one.from);
  if (overlapping !== undefined) {
    return refuse('invalid.body', `absences: the one from ${overlapping.from} overlaps another.`);
  }
  if (new Set(absences.map(({ id }) => id)).size < absences.length) {
    return refuse('invalid.body', 'absences: two have the same id.');
  }
  return absences;
}

/**
 * Refuses invalid stand-ins in absences that are not yet over: a stand-in is active, staff or lead,
 * and somebody else; a vendor's operators have none.
 */
export function judgeStandIns(
  person: Person,
  absences: readonly Absence[],
  people: readonly Person[],
  now: Instant,
): Refusal | undefined {
  const refusals = absences
    .filter(({ until }) => until > now)
    .map(({ standIn }) =>
      standIn === undefined ? undefined : judgeStandIn(person, standIn, people),
    );
  return refusals.find(isRefusal);
}

function judgeStandIn(
  person: Person,
  address: NonNullable<Absence['standIn']>,
  people: readonly Person[],
): Refusal | undefined {
  if (isOutsider(person)) {
    return refuse('invalid.body', 'standIn: a vendor sees itself who stands in for its operators.');
  }
  if (address === person.address) {
    return refuse('invalid.body', 'standIn: nobody stands in for themselves.');
  }
  const standIn = people.find((one) => one.address === address);
  const isEligible =
    standIn?.state === 'active' && (standIn.role === 'staff' || standIn.role === 'lead');
  return isEligible
    ? undefined
    : refuse('invalid.body', `standIn: ${address} is no active staff or lead.`);
}
