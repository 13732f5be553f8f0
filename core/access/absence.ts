import type { Instant, Sub } from '../inquiry/values/ids.ts';
import type { Absence, Person } from './person.ts';

/** The absence that somebody is on at an instant; `until` is exclusive. */
export function findAbsence(
  { absences }: Pick<Person, 'absences'>,
  at: Instant,
): Absence | undefined {
  return absences.find(({ from, until }) => from <= at && at < until);
}

/** Whether somebody can be given work now: able to sign in, marked present, and not absent. */
export function isAvailableForWork(
  person: Person,
  at: Instant,
): person is Person & { readonly sub: Sub } {
  const { sub, state, presence } = person;
  return (
    sub !== undefined &&
    state === 'active' &&
    presence === 'present' &&
    findAbsence(person, at) === undefined
  );
}

/** An absent person, and the categories that their stand-in covers. */
export type CoveredAbsence = {
  readonly person: Person;
  readonly categories: Absence['categories'];
};

/** The people whom somebody stands in for at an instant; a vendor's operators have no stand-ins. */
export function findCoveredAbsences(
  people: readonly Person[],
  { address }: Pick<Person, 'address'>,
  at: Instant,
): CoveredAbsence[] {
  return people.flatMap((person) => {
    const absence = findAbsence(person, at);
    const isActive = person.state === 'active' && person.vendor === undefined;
    return isActive && absence?.standIn === address
      ? [{ person, categories: absence.categories }]
      : [];
  });
}
