import * as z from 'zod';
import { Person } from '../access/person.ts';
import { isRefusal, type Refusal } from '../inquiry/refusal.ts';
import type { PersonChangeResult, PersonRegistryWriter } from './ports.ts';
import { savePerson } from './save-person.ts';

/** People to be entered by somebody with rights over the stage itself, such as the first lead. */
export const Admission = z.strictObject({ people: z.array(Person).min(1).max(100) });
export type Admission = z.infer<typeof Admission>;

export type AdmissionResult = Readonly<Record<PersonChangeResult['outcome'], number>>;

/**
 * Enters people in their order; entering the same again changes nothing. Presence and absences
 * count for who is new, and are kept of others.
 *
 * Refuses as `keepPerson` does at the first who cannot be entered; those before stay entered.
 */
export async function admitPeople(
  registry: PersonRegistryWriter,
  { people }: Admission,
): Promise<AdmissionResult | Refusal> {
  const admitted = { created: 0, updated: 0, unchanged: 0 };
  for (const given of people) {
    // Desks are the stage's, and who may invoke this has made the stage.
    const kept = await savePerson(registry, undefined, given, () => given);
    if (isRefusal(kept)) return { ...kept, detail: `${given.address}: ${kept.detail}` };
    admitted[kept.outcome] += 1;
  }
  return admitted;
}
