import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { computeWorkload, resolveCapacity } from '../../inquiry/workload.ts';
import type { EligibleAgent } from './eligible-agents.ts';

/** An eligible agent with their load and capacity, by the weights of the assigning desk. */
export type AssignmentCandidate = EligibleAgent & {
  readonly load: number;
  readonly capacity: number;
};

export function buildCandidate(
  eligibleAgent: EligibleAgent,
  heldInquiries: Parameters<typeof computeWorkload>[0],
  assignment: AssignmentSettings,
): AssignmentCandidate {
  const load = computeWorkload(heldInquiries, assignment);
  return { ...eligibleAgent, load, capacity: resolveCapacity(eligibleAgent.agent, assignment) };
}

/** Whether an inquiry fits into an agent's capacity; nothing fits into none, however light. */
export function hasCapacity(
  { load, capacity }: Pick<AssignmentCandidate, 'load' | 'capacity'>,
  inquiry: Pick<Inquiry, 'priority'>,
  assignment: AssignmentSettings,
): boolean {
  return capacity > 0 && load + computeWorkload([inquiry], assignment) <= capacity;
}
