import type { Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import type { HeldInquiry, InquiryIndex, WaitingInquiry } from '../inquiry/ports.ts';
import type { Desk } from '../inquiry/terms/desk.ts';
import { findDeskClosure } from '../inquiry/terms/desk-hours.ts';
import { findDeskAttributes, type Terms } from '../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import { buildCandidate, hasCapacity } from './assign/assignment-candidate.ts';
import { findEligibleAgents, readInternalAgents } from './assign/eligible-agents.ts';
import type { DeskQueue } from './ports.ts';

/** A queue with this many messages keeps its pollers busy until the next round. */
const announceLimit = 10;
/** A push desk gets only what its agents have capacity for, so the limit is higher. */
const offerLimit = 100;
/**
 * How far down the worklist to look for what somebody can take: the first may all need a skill that
 * nobody present has, or more capacity than anybody has left.
 */
const lookAhead = 200;

export type AnnounceWaitingDependencies = {
  readonly index: Pick<InquiryIndex, 'listWaiting' | 'listHeld'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly deskQueue: Pick<DeskQueue, 'depth' | 'announce'>;
};

/** How many inquiries were announced to a desk. */
export type AnnounceWaitingResult = { readonly desk: DeskId; readonly announced: number };

/**
 * Announces the most urgent inquiries at a desk whose queue is nearly empty: only as many as are
 * missing from ten, not the whole backlog each time.
 *
 * So a waiting inquiry is offered again even if its queue message was lost. A push desk gets up to
 * a hundred: what the agents present have capacity and skills for, and then, while the desk is
 * open, what nobody can take and the leads do not know of yet. A push desk whose agents claim gets
 * none, and a vendor's only every half hour.
 */
export async function announceWaitingInquiries(
  deps: AnnounceWaitingDependencies,
  desk: Desk,
  terms: Terms,
  now: Instant,
): Promise<AnnounceWaitingResult> {
  const { index, deskQueue } = deps;
  const isPush = desk.mode === 'push';
  const noneAnnounced = { desk: desk.id, announced: 0 };
  const isVendorPush = isPush && desk.kind === 'outsourced';
  if (isVendorPush && !isVendorsMinute(now)) return noneAnnounced;
  if (isPush && findDeskAttributes(terms, desk.id).assignment.policy === 'pull')
    return noneAnnounced;
  const isInternalPush = isPush && !isVendorPush;
  const missing = (isInternalPush ? offerLimit : announceLimit) - (await deskQueue.depth(desk));
  if (missing <= 0) return noneAnnounced;
  const waiting = await index.listWaiting(desk.id, isInternalPush ? lookAhead : announceLimit);
  if (waiting.length === 0) return noneAnnounced;
  const announceable = isInternalPush
    ? await selectOfferable(deps, desk, waiting, terms, now)
    : waiting.map(({ id }) => id);
  const announced = announceable.slice(0, missing);
  if (announced.length > 0) await deskQueue.announce(desk, announced);
  return { desk: desk.id, announced: announced.length };
}

/** A vendor's system keeps what it was sent, so every half hour is enough. */
function isVendorsMinute(now: Instant): boolean {
  return Math.floor(Date.parse(now) / 60_000) % 30 === 0;
}

async function selectOfferable(
  { index, people }: AnnounceWaitingDependencies,
  desk: Desk,
  waiting: readonly WaitingInquiry[],
  terms: Terms,
  now: Instant,
): Promise<InquiryId[]> {
  const { assignment } = findDeskAttributes(terms, desk.id);
  const isOpen = findDeskClosure(desk, terms, now) === undefined;
  const internalAgents = await readInternalAgents(people);
  const waitingWithAgents = waiting.map((one) => ({
    ...one,
    able: findEligibleAgents(internalAgents, desk.id, one.inquiry, now).able,
  }));
  const heldByAgent = await readHeldInquiries(
    index,
    waitingWithAgents.flatMap(({ able }) => able.map(({ agent }) => agent)),
  );
  const assignable: InquiryId[] = [];
  const unreported: InquiryId[] = [];
  for (const { id, inquiry, able } of waitingWithAgents) {
    const { priority } = inquiry;
    const candidates = able.map((one) =>
      buildCandidate(one, heldByAgent.get(one.agent.sub) ?? [], assignment),
    );
    const withCapacity = candidates.filter((one) => hasCapacity(one, inquiry, assignment));
    const [leastLoaded] = withCapacity.sort(
      (one, other) => one.load / one.capacity - other.load / other.capacity,
    );
    if (leastLoaded !== undefined) {
      assignable.push(id);
      // The agent has that much less capacity for the next one.
      heldByAgent.get(leastLoaded.agent.sub)?.push({ id, priority });
    } else if (isOpen && inquiry.nobodyAt === undefined) unreported.push(id);
  }
  return [...assignable, ...unreported];
}

async function readHeldInquiries(
  index: Pick<InquiryIndex, 'listHeld'>,
  agents: readonly (Person & { readonly sub: Sub })[],
): Promise<ReadonlyMap<Sub, HeldInquiry[]>> {
  const subs = [...new Set(agents.map(({ sub }) => sub))];
  const entries = subs.map(
    async (sub): Promise<[Sub, HeldInquiry[]]> => [sub, [...(await index.listHeld(sub))]],
  );
  return new Map(await Promise.all(entries));
}
