import type { Person } from '../access/person.ts';
import type { Refusal } from '../inquiry/refusal.ts';
import type { EmailAddress, Instant, Sub } from '../inquiry/values/ids.ts';

/** A person as decided; `needsLead` when the change needs somebody else who is lead. */
export type PersonChange = { readonly person: Person; readonly needsLead: boolean };

/** Decides on a person from the entry under the address, if any, and who else has the `sub`. */
export type PersonDecider = (
  before: Person | undefined,
  holder: Person | undefined,
) => PersonChange | 'unchanged' | Refusal;

export type PersonChangeResult = {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly person: Person;
};

/** Changes the registry so that concurrent changes never undo each other. */
export interface PersonRegistryWriter {
  /**
   * Saves what `decide` makes of the person under the address, deciding again when somebody else
   * was faster; whoever else had the `sub` loses it.
   *
   * `no-other-lead` when the change needs another lead and there is none.
   */
  change(
    address: EmailAddress,
    sub: Sub | undefined,
    decide: PersonDecider,
  ): Promise<PersonChangeResult | Refusal | 'no-other-lead'>;
}

/** A started import, as reported to whoever started it. */
export type StartedImport = { readonly id: string; readonly createdAt: Instant };

/** Starts the import of a file, which goes on after the request. */
export interface PeopleImports {
  start(file: Uint8Array, startedBy: Sub, now: Instant): Promise<StartedImport>;
}
