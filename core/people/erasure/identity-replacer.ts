import { type Pseudonym, pseudonymAddressOf } from '../../inquiry/values/pseudonym.ts';
import {
  digitsOf,
  makeAddressPattern,
  makeNamePattern,
  makePhonePattern,
  makeSubPattern,
} from './identity-patterns.ts';

/** Whom to erase: by what they are known, and what stands in its place. */
export type ErasedPerson = {
  /** In lower case. */
  readonly address: string;
  readonly subs: readonly string[];
  readonly names: readonly string[];
  readonly phones: readonly string[];
  readonly pseudonym: Pseudonym;
};

/**
 * `identity`: address and `sub`, which are nobody else's. `all`: also full names and phone numbers,
 * for what is known to concern the person.
 */
export type ReplacementScope = 'identity' | 'all';

/** Fields beside an identity that tell about the person. */
const personalFields: readonly string[] = ['phone', 'department', 'vip'];

/** Replaces one person in texts and in JSON, and leaves everybody else. */
export class IdentityReplacer {
  readonly #person: ErasedPerson;
  readonly #patterns: Readonly<Record<ReplacementScope, RegExp>>;

  constructor(person: ErasedPerson) {
    this.#person = person;
    const { address, subs, names, phones } = person;
    const identity = [makeAddressPattern(address), ...subs.map(makeSubPattern)];
    const all = [...identity, ...names.map(makeNamePattern), ...phones.map(makePhonePattern)];
    const compile = (patterns: readonly (string | undefined)[]) =>
      new RegExp(patterns.filter((one) => one !== undefined).join('|'), 'giu');
    this.#patterns = { identity: compile(identity), all: compile(all) };
  }

  mentions(text: string, scope: ReplacementScope): boolean {
    return this.replaceText(text, scope) !== text;
  }

  /** Replaces the person in a text, or in a key whose parts are separated by `#`. */
  replaceText(text: string, scope: ReplacementScope): string {
    const { subs, pseudonym } = this.#person;
    const address = pseudonymAddressOf(pseudonym);
    const parts = text.split('#').map((part) => (subs.includes(part) ? pseudonym : part));
    return parts
      .join('#')
      .replace(this.#patterns[scope], (found) =>
        /@|%40/.test(found) ? address.replace('@', found.includes('@') ? '@' : '%40') : pseudonym,
      );
  }

  /**
   * Replaces the person throughout a value of JSON. What stands beside their address or `sub` as a
   * name becomes the pseudonym, phone and department go; a name beside another's stays.
   */
  replaceValue<Value>(value: Value, scope: ReplacementScope): Value {
    return this.#replace(value, scope) as Value;
  }

  /** Whether a record is about the person: by address or `sub`, else by both name and phone. */
  isAbout(record: Readonly<Record<string, unknown>>): boolean {
    const { address, sub, agent, asker, name, phone } = record;
    if (typeof address === 'string' && address.toLowerCase() === this.#person.address) return true;
    const subs = [sub, agent, asker].filter((one) => typeof one === 'string');
    if (subs.some((one) => this.#person.subs.includes(one))) return true;
    if (hasIdentity(record) || typeof name !== 'string' || typeof phone !== 'string') return false;
    const isSameNumber = this.#person.phones.some((one) => digitsOf(one) === digitsOf(phone));
    return isSameNumber && this.#person.names.includes(name);
  }

  /** Whether a record has become the pseudonym's. */
  isErased({ address, sub, name }: Readonly<Record<string, unknown>>): boolean {
    const { pseudonym } = this.#person;
    return address === pseudonymAddressOf(pseudonym) || sub === pseudonym || name === pseudonym;
  }

  #replace(value: unknown, scope: ReplacementScope): unknown {
    if (typeof value === 'string') return this.replaceText(value, scope);
    if (Array.isArray(value)) return value.map((one) => this.#replace(one, scope));
    if (typeof value !== 'object' || value === null) return value;
    return this.#replaceRecord(value as Record<string, unknown>, scope);
  }

  #replaceRecord(record: Record<string, unknown>, scope: ReplacementScope) {
    const isTheirs = this.isAbout(record);
    const isAnothers = !isTheirs && hasIdentity(record);
    const replaced: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(record)) {
      if (isTheirs && personalFields.includes(key)) continue;
      if (key === 'name' && typeof value === 'string' && (isTheirs || isAnothers)) {
        replaced[key] = isTheirs ? this.#person.pseudonym : value;
      } else {
        replaced[this.replaceText(key, 'identity')] = this.#replace(value, scope);
      }
    }
    return replaced;
  }
}

function hasIdentity(record: Readonly<Record<string, unknown>>): boolean {
  return ['address', 'sub', 'agent', 'asker'].some((key) => typeof record[key] === 'string');
}
