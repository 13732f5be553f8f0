import { findCoveredAbsences, isAvailableForWork } from '../../access/absence.ts';
import { isOutsider, type Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';

/** An agent who could take an inquiry, regardless of their load. */
export type EligibleAgent = {
  readonly agent: Actor;
  /** The absent agents of the desk whom they stand in for in the inquiry's category. */
  readonly standsInFor: readonly Person[];
  /** False for somebody who may have it only as a stand-in. */
  readonly isOfDesk: boolean;
};

/** Reads everybody who may get an internal desk's work, as an agent of the desk or a stand-in. */
export async function readInternalAgents(
  people: Pick<PersonRegistry, 'byRole'>,
): Promise<readonly Person[]> {
  const agents = await Promise.all([people.byRole('staff'), people.byRole('lead')]);
  return agents.flat();
}

/**
 * Finds who could take an inquiry now: the desk's agents, and the stand-ins of absent ones for the
 * inquiry's category. None of them is away, absent or without a required skill.
 *
 * When nobody is left, `lacking` says whether all are absent or nobody has the skills.
 */
export function findEligibleAgents(
  people: readonly Person[],
  desk: DeskId,
  { category, skills = [] }: Pick<Inquiry, 'category' | 'skills'>,
  now: Instant,
): { readonly able: readonly EligibleAgent[]; readonly lacking?: 'absent' | 'unskilled' } {
  const ofDesk = people.filter(({ desks }) => desks.includes(desk));
  const presentAgents = people
    .filter((person) => isPresentInternalAgent(person, now))
    .flatMap((agent) => {
      const isOfDesk = agent.desks.includes(desk);
      const standsInFor = findCoveredAbsences(ofDesk, agent, now)
        .filter(({ categories }) => category !== undefined && categories.includes(category))
        .map(({ person }) => person);
      return isOfDesk || standsInFor.length > 0 ? [{ agent, standsInFor, isOfDesk }] : [];
    });
  const able = presentAgents.filter(({ agent }) =>
    skills.every((skill) => agent.skills.includes(skill)),
  );
  if (able.length > 0) return { able };
  return { able, lacking: presentAgents.length === 0 ? 'absent' : 'unskilled' };
}

function isPresentInternalAgent(person: Person, now: Instant): person is Actor {
  const isOfTheHouse = person.role === 'staff' || person.role === 'lead';
  return isOfTheHouse && !isOutsider(person) && isAvailableForWork(person, now);
}
