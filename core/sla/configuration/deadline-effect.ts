import { type Clock, type ClockName, isClockRunning } from '../../inquiry/clock/clock.ts';
import { computeServiceLevelChanges } from '../../inquiry/clock/compute-service-level-changes.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import { evolve } from '../../inquiry/evolve.ts';
import { fireAlarm } from '../../inquiry/fire-alarm.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { OpenInquiries } from './config-ports.ts';

/** How a deadline changes; `missed` is one that would be missed at once. */
type DeadlineShift = 'earlier' | 'later' | 'gained' | 'lost' | 'missed';

type DeadlineShiftCounts = Record<DeadlineShift, number>;

/** One clock whose deadline moves. */
type MovedDeadline = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly desk?: DeskId;
  readonly clock: ClockName;
  readonly shift: DeadlineShift;
  readonly before?: Instant;
  readonly after?: Instant;
};

/** What a version would do to the open inquiries. */
export type DeadlineEffect = DeadlineShiftCounts & {
  /** Whether all open inquiries were examined. */
  readonly complete: boolean;
  readonly inquiries: number;
  /** How many running clocks they have. */
  readonly clocks: number;
  readonly by: (DeadlineShiftCounts & { readonly desk?: DeskId; readonly clock: ClockName })[];
  readonly examples: MovedDeadline[];
};

const pageSize = 100;
const inquiryLimit = 20_000;
const exampleLimit = 50;
/** One append holds some sixty items; more rounds are due only after a very long outage. */
const alarmRoundLimit = 10;

/** The terms without a proposed version and with it. */
export type TermsProposal = {
  readonly current: Terms;
  readonly proposed: Terms;
  /** When clocks will be computed by it, where that is not at once. */
  readonly later?: Instant;
};

/**
 * Computes what a proposed version would do to the deadlines of the open inquiries; writes nothing.
 *
 * Policies that come into force later are applied to the clocks as they are now; a deadline that
 * passes before then is not counted. A paused clock has no deadline that could move.
 */
export async function computeDeadlineEffect(
  open: OpenInquiries,
  proposal: TermsProposal,
  now: Instant,
  hasTime: () => boolean,
): Promise<DeadlineEffect> {
  const counted = { inquiries: 0, clocks: 0 };
  const moved: MovedDeadline[] = [];
  const cursors = Array.from({ length: open.shards }, (_, shard) => ({ shard, after: '' }));
  while (cursors.length > 0 && hasTime() && counted.inquiries < inquiryLimit) {
    const cursor = cursors[0];
    if (cursor === undefined) break;
    const page = await open.readPage(cursor.shard, pageSize, cursor.after);
    for (const loaded of page.loaded) {
      const effect = findMovedDeadlines(loaded, proposal, now);
      counted.inquiries += 1;
      counted.clocks += effect.clocks;
      moved.push(...effect.moved);
    }
    if (page.next === undefined) cursors.shift();
    else cursor.after = page.next;
  }
  const groups = Map.groupBy(moved, ({ desk = '', clock }) => `${desk} ${clock}`);
  return {
    complete: cursors.length === 0,
    ...counted,
    ...countShifts(moved),
    by: [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { desk, clock } = first;
      return [{ ...(desk === undefined ? {} : { desk }), clock, ...countShifts(group) }];
    }),
    examples: moved.slice(0, exampleLimit),
  };
}

function countShifts(moved: readonly MovedDeadline[]): DeadlineShiftCounts {
  const counts: DeadlineShiftCounts = { earlier: 0, later: 0, gained: 0, lost: 0, missed: 0 };
  for (const { shift } of moved) counts[shift] += 1;
  return counts;
}

function findMovedDeadlines(
  loaded: LoadedInquiry,
  { current, proposed, later }: TermsProposal,
  now: Instant,
): { readonly clocks: number; readonly moved: readonly MovedDeadline[] } {
  const before = fireDueAlarms(loaded, current, now);
  const running = before.clocks.filter(isClockRunning);
  if (running.length === 0) return { clocks: 0, moved: [] };
  const after =
    later === undefined
      ? fireDueAlarms(loaded, proposed, now)
      : computeClocksAt(later, before, proposed);
  const moved = running.flatMap((clock): MovedDeadline[] => {
    const other = after.clocks.find(
      (one) => one.clock === clock.clock && one.cycle === clock.cycle,
    );
    const isOver = later !== undefined && clock.dueAt !== undefined && clock.dueAt < later;
    const shift = isOver ? undefined : judgeShift(clock, other, later ?? now);
    if (shift === undefined) return [];
    const desk = clock.desk ?? before.desk;
    return [
      {
        ...{ inquiryId: before.id, number: before.number, clock: clock.clock, shift },
        ...(desk === undefined ? {} : { desk }),
        ...(clock.dueAt === undefined ? {} : { before: clock.dueAt }),
        ...(other?.dueAt === undefined ? {} : { after: other.dueAt }),
      },
    ];
  });
  return { clocks: running.length, moved };
}

function judgeShift(
  before: Clock,
  after: Clock | undefined,
  at: Instant,
): DeadlineShift | undefined {
  if (before.breachedAt !== undefined) return undefined;
  const missed = after?.missedFrom !== undefined && after.missedFrom <= at;
  if (after?.breachedAt !== undefined || missed) return 'missed';
  if (before.dueAt === after?.dueAt) return undefined;
  if (before.dueAt === undefined) return 'gained';
  if (after?.dueAt === undefined) return 'lost';
  return after.dueAt < before.dueAt ? 'earlier' : 'later';
}

/** The inquiry after all alarms due by now have fired. */
function fireDueAlarms({ inquiry, lease }: LoadedInquiry, terms: Terms, now: Instant): Inquiry {
  let current = inquiry;
  let currentLease = lease;
  for (let round = 0; round < alarmRoundLimit; round += 1) {
    const events = fireAlarm(current, currentLease, terms, now);
    if (events.length === 0) break;
    if (events.some(({ type }) => type === 'LeaseLost')) currentLease = undefined;
    current = events.reduce(evolve, current);
  }
  return current;
}

/** The inquiry after a version comes into force, if nothing else happens until then. */
function computeClocksAt(at: Instant, inquiry: Inquiry, { serviceLevels }: Terms): Inquiry {
  const versions = serviceLevels.versionsAt(at);
  const bareEvent: InquiryEvent = {
    ...{ v: 1, at, by: { kind: 'system', part: 'alarm' } },
    ...{ type: 'ClocksReckoned', mark: versions },
  };
  return evolve(inquiry, {
    ...bareEvent,
    ...computeServiceLevelChanges(
      inquiry,
      bareEvent,
      evolve(inquiry, bareEvent),
      serviceLevels,
      at,
    ),
  });
}
