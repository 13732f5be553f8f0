import type { EmailAddress, Sub } from '../inquiry/values/ids.ts';
import type { Person, Role } from './person.ts';

/** The registry of people, read on each request so that offboarding takes effect at once. */
export interface PersonRegistry {
  /** The person whose access token carries this `sub`. */
  bySub(sub: Sub): Promise<Person | undefined>;
  byAddress(address: EmailAddress): Promise<Person | undefined>;
  byAddresses(addresses: readonly EmailAddress[]): Promise<Person[]>;
  /** Everybody with a role, by address; at most 1,000, since desks are teams, not companies. */
  byRole(role: Role): Promise<Person[]>;
  /** One page of everybody with a role, by address. */
  page(
    role: Role,
    limit: number,
    after?: EmailAddress,
  ): Promise<{ people: Person[]; next?: EmailAddress }>;
  /** Replaces the entry under the person's address; moves the `sub` with it. */
  put(person: Person): Promise<void>;
}
