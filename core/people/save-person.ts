import { Person, type Presence } from '../access/person.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Desk } from '../inquiry/terms/desk.ts';
import type { EmailAddress, Instant, Sub } from '../inquiry/values/ids.ts';
import type { PersonChangeResult, PersonDecider, PersonRegistryWriter } from './ports.ts';

/** A person as entered in the registry; presence and absences are set elsewhere. */
export type PersonInput = Omit<Person, 'presence' | 'presenceAt' | 'absences'>;

/** The desks to check a person's desks against; undefined where they are not known. */
type KnownDesks = readonly Desk[] | undefined;

/**
 * Saves a person in the registry in place of the entry under the address; presence and absences are
 * kept.
 *
 * Refuses `invalid.body` for an invalid person, `work.unknown-desk`, and `people.last-lead` for a
 * change that would leave no lead whose account is linked; `release` allows to leave one who is
 * linked at their next sign-in.
 */
export async function savePerson(
  registry: PersonRegistryWriter,
  desks: KnownDesks,
  key: { readonly address: EmailAddress; readonly sub?: Sub | undefined },
  make: (before: Person | undefined) => PersonInput,
  release: 'allowed' | 'refused' = 'refused',
): Promise<PersonChangeResult | Refusal> {
  const decide: PersonDecider = (before, holder) => {
    const parsed = Person.safeParse({ ...make(before), ...presenceOf(before) });
    if (!parsed.success) return refuse('invalid.body', formatFaults(parsed.error));
    const person = parsed.data;
    const refusal = judgeDesks(person, desks) ?? judgeSub(person, holder);
    if (refusal !== undefined) return refusal;
    if (before !== undefined && isSame(before, person)) return 'unchanged';
    const staysLead = release === 'allowed' ? isActiveLead(person) : isLead(person);
    const needsLead = isLead(before) && !staysLead;
    return { person, needsLead };
  };
  const result = await registry.change(key.address, key.sub, decide);
  return result === 'no-other-lead'
    ? refuse('people.last-lead', 'Nobody else can sign in as lead; enter another lead first.')
    : result;
}

/**
 * Records that an agent is present, or away, and since when.
 *
 * Refuses `access.not-registered` for somebody who has left meanwhile.
 */
export async function setPresence(
  registry: PersonRegistryWriter,
  address: EmailAddress,
  presence: Presence,
  now: Instant,
): Promise<{ readonly presence: Presence; readonly presenceAt: Instant } | Refusal> {
  const result = await registry.change(address, undefined, (before) => {
    if (before?.state !== 'active') {
      return refuse('access.not-registered', 'Your account has no active entry in the registry.');
    }
    if (before.presence === presence && before.presenceAt !== undefined) return 'unchanged';
    return { person: { ...before, presence, presenceAt: now }, needsLead: false };
  });
  if (result === 'no-other-lead') throw new TypeError('presence needs no other lead');
  if (isRefusal(result)) return result;
  return { presence: result.person.presence, presenceAt: result.person.presenceAt ?? now };
}

/** A lead whose account is linked; whether another ever signs in is not known. */
function isLead(person: Person | undefined): boolean {
  return person?.sub !== undefined && isActiveLead(person);
}

function isActiveLead({ role, state }: Person): boolean {
  return role === 'lead' && state === 'active';
}

function presenceOf(before: Person | undefined): Partial<Person> {
  if (before === undefined) return {};
  const { presence, presenceAt, absences } = before;
  return { presence, absences, ...(presenceAt === undefined ? {} : { presenceAt }) };
}

/** Operators and vendor systems work their vendor's desks, staff and leads ours, others none. */
function judgeDesks(person: Person, desks: KnownDesks): Refusal | undefined {
  const worksNone = person.role === 'requester' || person.role === 'system';
  if (person.desks.length > 0 && worksNone && person.vendor === undefined) {
    return refuse('invalid.body', `desks: a ${person.role} works no desk.`);
  }
  for (const id of desks === undefined ? [] : person.desks) {
    const desk = desks?.find((one) => one.id === id);
    if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${id}.`);
    if (desk.vendor !== person.vendor) {
      return refuse(
        'invalid.body',
        person.vendor === undefined
          ? `desks: ${id} is a vendor's desk, for its operators.`
          : `desks: ${id} is not a desk of ${person.vendor}.`,
      );
    }
  }
  return undefined;
}

/** A `sub` moves to another entry only when the first has left, as when an address changed. */
function judgeSub(person: Person, holder: Person | undefined): Refusal | undefined {
  return holder === undefined || holder.state === 'left'
    ? undefined
    : refuse('invalid.body', `sub: ${person.sub} belongs to ${holder.address}.`);
}

function isSame(one: Person, other: Person): boolean {
  // Parsing puts the members of both in the order of the schema.
  return JSON.stringify(Person.parse(one)) === JSON.stringify(other);
}

function formatFaults(error: {
  issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}
