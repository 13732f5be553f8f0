import type { PersonRegistry } from '../access/ports.ts';
import type { DeskId } from '../inquiry/ids.ts';
import type { InquiryIndex } from '../inquiry/ports.ts';
import type { Desk } from '../inquiry/terms.ts';
import { agentsPresent } from './assign-inquiry.ts';
import type { DeskNews } from './ports.ts';

/** A queue with so many messages keeps its pollers busy until the next round. */
const enough = 10;

export type Announcing = {
  readonly index: Pick<InquiryIndex, 'waiting'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly news: Pick<DeskNews, 'depth' | 'ring'>;
};

/** How many inquiries were announced to a desk. */
export type Announced = { readonly desk: DeskId; readonly rung: number };

/**
 * Rings for the most urgent inquiries at a desk whose queue is nearly empty: as many as are
 * missing from ten, never the whole backlog over and over.
 *
 * So what waits is offered again whatever became of its news. A push desk with nobody present is
 * left alone, since nobody could be given anything.
 */
export async function announceWaiting(
  { index, people, news }: Announcing,
  desk: Desk,
): Promise<Announced> {
  const missing = enough - (await news.depth(desk));
  if (missing <= 0) return { desk: desk.id, rung: 0 };
  const waiting = await index.waiting(desk.id, enough);
  const isAttended =
    waiting.length > 0 && (desk.mode === 'pull' || (await agentsPresent(people, desk)).length > 0);
  const rung = isAttended ? waiting.slice(0, missing).map(({ id }) => id) : [];
  if (rung.length > 0) await news.ring(desk, rung);
  return { desk: desk.id, rung: rung.length };
}
