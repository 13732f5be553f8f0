import type { Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import { closureOf } from '../inquiry/desk-hours.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../inquiry/ids.ts';
import type { Held, InquiryIndex, Waiting } from '../inquiry/ports.ts';
import { attributesOf, type Desk, type Terms } from '../inquiry/terms.ts';
import { candidateOf, hasRoom } from './capacity.ts';
import { ableAgents, houseAgents } from './eligible.ts';
import type { DeskNews } from './ports.ts';

/** A queue with so many messages keeps its pollers busy until the next round. */
const enough = 10;
/**
 * So far down the list it is looked for what somebody can take: the first may all ask for a skill
 * that nobody there has, or be too much for who has little room.
 */
const lookAhead = 200;

export type Announcing = {
  readonly index: Pick<InquiryIndex, 'waiting' | 'held'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly news: Pick<DeskNews, 'depth' | 'ring'>;
};

/** How many inquiries were announced to a desk. */
export type Announced = { readonly desk: DeskId; readonly rung: number };

/**
 * Rings for the most urgent inquiries at a desk whose queue is nearly empty: as many as are
 * missing from ten, never the whole backlog over and over.
 *
 * So what waits is offered again whatever became of its news. A push desk is rung for what somebody
 * there has room and skills for, and then, while it is open, for what the leads have not been told
 * that nobody can take; one whose agents claim is not rung, and a vendor's but every half hour.
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
  if (isOffered && attributesOf(terms, desk.id).assignment.policy === 'pull') return none;
  const missing = enough - (await news.depth(desk));
  if (missing <= 0) return none;
  const waiting = await index.waiting(desk.id, isOffered ? lookAhead : enough);
  if (waiting.length === 0) return none;
  const worth =
    isOffered && !toVendor
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
  waiting: readonly Waiting[],
  terms: Terms,
  now: Instant,
): Promise<InquiryId[]> {
  const { assignment } = attributesOf(terms, desk.id);
  const isOpen = closureOf(desk, terms, now) === undefined;
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
    const isTakeable = able.some((one) =>
      hasRoom(candidateOf(one, held.get(one.agent.sub) ?? [], assignment), inquiry, assignment),
    );
    if (isTakeable) takeable.push(id);
    else if (isOpen && inquiry.nobodyAt === undefined) untold.push(id);
  }
  return [...takeable, ...untold];
}

async function heldBy(
  index: Pick<InquiryIndex, 'held'>,
  agents: readonly (Person & { readonly sub: Sub })[],
): Promise<ReadonlyMap<Sub, readonly Held[]>> {
  const subs = [...new Set(agents.map(({ sub }) => sub))];
  return new Map(await Promise.all(subs.map(async (sub) => [sub, await index.held(sub)] as const)));
}
