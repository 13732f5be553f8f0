import type { Absence } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { EscalationRecipient } from '../../inquiry/clock/escalation.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { DeskSettings, StandingAssignment } from '../../inquiry/terms/desk-settings.ts';
import type { PoliciesVersion } from '../../inquiry/terms/sla-policies.ts';
import type { DeskId, EmailAddress, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { PersonRegistryWriter } from '../ports.ts';

/** Who leaves and who replaces them; without a successor, nobody does. */
export type AgentReplacement = {
  readonly leaver: EmailAddress;
  readonly successor?: EmailAddress | undefined;
};

/** A standing assignment that names the leaver. */
export type NamedStandingAssignment = Omit<StandingAssignment, 'agent'> & { readonly desk: DeskId };

/** Somebody else's absence, for which the leaver was to stand in. */
export type NamedStandInAbsence = Pick<Absence, 'id' | 'from' | 'until' | 'categories'> & {
  readonly person: EmailAddress;
};

/** An escalation chain that notifies the leaver: on a warning, or in steps after some minutes. */
export type NamedEscalationChain = {
  readonly policies: number;
  readonly chain: string;
  readonly warning: boolean;
  readonly afterMinutes: readonly number[];
};

/** Finds the standing assignments that name the leaver. */
export function findStandingAssignments(
  { desks }: DeskSettings,
  leaver: EmailAddress,
): NamedStandingAssignment[] {
  return Object.entries(desks).flatMap(([desk, { assignment }]) =>
    assignment.standing
      .filter(({ agent }) => agent === leaver)
      .map(({ agent: _, ...rest }) => ({ desk: desk as DeskId, ...rest })),
  );
}

/** Replaces or removes the leaver in standing assignments; undefined where there are none. */
export function replaceStandingAgent(
  settings: DeskSettings,
  { leaver, successor }: AgentReplacement,
): DeskSettings | undefined {
  if (findStandingAssignments(settings, leaver).length === 0) return undefined;
  const desks = Object.entries(settings.desks).map(([id, desk]) => {
    const standing = desk.assignment.standing.flatMap((one) => {
      if (one.agent !== leaver) return [one];
      return successor === undefined ? [] : [{ ...one, agent: successor }];
    });
    return [id, { ...desk, assignment: { ...desk.assignment, standing } }];
  });
  return { ...settings, desks: Object.fromEntries(desks) };
}

/** Finds absences, not yet over, for which the leaver stands in; operators have no stand-ins. */
export async function findStandInAbsences(
  people: Pick<PersonRegistry, 'byRole'>,
  leaver: EmailAddress,
  now: Instant,
): Promise<NamedStandInAbsence[]> {
  const agents = await Promise.all([people.byRole('staff'), people.byRole('lead')]);
  return agents.flat().flatMap((person) =>
    person.absences
      .filter((absence) => isStandInFor(absence, leaver, now))
      .map(({ id, from, until, categories }) => ({
        ...{ person: person.address, id, from, until, categories },
      })),
  );
}

/** Replaces or removes a stand-in; a successor cannot stand in for themselves. */
export async function replaceStandIn(
  registry: PersonRegistryWriter,
  address: EmailAddress,
  { leaver, successor }: AgentReplacement,
  now: Instant,
): Promise<void> {
  const result = await registry.change(address, undefined, (before) => {
    if (!before?.absences.some((one) => isStandInFor(one, leaver, now))) return 'unchanged';
    const absences = before.absences.map((absence): Absence => {
      if (!isStandInFor(absence, leaver, now)) return absence;
      if (successor !== undefined && successor !== before.address) {
        return { ...absence, standIn: successor };
      }
      const { standIn: _, ...alone } = absence;
      return { ...alone, categories: [] };
    });
    return { person: { ...before, absences }, needsLead: false };
  });
  if (result === 'no-other-lead') throw new TypeError('absences need no other lead');
  if (isRefusal(result)) throw new Error(result.detail);
}

/** Finds the chains that notify somebody, in the policies in force now or later. */
export function findChainsNaming(
  serviceLevels: ServiceLevels,
  { sub, address }: { readonly sub: Sub; readonly address: EmailAddress },
  now: Instant,
): NamedEscalationChain[] {
  const isThem = (recipient: EscalationRecipient) =>
    (recipient.to === 'person' && recipient.sub === sub) ||
    (recipient.to === 'address' && recipient.address === address);
  const versions = new Map<number, PoliciesVersion>();
  for (const at of [now, endOfTime]) {
    const policies = serviceLevels.policiesAt(at);
    versions.set(policies.version, policies);
  }
  return [...versions.values()].flatMap(({ version, body }) =>
    body.chains
      .map(({ id, warning, steps }) => ({
        policies: version,
        chain: id,
        warning: warning.some(isThem),
        afterMinutes: steps.flatMap(({ afterMinutes, tell }) =>
          tell.some(isThem) ? [afterMinutes] : [],
        ),
      }))
      .filter(({ warning, afterMinutes }) => warning || afterMinutes.length > 0),
  );
}

/** Later than every `from`. */
const endOfTime = '9999-12-31T23:59:59.999Z' as Instant;

function isStandInFor({ standIn, until }: Absence, leaver: EmailAddress, now: Instant): boolean {
  return standIn === leaver && until > now;
}
