import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { computeWorkload, resolveCapacity } from '../../inquiry/workload.ts';
import type { EligibleAgent } from './eligible-agents.ts';

/** Somebody able with what they carry and can carry, by the weights of the desk that assigns. */
export type AssignmentCandidate = EligibleAgent & {
  readonly load: number;
  readonly capacity: number;
};

/** Weighs what somebody holds. */
export function buildCandidate(
  eligibleAgent: EligibleAgent,
  held: Parameters<typeof computeWorkload>[0],
  assignment: AssignmentSettings,
): AssignmentCandidate {
  const load = computeWorkload(held, assignment);
  return { ...eligibleAgent, load, capacity: resolveCapacity(eligibleAgent.agent, assignment) };
}

/** Whether it fits upon what they carry; who carries nothing by rule is given nothing, however light. */
export function hasCapacity(
  { load, capacity }: Pick<AssignmentCandidate, 'load' | 'capacity'>,
  inquiry: Pick<Inquiry, 'priority'>,
  assignment: AssignmentSettings,
): boolean {
  return capacity > 0 && load + computeWorkload([inquiry], assignment) <= capacity;
}
