import { mayAtDesk } from '../../core/access/may.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { Desk } from '../../core/inquiry/terms/terms.ts';
import { importPerson, peopleColumns } from '../../core/people/import-person.ts';
import type { PersonRegistryWriter } from '../../core/people/ports.ts';
import type { RowTaking } from './csv-import-work.ts';

/** Takes each row of a file as a person of the registry. */
export function peopleRows(keeper: PersonRegistryWriter, desks: readonly Desk[]): RowTaking {
  return {
    columns: peopleColumns,
    may: (person) => mayAtDesk(person, 'keep-people'),
    take: async (cells) => {
      const kept = await importPerson(keeper, desks, cells);
      return isRefusal(kept) ? kept : { outcome: kept.outcome };
    },
  };
}
