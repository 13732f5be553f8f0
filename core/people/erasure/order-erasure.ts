import { mayAtDesk } from '../../access/may.ts';
import { isAgentRole, type Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { InquiryIndex } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { EmailAddress, Instant, Sub } from '../../inquiry/values/ids.ts';
import {
  findChainsNaming,
  findStandInAbsences,
  findStandingAssignments,
} from '../offboarding/leaver-references.ts';
import type { DeskSettingsStore } from '../offboarding/offboard-ports.ts';
import { isUnfinished } from './erase-inquiry.ts';
import type { ErasureInput, StartedErasure } from './erasure.ts';
import type { Erasures } from './erasure-ports.ts';

export type OrderErasureDependencies = {
  readonly people: Pick<PersonRegistry, 'byAddress' | 'byRole'>;
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly settings: Pick<DeskSettingsStore, 'read'>;
  readonly serviceLevels: ServiceLevels;
  readonly erasures: Erasures;
};

const pageSize = 100;
/** A refusal names at most this many inquiries. */
const namedLimit = 10;

/**
 * Orders the erasure of one person, whether the registry knows the address or not.
 *
 * Refuses `people.not-offboarded` for an agent who still works here, `people.open-inquiries` while
 * any inquiry of theirs is neither closed nor merged, and `people.still-named` while configuration
 * in force names them; none of these for a dry run. `access.forbidden` for oneself.
 */
export async function orderErasure(
  dependencies: OrderErasureDependencies,
  actor: Person & { readonly sub: Sub },
  address: EmailAddress,
  input: ErasureInput,
  now: Instant,
): Promise<StartedErasure | Refusal> {
  const person = await dependencies.people.byAddress(address);
  if (!mayAtDesk(actor, 'erase-people')) return refuse('access.forbidden', 'A lead may do this.');
  if (address === actor.address) return refuse('access.forbidden', 'Another lead erases you.');
  if (person?.role === 'system') return refuse('people.unknown', 'That is a system, not a person.');
  const refusal = input.dryRun
    ? undefined
    : (judgeEmployment(person) ??
      (await judgeInquiries(dependencies, address)) ??
      (await judgeConfiguration(dependencies, address, person?.sub, now)));
  if (refusal !== undefined) return refusal;
  const subs = person?.sub === undefined ? [] : [person.sub];
  const names = person === undefined ? [] : [person.name];
  return dependencies.erasures.start(input, { address, subs, names }, actor.sub, now);
}

function judgeEmployment(person: Person | undefined): Refusal | undefined {
  return person !== undefined && isAgentRole(person.role) && person.state !== 'left'
    ? refuse('people.not-offboarded', 'They still work here; offboard them first.')
    : undefined;
}

async function judgeInquiries(
  { index }: OrderErasureDependencies,
  address: EmailAddress,
): Promise<Refusal | undefined> {
  const open: Inquiry[] = [];
  let after: string | undefined;
  do {
    const page = await index.page({ by: 'requester', address }, pageSize, after);
    open.push(...page.inquiries.filter(isUnfinished));
    after = page.next;
  } while (after !== undefined && open.length < namedLimit);
  if (open.length === 0) return undefined;
  const numbers = open.slice(0, namedLimit).map(({ number }) => number);
  return refuse(
    'people.open-inquiries',
    `Close, withdraw or discard their inquiries first: ${numbers.join(', ')}.`,
  );
}

async function judgeConfiguration(
  { people, settings, serviceLevels }: OrderErasureDependencies,
  address: EmailAddress,
  sub: Sub | undefined,
  now: Instant,
): Promise<Refusal | undefined> {
  const [desks, standIns] = await Promise.all([
    settings.read(),
    findStandInAbsences(people, address, now),
  ]);
  const standing = findStandingAssignments(desks, address);
  const named = { sub: sub ?? ('' as Sub), address };
  const chains = findChainsNaming(serviceLevels, named, now);
  const places = [
    ...standing.map(({ desk }) => `a standing assignment of the desk ${desk}`),
    ...standIns.map(({ from }) => `a stand-in from ${from}`),
    ...chains.map(({ chain, policies }) => `the chain ${chain} of policies ${policies}`),
  ];
  return places.length === 0
    ? undefined
    : refuse('people.still-named', `They are still named: ${places.join('; ')}.`);
}
