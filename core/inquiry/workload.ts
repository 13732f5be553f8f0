import type { AssignmentSettings } from './terms/desk-settings.ts';
import type { Priority } from './values/vocabulary.ts';

/** The total weight of inquiries, by the weights of a desk. */
export function computeWorkload(
  heldInquiries: readonly { readonly priority: Priority }[],
  { weights }: Pick<AssignmentSettings, 'weights'>,
): number {
  return heldInquiries.reduce((sum, { priority }) => sum + weights[priority], 0);
}

/** How much somebody may carry: what the registry says, or else the settings of their desk. */
export function resolveCapacity(
  { capacity }: { readonly capacity?: number | undefined },
  assignment: Pick<AssignmentSettings, 'capacity'>,
): number {
  return capacity ?? assignment.capacity;
}
