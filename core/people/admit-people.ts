import * as z from 'zod';
import { Person } from '../access/person.ts';
import { isRefusal, type Refusal } from '../inquiry/refusal.ts';
import type { PersonChangeResult, PersonRegistryWriter } from './ports.ts';
import { savePerson } from './save-person.ts';

/** People entered by somebody with rights over the stage itself. */
export const Admission = z.strictObject({ people: z.array(Person).min(1).max(100) });
export type Admission = z.infer<typeof Admission>;

export type AdmissionResult = Readonly<Record<PersonChangeResult['outcome'], number>>;

/**
 * Enters people in their order; entering the same again changes nothing. Presence and absences
 * count for new people only; others keep theirs. A lead entered without `sub` is linked anew at
 * their next sign-in, even if they are the only one.
 *
 * Refuses as `savePerson` does at the first who cannot be entered; those before stay entered.
 */
export async function admitPeople(
  registry: PersonRegistryWriter,
  { people }: Admission,
): Promise<AdmissionResult | Refusal> {
  const admitted = { created: 0, updated: 0, unchanged: 0 };
  for (const person of people) {
    // Desks are not checked, since whoever may invoke this has set up the stage.
    const result = await savePerson(registry, undefined, person, () => person, 'allowed');
    if (isRefusal(result)) return { ...result, detail: `${person.address}: ${result.detail}` };
    admitted[result.outcome] += 1;
  }
  return admitted;
}
