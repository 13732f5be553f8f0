import { type CommandDependencies, decideAndAppend } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import { TransientError } from '../../inquiry/transient-error.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { OpenInquiries } from './config-ports.ts';

export type RecomputeClocksDependencies = CommandDependencies & {
  readonly terms: TermsInForce;
  readonly open: OpenInquiries;
  readonly now: () => Instant;
};

/** How many inquiries were recomputed, and how many of their deadlines moved or were missed. */
export type RecomputationCounts = {
  readonly reckoned: number;
  readonly moved: number;
  readonly missed: number;
};

/** An inquiry that could not be recomputed. */
export type RecomputationFailure = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly error: unknown;
};

const pageSize = 60;
/** How many inquiries are recomputed at once; each takes a read and a transaction. */
const concurrency = 6;
/**
 * All are scanned twice, since one that was opened or read while the version was put may have been
 * missing from the index or been written under the terms of before.
 */
const passCount = 2;

/** A position among the open inquiries: the pass, the shard and the place in it. */
type ScanPosition = { readonly pass: number; readonly shard: number; readonly after: string };

/**
 * Recomputes the clocks of some open inquiries by the policies and calendars in force, beginning at
 * a position; returns the position to go on from, none at the end, and those on which it failed. One
 * that fails keeps none of the others from its turn.
 *
 * Whoever appends to an inquiry meanwhile has recomputed it first, so a lost race does no harm. But
 * a store in trouble answers as if races were lost, so one that is lost again and again is a failure.
 */
export async function recomputeClocks(
  dependencies: RecomputeClocksDependencies,
  cursor: string | undefined,
): Promise<{
  readonly counts: RecomputationCounts;
  readonly stale: number;
  readonly failures: readonly RecomputationFailure[];
  readonly next?: string;
}> {
  const { open } = dependencies;
  const position = parsePosition(cursor);
  const [terms, page] = await Promise.all([
    dependencies.terms.read(),
    open.readPage(position.shard, pageSize, position.after),
  ]);
  const stale = page.loaded.filter(({ inquiry }) => isStale(inquiry, terms));
  const turns = stale.values();
  const counts = { reckoned: 0, moved: 0, missed: 0 };
  const failures: RecomputationFailure[] = [];
  const runWorker = async () => {
    // All workers share one iterator, so that each inquiry is taken by one of them.
    for (const loaded of turns) {
      try {
        const { reckoned, moved, missed } = await recomputeInquiry(dependencies, loaded, terms);
        counts.reckoned += reckoned;
        counts.moved += moved;
        counts.missed += missed;
      } catch (error) {
        const { id: inquiryId, number } = loaded.inquiry;
        failures.push({ inquiryId, number, error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, runWorker));
  const next = formatNextPosition(position, page.next, open.shards);
  return { counts, stale: stale.length, failures, ...(next === undefined ? {} : { next }) };
}

async function recomputeInquiry(
  dependencies: RecomputeClocksDependencies,
  loaded: LoadedInquiry,
  terms: Terms,
): Promise<RecomputationCounts> {
  const { inquiry: before } = loaded;
  const decideNothing = () => ({ events: [] });
  const now = dependencies.now();
  const result = await decideAndAppend(dependencies, before.id, terms, now, decideNothing, loaded);
  if (isRefusal(result) && result.refused === 'transient.conflict') {
    throw new TransientError(result.refused, result.detail);
  }
  if (isRefusal(result) || result.events.length === 0) {
    return { reckoned: 0, moved: 0, missed: 0 };
  }
  const pairs = before.clocks.flatMap((oldClock) => {
    const newClock = result.inquiry.clocks.find(
      ({ clock, cycle }) => clock === oldClock.clock && cycle === oldClock.cycle,
    );
    return oldClock.endedAt !== undefined || newClock === undefined ? [] : [{ oldClock, newClock }];
  });
  return {
    reckoned: 1,
    moved: pairs.filter(({ oldClock, newClock }) => oldClock.dueAt !== newClock.dueAt).length,
    missed: pairs.filter(({ oldClock, newClock }) => oldClock.breachedAt !== newClock.breachedAt)
      .length,
  };
}

function isStale({ levels: versions }: Inquiry, { serviceLevels }: Terms): boolean {
  return versions !== undefined && serviceLevels.findUpdateAfter(versions) !== undefined;
}

function parsePosition(cursor: string | undefined): ScanPosition {
  const [pass = '1', shard = '0', ...after] = (cursor ?? '').split('/').filter(Boolean);
  return { pass: Number(pass), shard: Number(shard), after: after.join('/') };
}

function formatNextPosition(
  { pass, shard }: ScanPosition,
  next: string | undefined,
  shards: number,
): string | undefined {
  if (next !== undefined) return `${pass}/${shard}/${next}`;
  if (shard + 1 < shards) return `${pass}/${shard + 1}`;
  return pass < passCount ? `${pass + 1}/0` : undefined;
}
