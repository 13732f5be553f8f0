import { type Absence, isOutsider, type Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { EmailAddress, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { Offboardings } from './offboard-ports.ts';
import type { StartedOffboarding } from './offboarding.ts';

/**
 * Ends somebody's rights at once and starts releasing all that they hold; both happen or neither.
 * Somebody who has left already may be offboarded too, to release what was not released then.
 *
 * Refuses `access.forbidden` for oneself, since a lead who stays is to read the result;
 * `people.unknown`, `people.last-lead`, and `invalid.body` for a successor who cannot be one.
 */
export async function offboardAgent(
  dependencies: {
    readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress'>;
    readonly offboardings: Offboardings;
  },
  actor: Person & { readonly sub: Sub },
  agent: Sub,
  input: { readonly successor?: EmailAddress | undefined; readonly note?: string | undefined },
  now: Instant,
): Promise<StartedOffboarding | Refusal> {
  const { people, offboardings } = dependencies;
  if (agent === actor.sub) return refuse('access.forbidden', 'Another lead offboards you.');
  const person = await people.bySub(agent);
  if (person === undefined || person.role === 'system') return refuseUnknownAgent();
  const { successor, note } = input;
  const refusal =
    successor === undefined ? undefined : judgeSuccessor(person, await people.byAddress(successor));
  if (refusal !== undefined) return refusal;
  const started = await offboardings.start(
    {
      ...{ agent, address: person.address },
      ...(successor === undefined ? {} : { successor }),
      ...(note === undefined || note === '' ? {} : { note }),
    },
    (before) => {
      if (before?.sub !== agent) return refuseUnknownAgent();
      if (before.state === 'left') return 'unchanged';
      return { person: markAsLeft(before, now), needsLead: before.role === 'lead' };
    },
    actor.sub,
    now,
  );
  return started === 'no-other-lead'
    ? refuse('people.last-lead', 'Nobody else can sign in as lead; enter another lead first.')
    : started;
}

/** Marks somebody as left: history keeps their name, and nobody waits for their return. */
export function markAsLeft(person: Person, now: Instant): Person {
  const absences = person.absences.flatMap((absence) => endAbsence(absence, now));
  return { ...person, state: 'left', presence: 'away', presenceAt: now, absences };
}

function endAbsence(absence: Absence, now: Instant): Absence[] {
  if (absence.until <= now) return [absence];
  return absence.from < now ? [{ ...absence, until: now }] : [];
}

function judgeSuccessor(person: Person, successor: Person | undefined): Refusal | undefined {
  if (isOutsider(person)) {
    return refuse('invalid.body', 'successor: a vendor sees itself who follows its operators.');
  }
  const isEligible =
    successor?.state === 'active' &&
    successor.address !== person.address &&
    (successor.role === 'staff' || successor.role === 'lead');
  return isEligible
    ? undefined
    : refuse('invalid.body', 'successor: is no other active staff or lead.');
}

const refuseUnknownAgent = () => refuse('people.unknown', 'There is no such agent.');
