import type { Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import type { HeldInquiry, InquiryIndex, WaitingInquiry } from '../inquiry/ports.ts';
import { findDeskClosure } from '../inquiry/terms/desk-hours.ts';
import { type Desk, findDeskAttributes, type Terms } from '../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import { buildCandidate, hasCapacity } from './assign/assignment-candidate.ts';
import { findEligibleAgents, readInternalAgents } from './assign/eligible-agents.ts';
import type { DeskQueue } from './ports.ts';

/** A queue with so many messages keeps its pollers busy until the next round. */
const announceLimit = 10;
/** Of what is offered only so much is rung for as somebody has room for, so it may be more. */
const offerLimit = 100;
/**
 * So far down the list it is looked for what somebody can take: the first may all ask for a skill
 * that nobody there has, or be too much for who has little room.
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
 * Rings for the most urgent inquiries at a desk whose queue is nearly empty: as many as are
 * missing from ten, never the whole backlog over and over.
 *
 * So what waits is offered again whatever became of its news. A push desk is rung for as much as
 * those who are there have room and skills for, and then, while it is open, for what the leads have
 * not been told that nobody can take, up to a hundred in all; one whose agents claim is not rung,
 * and a vendor's but every half hour.
 */
export async function announceWaitingInquiries(
  deps: AnnounceWaitingDependencies,
  desk: Desk,
  terms: Terms,
  now: Instant,
): Promise<AnnounceWaitingResult> {
  const { index, deskQueue } = deps;
  const isOffered = desk.mode === 'push';
  const none = { desk: desk.id, announced: 0 };
  const toVendor = isOffered && desk.kind === 'outsourced';
  if (toVendor && !isVendorsMinute(now)) return none;
  if (isOffered && findDeskAttributes(terms, desk.id).assignment.policy === 'pull') return none;
  const isForHouse = isOffered && !toVendor;
  const missing = (isForHouse ? offerLimit : announceLimit) - (await deskQueue.depth(desk));
  if (missing <= 0) return none;
  const waiting = await index.listWaiting(desk.id, isForHouse ? lookAhead : announceLimit);
  if (waiting.length === 0) return none;
  const worth = isForHouse
    ? await selectOfferable(deps, desk, waiting, terms, now)
    : waiting.map(({ id }) => id);
  const announced = worth.slice(0, missing);
  if (announced.length > 0) await deskQueue.announce(desk, announced);
  return { desk: desk.id, announced: announced.length };
}

/** A vendor's system keeps what it was told: it is told again every half hour. */
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
  const house = await readInternalAgents(people);
  const judged = waiting.map((one) => ({
    ...one,
    able: findEligibleAgents(house, desk.id, one.inquiry, now).able,
  }));
  const held = await readHeldInquiries(
    index,
    judged.flatMap(({ able }) => able.map(({ agent }) => agent)),
  );
  const takeable: InquiryId[] = [];
  const untold: InquiryId[] = [];
  for (const { id, inquiry, able } of judged) {
    const { priority } = inquiry;
    const candidates = able.map((one) =>
      buildCandidate(one, held.get(one.agent.sub) ?? [], assignment),
    );
    const free = candidates.filter((one) => hasCapacity(one, inquiry, assignment));
    const [taker] = free.sort(
      (one, other) => one.load / one.capacity - other.load / other.capacity,
    );
    if (taker !== undefined) {
      takeable.push(id);
      // Who is rung for one has that much less room for the next.
      held.get(taker.agent.sub)?.push({ id, priority });
    } else if (isOpen && inquiry.nobodyAt === undefined) untold.push(id);
  }
  return [...takeable, ...untold];
}

async function readHeldInquiries(
  index: Pick<InquiryIndex, 'listHeld'>,
  agents: readonly (Person & { readonly sub: Sub })[],
): Promise<ReadonlyMap<Sub, HeldInquiry[]>> {
  const subs = [...new Set(agents.map(({ sub }) => sub))];
  const read = subs.map(
    async (sub): Promise<[Sub, HeldInquiry[]]> => [sub, [...(await index.listHeld(sub))]],
  );
  return new Map(await Promise.all(read));
}
