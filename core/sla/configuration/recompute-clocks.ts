import { type CommandDependencies, decideAndAppend } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { OpenInquiries } from './config-ports.ts';

export type RecomputeClocksDependencies = CommandDependencies & {
  readonly terms: TermsInForce;
  readonly open: OpenInquiries;
  readonly now: () => Instant;
};

/** How many inquiries were reckoned, and of how many clocks the deadline moved or was missed. */
export type RecomputationCounts = {
  readonly reckoned: number;
  readonly moved: number;
  readonly missed: number;
};

const pageSize = 60;
/** As many inquiries are reckoned at once; each is a read and a transaction. */
const atOnce = 6;
/**
 * All are looked at twice, so that one that was opened or read while a version was put, and was
 * not in the index yet or was written by the terms of before, is reckoned too.
 */
const passCount = 2;

/** A place among the open inquiries: the look, the shard and the place in it. */
type ScanPosition = { readonly look: number; readonly shard: number; readonly after: string };

/**
 * Reckons some of the open inquiries by the policies and calendars in force, beginning at a place;
 * gives the place to go on from, none at the end.
 *
 * Whoever appends to an inquiry meanwhile has reckoned it first, so that a lost race is as good.
 */
export async function recomputeClocks(
  dependencies: RecomputeClocksDependencies,
  cursor: string | undefined,
): Promise<RecomputationCounts & { readonly next?: string }> {
  const { open } = dependencies;
  const place = parsePosition(cursor);
  const [terms, page] = await Promise.all([
    dependencies.terms.read(),
    open.readPage(place.shard, pageSize, place.after),
  ]);
  const stale = page.loaded.filter(({ inquiry }) => isStale(inquiry, terms)).values();
  const sum = { reckoned: 0, moved: 0, missed: 0 };
  const work = async () => {
    // All share one iterator, so that each inquiry is taken by one of them.
    for (const loaded of stale) {
      const { reckoned, moved, missed } = await recomputeInquiry(dependencies, loaded, terms);
      sum.reckoned += reckoned;
      sum.moved += moved;
      sum.missed += missed;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const next = formatNextPosition(place, page.next, open.shards);
  return { ...sum, ...(next === undefined ? {} : { next }) };
}

async function recomputeInquiry(
  dependencies: RecomputeClocksDependencies,
  loaded: LoadedInquiry,
  terms: Terms,
): Promise<RecomputationCounts> {
  const { inquiry: before } = loaded;
  const nothing = () => ({ events: [] });
  const now = dependencies.now();
  const performed = await decideAndAppend(dependencies, before.id, terms, now, nothing, loaded);
  if (isRefusal(performed) || performed.events.length === 0) {
    return { reckoned: 0, moved: 0, missed: 0 };
  }
  const pairs = before.clocks.flatMap((was) => {
    const is = performed.inquiry.clocks.find(
      ({ clock, cycle }) => clock === was.clock && cycle === was.cycle,
    );
    return was.endedAt !== undefined || is === undefined ? [] : [{ was, is }];
  });
  return {
    reckoned: 1,
    moved: pairs.filter(({ was, is }) => was.dueAt !== is.dueAt).length,
    missed: pairs.filter(({ was, is }) => was.breachedAt !== is.breachedAt).length,
  };
}

function isStale({ levels: mark }: Inquiry, { serviceLevels }: Terms): boolean {
  return mark !== undefined && serviceLevels.findUpdateAfter(mark) !== undefined;
}

function parsePosition(cursor: string | undefined): ScanPosition {
  const [look = '1', shard = '0', ...after] = (cursor ?? '').split('/').filter(Boolean);
  return { look: Number(look), shard: Number(shard), after: after.join('/') };
}

function formatNextPosition(
  { look, shard }: ScanPosition,
  next: string | undefined,
  shards: number,
): string | undefined {
  if (next !== undefined) return `${look}/${shard}/${next}`;
  if (shard + 1 < shards) return `${look}/${shard + 1}`;
  return look < passCount ? `${look + 1}/0` : undefined;
}
