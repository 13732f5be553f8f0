import * as z from 'zod';
import { CalendarId } from '../../calendar/calendar-definition.ts';
import type { Inquiry } from '../snapshot.ts';
import { ResponsibleParty } from '../terms/sla-policies.ts';
import { InquiryId, Instant, Sub } from '../values/ids.ts';
import { InquiryNumber } from '../values/inquiry-number.ts';
import { Channel, Priority } from '../values/vocabulary.ts';
import { type Clock, ClockName, ClockVerdict, PolicyId, ReportAttribution } from './clock.ts';
import { computeLateness } from './compute-clock.ts';

/**
 * The record of one run of a clock's cycle that has ended, been missed, or both.
 *
 * Reports are made from these. Each fact carries when it was recorded, so that a report as of an
 * earlier instant can leave out what was not known then.
 */
export const SlaVerdict = z.strictObject({
  inquiryId: InquiryId,
  number: InquiryNumber,
  channel: Channel,
  category: z.string().optional(),
  clock: ClockName,
  cycle: z.int().min(1),
  run: z.int().min(1),
  /** The desk, priority and month at its end or breach, whichever came first. */
  judged: ReportAttribution,
  policy: PolicyId,
  policies: z.int().min(0),
  calendar: CalendarId,
  calendars: z.int().min(0),
  /** Business seconds. */
  target: z.int().min(1),
  /** The priority whose target this is. */
  priority: Priority,
  startedAt: Instant,
  breachedAt: Instant.optional(),
  detectedAt: Instant.optional(),
  /** The miss belongs to the record that this one supersedes, where it is reviewed. */
  inherited: z.literal(true).optional(),
  endedAt: Instant.optional(),
  recordedAt: Instant.optional(),
  /** Absent while it runs on after a miss. */
  verdict: ClockVerdict.optional(),
  elapsed: z.int().min(0).optional(),
  /** Once a missed clock has ended: business seconds after the deadline, without pauses. */
  late: z.int().min(0).optional(),
});
export type SlaVerdict = z.infer<typeof SlaVerdict>;

/** A lead's review of a breach; of several, the last counts. */
export const BreachReview = z.strictObject({
  /** A cause from the policies in force at the time of the review. */
  cause: z.string().max(32),
  party: ResponsibleParty,
  note: z.string().max(2000).optional(),
  by: z.strictObject({ sub: Sub, name: z.string().max(200) }),
  at: Instant,
});
export type BreachReview = z.infer<typeof BreachReview>;

/** A verdict with what became known about it later. */
export type VerdictRecord = {
  readonly verdict: SlaVerdict;
  /** When another run or cycle continued this one, and counts instead. */
  readonly supersededAt?: Instant;
  /** Oldest first. */
  readonly reviews: readonly BreachReview[];
};

/** Identifies a record, but never by its deadline, which can move. */
export type VerdictKey = Pick<SlaVerdict, 'inquiryId' | 'clock' | 'cycle' | 'run'> & {
  readonly judged: Pick<ReportAttribution, 'desk' | 'month'>;
};

/** What an append writes to one verdict record. */
export type VerdictWrite = {
  readonly key: VerdictKey;
  /** The record as it is now; without it, only the other fields are added. */
  readonly verdict?: SlaVerdict;
  readonly supersededAt?: Instant;
  /** Added to the reviews of an existing record. */
  readonly review?: BreachReview;
};

/**
 * Builds the record of a clock that has ended or been missed; a clock without a target has none.
 */
export function buildVerdict(inquiry: Inquiry, clock: Clock): SlaVerdict | undefined {
  const { target, judged, breachedAt, endedAt, elapsed } = clock;
  if (target === undefined || judged === undefined) return undefined;
  if (breachedAt === undefined && endedAt === undefined) return undefined;
  const late = elapsed === undefined ? undefined : computeLateness(clock, elapsed);
  return {
    inquiryId: inquiry.id,
    number: inquiry.number,
    channel: inquiry.channel,
    ...(inquiry.category === undefined ? {} : { category: inquiry.category }),
    clock: clock.clock,
    cycle: clock.cycle,
    run: clock.run,
    judged,
    policy: target.policy,
    policies: target.policies,
    calendar: target.calendar,
    calendars: target.calendars,
    target: target.seconds,
    priority: target.priority,
    startedAt: clock.startedAt,
    ...(breachedAt === undefined ? {} : { breachedAt }),
    ...(clock.detectedAt === undefined ? {} : { detectedAt: clock.detectedAt }),
    ...(clock.inherited === undefined ? {} : { inherited: clock.inherited }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(clock.recordedAt === undefined ? {} : { recordedAt: clock.recordedAt }),
    ...(clock.verdict === undefined ? {} : { verdict: clock.verdict }),
    ...(elapsed === undefined ? {} : { elapsed }),
    ...(late === undefined ? {} : { late }),
  };
}

/**
 * Collects the verdict writes of the clocks that an event changed.
 *
 * @param before the inquiry before the event, undefined when it opens
 * @param changed the clocks in their new state, as the event carries them
 * @param at when a continued cycle supersedes its former record
 */
export function collectVerdictWrites(
  before: Inquiry | undefined,
  changed: readonly Clock[],
  after: Inquiry,
  at: Instant,
): VerdictWrite[] {
  const writes: VerdictWrite[] = [];
  const latestClocks = new Map((before?.clocks ?? []).map((clock) => [clock.clock, clock]));
  for (const clock of changed) {
    const former = latestClocks.get(clock.clock);
    const isContinued =
      former !== undefined &&
      (clock.run > former.run || (clock.cycle > former.cycle && clock.continues === true));
    const superseded = isContinued ? buildVerdict(after, former) : undefined;
    if (superseded !== undefined) writes.push({ key: superseded, supersededAt: at });
    const verdict = buildVerdict(after, clock);
    if (verdict !== undefined) writes.push({ key: verdict, verdict });
    latestClocks.set(clock.clock, clock);
  }
  return writes;
}

/** Merges the writes of one append into one per record; later fields win. */
export function mergeVerdictWrites(writes: readonly VerdictWrite[]): VerdictWrite[] {
  const merged = new Map<string, VerdictWrite>();
  for (const write of writes) {
    const { inquiryId, clock, cycle, run } = write.key;
    const name = `${inquiryId}#${clock}#${cycle}#${run}`;
    merged.set(name, { ...merged.get(name), ...write });
  }
  return [...merged.values()];
}
