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

/** Shows an agent to colleagues: when they are absent, but not why. */
export function viewAgent(
  person: Person,
  heldInquiries: readonly HeldInquiry[],
  colleagues: readonly Person[],
  assignment: AssignmentSettings,
  now: Instant,
): z.input<typeof AgentView> {
  const { sub, address, name, role, vendor, desks, presence, presenceAt, skills } = person;
  const coveredAbsences = findCoveredAbsences(colleagues, person, now);
  return {
    ...(sub === undefined ? {} : { sub }),
    ...{ address, name, role, desks, presence, skills },
    ...(vendor === undefined ? {} : { vendor }),
    ...(presenceAt === undefined ? {} : { presenceAt }),
    absences: person.absences
      .filter(({ until }) => until > now)
      .map(({ note: _, ...absence }) => absence),
    standsInFor: coveredAbsences.map(({ person: { address, name }, categories }) => ({
      ...{ address, name, categories },
    })),
    load: heldInquiries.length,
    workload: computeWorkload(heldInquiries, assignment),
    capacity: resolveCapacity(person, assignment),
  };
}

/** The settings that weigh an agent's work: of the desk asked for, or else of their first one. */
export function findAssignment(
  terms: Pick<Terms, 'settings'>,
  { desks }: Pick<Person, 'desks'>,
  requestedDesk: DeskId | undefined,
): AssignmentSettings {
  const desk = requestedDesk ?? desks[0];
  return desk === undefined ? shippedAssignment : findDeskAttributes(terms, desk).assignment;
}
