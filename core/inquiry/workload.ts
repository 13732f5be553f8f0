import type { Assignment } from './terms/desk-settings.ts';
import type { Priority } from './values/vocabulary.ts';

/** How much inquiries weigh together, by the weights of a desk. */
export function workloadOf(
  held: readonly { readonly priority: Priority }[],
  { weights }: Pick<Assignment, 'weights'>,
): number {
  return held.reduce((sum, { priority }) => sum + weights[priority], 0);
}

/** How much somebody carries: what the registry says of them, or else their desk's settings. */
export function capacityOf(
  { capacity }: { readonly capacity?: number | undefined },
  assignment: Pick<Assignment, 'capacity'>,
): number {
  return capacity ?? assignment.capacity;
}
