import * as z from 'zod';
import { Person } from '../access/person.ts';
import { isRefusal, type Refusal } from '../inquiry/refusal.ts';
import type { ChangedPerson, PeopleKeeper } from './ports.ts';
import { keepPerson } from './save-person.ts';

/** People to be entered by somebody with rights over the stage itself, such as the first lead. */
export const Admission = z.strictObject({ people: z.array(Person).min(1).max(100) });
export type Admission = z.infer<typeof Admission>;

export type Admitted = Readonly<Record<ChangedPerson['outcome'], number>>;

/**
 * Enters people in their order; entering the same again changes nothing. Presence and absences
 * count for who is new, and are kept of others.
 *
 * Refuses as `keepPerson` does at the first who cannot be entered; those before stay entered.
 */
export async function admitPeople(
  keeper: PeopleKeeper,
  { people }: Admission,
): Promise<Admitted | Refusal> {
  const admitted = { created: 0, updated: 0, unchanged: 0 };
  for (const given of people) {
    // Desks are the stage's, and who may invoke this has made the stage.
    const kept = await keepPerson(keeper, undefined, given, () => given);
    if (isRefusal(kept)) return { ...kept, detail: `${given.address}: ${kept.detail}` };
    admitted[kept.outcome] += 1;
  }
  return admitted;
}
