import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { computeWorkload, resolveCapacity } from '../../inquiry/workload.ts';
import type { Able } from './eligible-agents.ts';

/** Somebody able with what they carry and can carry, by the weights of the desk that assigns. */
export type Candidate = Able & { readonly load: number; readonly capacity: number };

/** Weighs what somebody holds. */
export function candidateOf(
  able: Able,
  held: Parameters<typeof computeWorkload>[0],
  assignment: AssignmentSettings,
): Candidate {
  const load = computeWorkload(held, assignment);
  return { ...able, load, capacity: resolveCapacity(able.agent, assignment) };
}

/** Whether it fits upon what they carry; who carries nothing by rule is given nothing, however light. */
export function hasRoom(
  { load, capacity }: Pick<Candidate, 'load' | 'capacity'>,
  inquiry: Pick<Inquiry, 'priority'>,
  assignment: AssignmentSettings,
): boolean {
  return capacity > 0 && load + computeWorkload([inquiry], assignment) <= capacity;
}
