import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Assignment } from '../../inquiry/terms/desk-settings.ts';
import { capacityOf, workloadOf } from '../../inquiry/workload.ts';
import type { Able } from './eligible.ts';

/** Somebody able with what they carry and can carry, by the weights of the desk that assigns. */
export type Candidate = Able & { readonly load: number; readonly capacity: number };

/** Weighs what somebody holds. */
export function candidateOf(
  able: Able,
  held: Parameters<typeof workloadOf>[0],
  assignment: Assignment,
): Candidate {
  const load = workloadOf(held, assignment);
  return { ...able, load, capacity: capacityOf(able.agent, assignment) };
}

/** Whether it fits upon what they carry; who carries nothing by rule is given nothing, however light. */
export function hasRoom(
  { load, capacity }: Pick<Candidate, 'load' | 'capacity'>,
  inquiry: Pick<Inquiry, 'priority'>,
  assignment: Assignment,
): boolean {
  return capacity > 0 && load + workloadOf([inquiry], assignment) <= capacity;
}
