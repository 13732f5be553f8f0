import type { Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { InquiryIndex } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { addSeconds, type InquiryId, type Instant, type Sub } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { ServiceId } from '../../inquiry/values/vocabulary.ts';

/** How far back a handover looks. */
const handoverDays = 90;
const pageSize = 100;
const numberLimit = 5;
const parallelReads = 4;

/** What somebody has handled in one category and service. */
export type HandoverGroup = {
  /** Null where the inquiries had none, such as calls that were answered at once. */
  readonly category: NonNullable<Inquiry['category']> | null;
  readonly service: ServiceId | null;
  readonly count: number;
  readonly lastAt: Instant;
  /** The latest ones. */
  readonly inquiries: readonly { readonly inquiryId: InquiryId; readonly number: InquiryNumber }[];
  /** How many others have handled any of the same in that time; 0: the agent did so alone. */
  readonly others: number;
};

export type HandoverReport = {
  readonly agent: Pick<Person, 'address' | 'name' | 'role' | 'state'> & { readonly sub: Sub };
  readonly from: Instant;
  readonly until: Instant;
  readonly groups: readonly HandoverGroup[];
};

export type ReadHandoverDependencies = {
  readonly people: Pick<PersonRegistry, 'bySub' | 'byRole'>;
  readonly index: Pick<InquiryIndex, 'page'>;
};

/**
 * Reports what somebody has handled in the last 90 days by category and service, first what nobody
 * else has. An inquiry was handled by whoever held it last when it was answered.
 *
 * The others are all operators, staff and leads, including those who have left. Refuses
 * `people.unknown`.
 */
export async function readHandover(
  dependencies: ReadHandoverDependencies,
  agent: Sub,
  now: Instant,
): Promise<HandoverReport | Refusal> {
  const person = await dependencies.people.bySub(agent);
  if (person === undefined || person.role === 'system') {
    return refuse('people.unknown', 'There is no such agent.');
  }
  const { address, name, role, state } = person;
  const from = computeHandoverStart(now);
  const groups = await groupHandledInquiries(dependencies.index, agent, from);
  const others = groups.length === 0 ? [] : await findOtherAgents(dependencies.people, agent);
  const sharedGroups = await findSharedGroups(dependencies.index, others, groups, from);
  return {
    agent: { sub: agent, address, name, role, state },
    ...{ from, until: now },
    groups: withOtherAgentCounts(groups, sharedGroups),
  };
}

/** The start of the period that a handover covers. */
export function computeHandoverStart(now: Instant): Instant {
  return addSeconds(now, -handoverDays * 86_400);
}

/** Groups what somebody has handled, with no others counted yet. */
export async function groupHandledInquiries(
  index: Pick<InquiryIndex, 'page'>,
  agent: Sub,
  since: Instant,
): Promise<HandoverGroup[]> {
  const groups = new Map<string, HandoverGroup>();
  for await (const inquiry of readHandledInquiries(index, agent, since)) {
    const { id: inquiryId, number, at, category = null, service = null } = inquiry;
    const key = groupKeyOf(inquiry);
    const group = groups.get(key);
    const inquiries = group?.inquiries ?? [];
    groups.set(key, {
      ...{ category, service },
      count: (group?.count ?? 0) + 1,
      lastAt: group?.lastAt ?? at,
      inquiries: inquiries.length < numberLimit ? [...inquiries, { inquiryId, number }] : inquiries,
      others: 0,
    });
  }
  return [...groups.values()];
}

/** Finds everybody else who may have handled inquiries, including those who have left. */
export async function findOtherAgents(
  people: Pick<PersonRegistry, 'byRole'>,
  agent: Sub,
): Promise<Sub[]> {
  const roles = ['operator', 'staff', 'lead'] as const;
  const persons = await Promise.all(roles.map((role) => people.byRole(role)));
  const subs = persons.flat().flatMap(({ sub }) => sub ?? []);
  return [...new Set(subs)].filter((sub) => sub !== agent).sort();
}

/** Finds which of the groups each of the others has handled too. */
export async function findSharedGroups(
  index: Pick<InquiryIndex, 'page'>,
  others: readonly Sub[],
  groups: readonly HandoverGroup[],
  since: Instant,
): Promise<string[][]> {
  const groupKeys = new Set(groups.map(groupKeyOf));
  const sharedGroups: string[][] = [];
  for (let start = 0; start < others.length; start += parallelReads) {
    const batch = others.slice(start, start + parallelReads);
    sharedGroups.push(
      ...(await Promise.all(
        batch.map((other) => findSharedGroupsOfAgent(index, other, groupKeys, since)),
      )),
    );
  }
  return sharedGroups;
}

async function findSharedGroupsOfAgent(
  index: Pick<InquiryIndex, 'page'>,
  other: Sub,
  groupKeys: ReadonlySet<string>,
  since: Instant,
): Promise<string[]> {
  const sharedKeys = new Set<string>();
  for await (const inquiry of readHandledInquiries(index, other, since)) {
    const key = groupKeyOf(inquiry);
    if (groupKeys.has(key)) sharedKeys.add(key);
    if (sharedKeys.size === groupKeys.size) break;
  }
  return [...sharedKeys];
}

/** Counts for each group the others who share it; unshared groups first, then the largest. */
export function withOtherAgentCounts(
  groups: readonly HandoverGroup[],
  sharedGroups: readonly (readonly string[])[],
): HandoverGroup[] {
  return groups
    .map((group) => {
      const key = groupKeyOf(group);
      return { ...group, others: sharedGroups.filter((keys) => keys.includes(key)).length };
    })
    .sort(
      (one, other) =>
        Number(one.others > 0) - Number(other.others > 0) ||
        other.count - one.count ||
        (one.lastAt > other.lastAt ? -1 : 1),
    );
}

type HandledInquiry = Pick<Inquiry, 'id' | 'number' | 'category' | 'service'> & {
  readonly at: Instant;
};

/** Yields what somebody has handled since an instant, the latest first. */
async function* readHandledInquiries(
  index: Pick<InquiryIndex, 'page'>,
  agent: Sub,
  since: Instant,
): AsyncGenerator<HandledInquiry> {
  let after: string | undefined;
  do {
    const page = await index.page({ by: 'handled', agent }, pageSize, after);
    for (const inquiry of page.inquiries) {
      const { resolvedAt: at } = inquiry;
      if (at === undefined) continue;
      if (at < since) return;
      yield { ...inquiry, at };
    }
    after = page.next;
  } while (after !== undefined);
}

function groupKeyOf({
  category = null,
  service = null,
}: {
  readonly category?: Inquiry['category'] | null;
  readonly service?: ServiceId | null | undefined;
}): string {
  return JSON.stringify([category, service]);
}
