import { Person, type Presence } from '../access/person.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Desk } from '../inquiry/terms/terms.ts';
import type { EmailAddress, Instant, Sub } from '../inquiry/values/ids.ts';
import type { PersonChangeResult, PersonDecider, PersonRegistryWriter } from './ports.ts';

/** What is said of a person by those who keep the registry; when they are there is said elsewhere. */
export type PersonInput = Omit<Person, 'presence' | 'presenceAt' | 'absences'>;

/** The desks by which a person's desks are judged; undefined where they are not known. */
type KnownDesks = readonly Desk[] | undefined;

/**
 * Puts a person in the registry, in place of what stood under the address; presence and absences
 * are kept.
 *
 * Refuses `invalid.body` for what no person can be, `work.unknown-desk`, and `people.last-lead`
 * for what would leave nobody who can sign in as lead.
 */
export async function savePerson(
  registry: PersonRegistryWriter,
  desks: KnownDesks,
  key: { readonly address: EmailAddress; readonly sub?: Sub | undefined },
  make: (before: Person | undefined) => PersonInput,
): Promise<PersonChangeResult | Refusal> {
  const decide: PersonDecider = (before, holder) => {
    const parsed = Person.safeParse({ ...make(before), ...presenceOf(before) });
    if (!parsed.success) return refuse('invalid.body', formatFaults(parsed.error));
    const person = parsed.data;
    const refusal = judgeDesks(person, desks) ?? judgeSub(person, holder);
    if (refusal !== undefined) return refusal;
    if (before !== undefined && isSame(before, person)) return 'unchanged';
    return { person, needsLead: isLead(before) && !isLead(person) };
  };
  const kept = await registry.change(key.address, key.sub, decide);
  return kept === 'no-other-lead'
    ? refuse('people.last-lead', 'Nobody else can sign in as lead; enter another lead first.')
    : kept;
}

/**
 * Records that an agent is there, or away, and since when.
 *
 * Refuses `access.not-registered` for who has left meanwhile.
 */
export async function setPresence(
  registry: PersonRegistryWriter,
  address: EmailAddress,
  presence: Presence,
  now: Instant,
): Promise<{ readonly presence: Presence; readonly presenceAt: Instant } | Refusal> {
  const kept = await registry.change(address, undefined, (before) => {
    if (before?.state !== 'active') {
      return refuse('access.not-registered', 'Your account has no active entry in the registry.');
    }
    if (before.presence === presence && before.presenceAt !== undefined) return 'unchanged';
    return { person: { ...before, presence, presenceAt: now }, needsLead: false };
  });
  if (kept === 'no-other-lead') throw new TypeError('presence needs no other lead');
  if (isRefusal(kept)) return kept;
  return { presence: kept.person.presence, presenceAt: kept.person.presenceAt ?? now };
}

/** A lead who can sign in; one without a `sub` cannot. */
function isLead(person: Person | undefined): boolean {
  return person?.role === 'lead' && person.state === 'active' && person.sub !== undefined;
}

/** When they are there. */
function presenceOf(before: Person | undefined): Partial<Person> {
  if (before === undefined) return {};
  const { presence, presenceAt, absences } = before;
  return { presence, absences, ...(presenceAt === undefined ? {} : { presenceAt }) };
}

/** Operators and vendors' systems work desks of their vendor, staff and leads those of the house, others none. */
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

/** A `sub` passes from one entry to another only when the first has left: an address changed. */
function judgeSub(person: Person, holder: Person | undefined): Refusal | undefined {
  return holder === undefined || holder.state === 'left'
    ? undefined
    : refuse('invalid.body', `sub: ${person.sub} belongs to ${holder.address}.`);
}

function isSame(one: Person, other: Person): boolean {
  // Both come of the schema, which gives the members their order.
  return JSON.stringify(Person.parse(one)) === JSON.stringify(other);
}

function formatFaults(error: {
  issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}
