import { findCoveredAbsences, isAvailableForWork } from '../../access/absence.ts';
import { isOutsider, type Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';

/** Somebody who could be given an inquiry but for what they carry already. */
export type EligibleAgent = {
  readonly agent: Actor;
  /** The absent agents of the desk for whom they stand in with its category. */
  readonly standsInFor: readonly Person[];
  /** False for who may have it only as a stand-in. */
  readonly isOfDesk: boolean;
};

/** Everybody to whom an internal desk's work may go: its own agents are among them. */
export async function readInternalAgents(
  people: Pick<PersonRegistry, 'byRole'>,
): Promise<readonly Person[]> {
  const agents = await Promise.all([people.byRole('staff'), people.byRole('lead')]);
  return agents.flat();
}

/**
 * Who is there for an inquiry: the desk's agents, and the stand-ins of those who are absent where
 * it is of a category named for them; none of them away, absent or without a skill it asks.
 *
 * Where nobody is left, `lacking` says what was wanting first.
 */
export function findEligibleAgents(
  people: readonly Person[],
  desk: DeskId,
  { category, skills = [] }: Pick<Inquiry, 'category' | 'skills'>,
  now: Instant,
): { readonly able: readonly EligibleAgent[]; readonly lacking?: 'absent' | 'unskilled' } {
  const ofDesk = people.filter(({ desks }) => desks.includes(desk));
  const there = people
    .filter((person) => isPresentInternalAgent(person, now))
    .flatMap((agent) => {
      const isOfDesk = agent.desks.includes(desk);
      const standsInFor = findCoveredAbsences(ofDesk, agent, now)
        .filter(({ categories }) => category !== undefined && categories.includes(category))
        .map(({ person }) => person);
      return isOfDesk || standsInFor.length > 0 ? [{ agent, standsInFor, isOfDesk }] : [];
    });
  const able = there.filter(({ agent }) => skills.every((skill) => agent.skills.includes(skill)));
  if (able.length > 0) return { able };
  return { able, lacking: there.length === 0 ? 'absent' : 'unskilled' };
}

function isPresentInternalAgent(person: Person, now: Instant): person is Actor {
  const isOfTheHouse = person.role === 'staff' || person.role === 'lead';
  return isOfTheHouse && !isOutsider(person) && isAvailableForWork(person, now);
}
