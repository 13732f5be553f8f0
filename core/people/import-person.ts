import type { Person } from '../access/person.ts';
import { type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Desk } from '../inquiry/terms/desk.ts';
import { EmailAddress, Sub } from '../inquiry/values/ids.ts';
import type { PersonChangeResult, PersonRegistryWriter } from './ports.ts';
import { type PersonInput, savePerson } from './save-person.ts';

/** The columns of an import: an absent column keeps the present value, an empty cell clears it. */
export const peopleColumns = {
  required: ['address', 'name', 'role'],
  optional: [
    ...['sub', 'vendor', 'desks', 'department', 'vip', 'language', 'skills', 'capacity', 'state'],
  ],
} as const;

type Cells = Readonly<Record<string, string>>;

/**
 * Saves the person of one row in the registry; the same row again changes nothing.
 *
 * Refuses as `savePerson` does.
 */
export async function importPerson(
  registry: PersonRegistryWriter,
  desks: readonly Desk[],
  cells: Cells,
): Promise<PersonChangeResult | Refusal> {
  const address = EmailAddress.safeParse(cells['address']);
  if (!address.success) return refuse('invalid.body', 'address: is no mail address');
  const sub = Sub.safeParse(cells['sub']);
  const key = { address: address.data, sub: sub.success ? sub.data : undefined };
  // Invalid cells are found by the schema of a person.
  return savePerson(registry, desks, key, (before) => mergeRow(before, cells) as PersonInput);
}

function mergeRow(before: Person | undefined, cells: Cells): Record<string, unknown> {
  const { presence: _, presenceAt: __, absences: ___, ...kept } = before ?? {};
  const row: Record<string, unknown> = { ...kept };
  for (const [column, cell] of Object.entries(cells)) {
    const value = readCell(column, cell);
    if (value === undefined) delete row[column];
    else row[column] = value;
  }
  return row;
}

/** A cell's value; undefined where it is empty. */
function readCell(column: string, cell: string): unknown {
  if (cell === '') return undefined;
  switch (column) {
    case 'desks':
    case 'skills':
      return cell
        .split(';')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    case 'capacity':
      return /^\d+$/.test(cell) ? Number(cell) : cell;
    case 'vip':
      return booleans[cell.toLowerCase()] ?? cell;
    case 'role':
    case 'language':
    case 'state':
    case 'vendor':
      return cell.toLowerCase();
    default:
      return cell;
  }
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};
