import { mayAtDesk } from '../../core/access/may.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { Desk } from '../../core/inquiry/terms/desk.ts';
import { importPerson, peopleColumns } from '../../core/people/import-person.ts';
import type { PersonRegistryWriter } from '../../core/people/ports.ts';
import type { CsvRowImporter } from './csv-import-work.ts';

/** Imports each row of a file as a person of the registry. */
export function makePersonRowImporter(
  registry: PersonRegistryWriter,
  desks: readonly Desk[],
): CsvRowImporter {
  return {
    columns: peopleColumns,
    mayImport: (person) => mayAtDesk(person, 'keep-people'),
    importRow: async (cells) => {
      const result = await importPerson(registry, desks, cells);
      return isRefusal(result) ? result : { outcome: result.outcome };
    },
  };
}
