import type * as z from 'zod';
import { findCoveredAbsences } from '../../core/access/absence.ts';
import type { Person } from '../../core/access/person.ts';
import type { HeldInquiry } from '../../core/inquiry/ports.ts';
import { AssignmentSettings } from '../../core/inquiry/terms/desk-settings.ts';
import { findDeskAttributes, type Terms } from '../../core/inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../core/inquiry/values/ids.ts';
import { computeWorkload, resolveCapacity } from '../../core/inquiry/workload.ts';
import type { AgentView } from '../contract/api-schemas.ts';

const shippedAssignment = AssignmentSettings.parse({});

/** How an agent is shown to colleagues: with when they are absent, and not with why. */
export function viewAgent(
  person: Person,
  held: readonly HeldInquiry[],
  colleagues: readonly Person[],
  assignment: AssignmentSettings,
  now: Instant,
): z.input<typeof AgentView> {
  const { sub, address, name, role, vendor, desks, presence, presenceAt, skills } = person;
  const standing = findCoveredAbsences(colleagues, person, now);
  return {
    ...(sub === undefined ? {} : { sub }),
    ...{ address, name, role, desks, presence, skills },
    ...(vendor === undefined ? {} : { vendor }),
    ...(presenceAt === undefined ? {} : { presenceAt }),
    absences: person.absences
      .filter(({ until }) => until > now)
      .map(({ note: _, ...absence }) => absence),
    standsInFor: standing.map(({ person: { address, name }, categories }) => ({
      ...{ address, name, categories },
    })),
    load: held.length,
    workload: computeWorkload(held, assignment),
    capacity: resolveCapacity(person, assignment),
  };
}

/** By what an agent's work is weighed: the desk asked for, or else the first of theirs. */
export function findAssignment(
  terms: Pick<Terms, 'settings'>,
  { desks }: Pick<Person, 'desks'>,
  asked: DeskId | undefined,
): AssignmentSettings {
  const desk = asked ?? desks[0];
  return desk === undefined ? shippedAssignment : findDeskAttributes(terms, desk).assignment;
}
