import { type Absence, isAgentRole, type Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Instant, Sub } from '../inquiry/values/ids.ts';
import { type AbsenceInput, judgeStandIns, parseAbsences } from './parse-absences.ts';
import type { PersonRegistryWriter } from './ports.ts';

/**
 * The planned absences of an agent, the earliest first.
 *
 * Refuses `people.unknown` for who is no agent.
 */
export async function readAbsences(
  people: Pick<PersonRegistry, 'bySub'>,
  agent: Sub,
): Promise<readonly Absence[] | Refusal> {
  const person = await people.bySub(agent);
  return isAgent(person) ? person.absences : refuseUnknownAgent();
}

/**
 * Puts an agent's planned absences in place of all that stood. What they hold stays theirs, and
 * what they were offered and have not accepted lapses as ever.
 *
 * Refuses `people.unknown` for who is no agent, and `invalid.body` for absences that overlap and
 * stand-ins who cannot be.
 */
export async function replaceAbsences(
  people: PersonRegistryWriter & Pick<PersonRegistry, 'bySub' | 'byAddresses'>,
  agent: Sub,
  given: readonly AbsenceInput[],
  now: Instant,
): Promise<readonly Absence[] | Refusal> {
  const absences = parseAbsences(given);
  if (isRefusal(absences)) return absences;
  const person = await people.bySub(agent);
  if (!isAgent(person)) return refuseUnknownAgent();
  const standIns = await people.byAddresses(absences.flatMap(({ standIn }) => standIn ?? []));
  const kept = await people.change(person.address, undefined, (before) => {
    if (!isAgent(before)) return refuseUnknownAgent();
    const refusal = judgeStandIns(before, absences, standIns, now);
    if (refusal !== undefined) return refusal;
    if (JSON.stringify(before.absences) === JSON.stringify(absences)) return 'unchanged';
    return { person: { ...before, absences: [...absences] }, needsLead: false };
  });
  if (kept === 'no-other-lead') throw new TypeError('absences need no other lead');
  return isRefusal(kept) ? kept : kept.person.absences;
}

function isAgent(person: Person | undefined): person is Person {
  return person !== undefined && person.state === 'active' && isAgentRole(person.role);
}

const refuseUnknownAgent = () => refuse('people.unknown', 'There is no such agent.');
