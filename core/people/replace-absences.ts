import { type Absence, isAgentRole, type Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Instant, Sub } from '../inquiry/values/ids.ts';
import { type AbsenceInput, judgeStandIns, parseAbsences } from './parse-absences.ts';
import type { PersonRegistryWriter } from './ports.ts';

/**
 * Reads an agent's planned absences, the earliest first.
 *
 * Refuses `people.unknown` for anybody but an active agent.
 */
export async function readAbsences(
  people: Pick<PersonRegistry, 'bySub'>,
  agent: Sub,
): Promise<readonly Absence[] | Refusal> {
  const person = await people.bySub(agent);
  return isAgent(person) ? person.absences : refuseUnknownAgent();
}

/**
 * Replaces all planned absences of an agent. What they hold stays theirs, and offers that they have
 * not accepted lapse as usual.
 *
 * Refuses `people.unknown` for anybody but an active agent, and `invalid.body` for absences that
 * overlap and invalid stand-ins.
 */
export async function replaceAbsences(
  people: PersonRegistryWriter & Pick<PersonRegistry, 'bySub' | 'byAddresses'>,
  agent: Sub,
  input: readonly AbsenceInput[],
  now: Instant,
): Promise<readonly Absence[] | Refusal> {
  const absences = parseAbsences(input);
  if (isRefusal(absences)) return absences;
  const person = await people.bySub(agent);
  if (!isAgent(person)) return refuseUnknownAgent();
  const standIns = await people.byAddresses(absences.flatMap(({ standIn }) => standIn ?? []));
  const result = await people.change(person.address, undefined, (before) => {
    if (!isAgent(before)) return refuseUnknownAgent();
    const refusal = judgeStandIns(before, absences, standIns, now);
    if (refusal !== undefined) return refusal;
    if (JSON.stringify(before.absences) === JSON.stringify(absences)) return 'unchanged';
    return { person: { ...before, absences: [...absences] }, needsLead: false };
  });
  if (result === 'no-other-lead') throw new TypeError('absences need no other lead');
  return isRefusal(result) ? result : result.person.absences;
}

function isAgent(person: Person | undefined): person is Person {
  return person !== undefined && person.state === 'active' && isAgentRole(person.role);
}

const refuseUnknownAgent = () => refuse('people.unknown', 'There is no such agent.');
