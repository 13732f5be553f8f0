import type { Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import type { HeldInquiry, InquiryIndex, WaitingInquiry } from '../inquiry/ports.ts';
import { findDeskClosure } from '../inquiry/terms/desk-hours.ts';
import { type Desk, findDeskAttributes, type Terms } from '../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import { candidateOf, hasRoom } from './assign/assignment-candidate.ts';
import { ableAgents, houseAgents } from './assign/eligible-agents.ts';
import type { DeskNews } from './ports.ts';

/** A queue with so many messages keeps its pollers busy until the next round. */
const enough = 10;
/** Of what is offered only so much is rung for as somebody has room for, so it may be more. */
const enoughOffered = 100;
/**
 * So far down the list it is looked for what somebody can take: the first may all ask for a skill
 * that nobody there has, or be too much for who has little room.
 */
const lookAhead = 200;

export type Announcing = {
  readonly index: Pick<InquiryIndex, 'listWaiting' | 'listHeld'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly news: Pick<DeskNews, 'depth' | 'ring'>;
};

/** How many inquiries were announced to a desk. */
export type Announced = { readonly desk: DeskId; readonly rung: number };

/**
 * Rings for the most urgent inquiries at a desk whose queue is nearly empty: as many as are
 * missing from ten, never the whole backlog over and over.
 *
 * So what waits is offered again whatever became of its news. A push desk is rung for as much as
 * those who are there have room and skills for, and then, while it is open, for what the leads have
 * not been told that nobody can take, up to a hundred in all; one whose agents claim is not rung,
 * and a vendor's but every half hour.
 */
export async function announceWaiting(
  announcing: Announcing,
  desk: Desk,
  terms: Terms,
  now: Instant,
): Promise<Announced> {
  const { index, news } = announcing;
  const isOffered = desk.mode === 'push';
  const none = { desk: desk.id, rung: 0 };
  const toVendor = isOffered && desk.kind === 'outsourced';
  if (toVendor && !isVendorsMinute(now)) return none;
  if (isOffered && findDeskAttributes(terms, desk.id).assignment.policy === 'pull') return none;
  const isForHouse = isOffered && !toVendor;
  const missing = (isForHouse ? enoughOffered : enough) - (await news.depth(desk));
  if (missing <= 0) return none;
  const waiting = await index.listWaiting(desk.id, isForHouse ? lookAhead : enough);
  if (waiting.length === 0) return none;
  const worth = isForHouse
    ? await worthOffering(announcing, desk, waiting, terms, now)
    : waiting.map(({ id }) => id);
  const rung = worth.slice(0, missing);
  if (rung.length > 0) await news.ring(desk, rung);
  return { desk: desk.id, rung: rung.length };
}

/** A vendor's system keeps what it was told: it is told again every half hour. */
function isVendorsMinute(now: Instant): boolean {
  return Math.floor(Date.parse(now) / 60_000) % 30 === 0;
}

async function worthOffering(
  { index, people }: Announcing,
  desk: Desk,
  waiting: readonly WaitingInquiry[],
  terms: Terms,
  now: Instant,
): Promise<InquiryId[]> {
  const { assignment } = findDeskAttributes(terms, desk.id);
  const isOpen = findDeskClosure(desk, terms, now) === undefined;
  const house = await houseAgents(people);
  const judged = waiting.map((one) => ({
    ...one,
    able: ableAgents(house, desk.id, one.inquiry, now).able,
  }));
  const held = await heldBy(
    index,
    judged.flatMap(({ able }) => able.map(({ agent }) => agent)),
  );
  const takeable: InquiryId[] = [];
  const untold: InquiryId[] = [];
  for (const { id, inquiry, able } of judged) {
    const { priority } = inquiry;
    const candidates = able.map((one) =>
      candidateOf(one, held.get(one.agent.sub) ?? [], assignment),
    );
    const free = candidates.filter((one) => hasRoom(one, inquiry, assignment));
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

async function heldBy(
  index: Pick<InquiryIndex, 'listHeld'>,
  agents: readonly (Person & { readonly sub: Sub })[],
): Promise<ReadonlyMap<Sub, HeldInquiry[]>> {
  const subs = [...new Set(agents.map(({ sub }) => sub))];
  const read = subs.map(
    async (sub): Promise<[Sub, HeldInquiry[]]> => [sub, [...(await index.listHeld(sub))]],
  );
  return new Map(await Promise.all(read));
}
