import type { AuditEntry } from '../../access/audit-entry.ts';
import type { Person } from '../../access/person.ts';
import type { EmailAddress, Sub } from '../../inquiry/values/ids.ts';
import type { RegisteredAccount } from './decide-sign-in.ts';

/** A change of the registry at a sign-in. */
export type SignInChange = {
  readonly person: Person;
  /** Whether the stage's naming of a first lead has its effect by this, which it has once. */
  readonly makesFirstLead: boolean;
  readonly audit: Omit<AuditEntry, 'id'>;
};

/** The registry of people as sign-ins read and change it. */
export interface SignInRegistry {
  bySub(sub: Sub): Promise<Person | undefined>;
  /**
   * Saves what `decide` makes of an account, with its audit entry or not at all, deciding again
   * when somebody else was faster; saves nothing where it returns undefined.
   *
   * @returns false when others kept changing the same people
   */
  change(
    address: EmailAddress,
    sub: Sub,
    decide: (registered: RegisteredAccount) => SignInChange | undefined,
  ): Promise<boolean>;
}
