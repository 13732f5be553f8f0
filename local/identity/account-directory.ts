import { createHash } from 'node:crypto';
import { type DemonstrationPerson, readNickname } from './demonstration-people.ts';

/** An account of the stand-in, with the attributes that the user pool would have. */
export interface Account {
  readonly sub: string;
  readonly username: string;
  readonly address: string;
  readonly name: string;
}

/** The part of the provider's stores that keeps accounts. */
interface AccountStore {
  upsert(id: string, payload: Record<string, unknown>): Promise<void>;
  find(id: string): Promise<Record<string, unknown> | undefined>;
}

/**
 * Everybody who can sign in here: the demonstration people, and whoever has given an address before.
 *
 * An address has one account, whose `sub` follows from it.
 */
export class AccountDirectory {
  readonly #people: readonly Account[];
  readonly #store: AccountStore;

  constructor(people: readonly DemonstrationPerson[], store: AccountStore) {
    this.#people = people.map((person) => ({
      sub: person.sub,
      username: readNickname(person),
      address: person.address,
      name: person.name,
    }));
    this.#store = store;
  }

  async find(sub: string): Promise<Account | undefined> {
    const known = this.#people.find((person) => person.sub === sub);
    return known ?? ((await this.#store.find(sub)) as Account | undefined);
  }

  /** The account of an address; one that is new gets the name. */
  async open(address: string, name: string): Promise<Account> {
    const known = this.#people.find((person) => person.address === address.toLowerCase());
    if (known !== undefined) return known;
    const sub = deriveSub(address.toLowerCase());
    const account = { sub, username: sub, address, name };
    await this.#store.upsert(sub, account);
    return account;
  }
}

/** A `sub` in the form of a UUID, as Cognito's are. */
function deriveSub(address: string): string {
  const digest = createHash('sha256').update(address).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
