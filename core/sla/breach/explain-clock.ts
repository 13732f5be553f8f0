import * as TemporalInstant from 'temporal-polyfill/fns/Instant';
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import { type AccessRecord, recordRead } from '../../access/access-record.ts';
import { may } from '../../access/may.ts';
import { isOutsider, type Person } from '../../access/person.ts';
import {
  type Clock,
  type ClockName,
  type ClockTarget,
  deskClocks,
  isClockPaused,
  isClockRunning,
} from '../../inquiry/clock/clock.ts';
import { computeElapsed, computeLateness } from '../../inquiry/clock/compute-clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import { decideDueAlarms } from '../../inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryLedger } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import { buildClockIntervals, type ClockInterval } from './clock-intervals.ts';

/** How one cycle of a clock came to its present state. Seconds are business seconds. */
export type ClockExplanation = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly clock: Clock;
  readonly target: ClockTarget;
  readonly state: 'running' | 'paused' | 'ended';
  /** When it was made. */
  readonly asOf: Instant;
  readonly stretches: readonly ClockInterval[];
  /** What it started with plus what the intervals count; undefined where no calendar says. */
  readonly elapsed?: number;
  readonly deadline?: ClockDeadline;
  /** The warnings so far, each with its instant. */
  readonly warnings: readonly { readonly percent: number; readonly at: Instant }[];
  /** `detectedAt` is absent while the miss is not yet recorded. */
  readonly breach?: { readonly at: Instant; readonly detectedAt?: Instant; readonly late?: number };
  /** How often its target changed in this cycle. */
  readonly retargeted: number;
};

/** When a target is or was due, also in local time. */
export type ClockDeadline = { readonly at: Instant; readonly zone: string; readonly local: string };

const eventPageSize = 100;

/**
 * Explains one cycle of a clock, by default the current or last one.
 *
 * Nothing is written: alarms due by now fire for the answer alone. Refuses `access.not-found`,
 * `access.forbidden`, and `sla.unknown-clock` for an unknown cycle, one without a target, and an
 * operator's question about another desk's agreement; and `transient.conflict` where the clock was
 * computed by versions put after the terms were read.
 */
export async function explainClock(
  ledger: Pick<InquiryLedger, 'load' | 'events'>,
  id: InquiryId,
  name: ClockName,
  cycle: number | undefined,
  actor: Person,
  terms: Terms,
  now: Instant,
): Promise<(ClockExplanation & { readonly accessRecord: AccessRecord }) | Refusal> {
  const loaded = await ledger.load(id);
  const permission = loaded === undefined ? 'hidden' : may(actor, 'explain-clocks', loaded.inquiry);
  if (loaded === undefined || permission === 'hidden') {
    return refuse('access.not-found', 'There is no such inquiry.');
  }
  if (permission === 'forbidden') return refuse('access.forbidden', 'This is not for you.');
  const { number, version, levels: versions } = loaded.inquiry;
  if (!terms.serviceLevels.isKnown(versions)) {
    return refuse('transient.conflict', 'The service levels have just been changed; ask again.');
  }
  const recorded = await readEvents(ledger, id, version);
  const dueEvents = decideDueAlarms(loaded, terms, now).events;
  const history = gatherCycleHistory(name, cycle, recorded, dueEvents);
  if (history === undefined || !canSeeClock(actor, history.clock)) {
    return refuse('sla.unknown-clock', 'There is no such clock, or nothing holds it to a target.');
  }
  const accessRecord = recordRead(actor, loaded.inquiry);
  return {
    accessRecord,
    inquiryId: id,
    number,
    ...explainCycle(history, terms.serviceLevels, now),
  };
}

async function readEvents(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  version: number,
): Promise<InquiryEvent[]> {
  const events: InquiryEvent[] = [];
  while (events.length < version) {
    const limit = Math.min(eventPageSize, version - events.length);
    const page = await ledger.events(id, events.length, limit);
    if (page.length === 0) throw new TypeError(`${id} has fewer events than its version says`);
    events.push(...page.map(({ event }) => event));
  }
  return events;
}

/** What the events say about one cycle: its last state, and how it came to that. */
export type CycleHistory = {
  readonly clock: Clock;
  readonly target: ClockTarget;
  /** The version of the calendars by which it was last computed. */
  readonly calendars: number;
  readonly warnings: ClockExplanation['warnings'];
  readonly retargeted: number;
  /** Whether its miss is recorded, or only due by now. */
  readonly isNoticed: boolean;
};

/**
 * Gathers what the events of an inquiry say about a cycle, by default the last one; undefined when
 * there is no such cycle or it has no target.
 *
 * @param dueEvents what is due since the last event and not yet recorded
 */
export function gatherCycleHistory(
  name: ClockName,
  cycle: number | undefined,
  recorded: readonly InquiryEvent[],
  dueEvents: readonly InquiryEvent[],
): CycleHistory | undefined {
  const events = [...recorded, ...dueEvents];
  const states = events.flatMap(({ clocks }) => clocks?.filter((one) => one.clock === name) ?? []);
  const cycleNumber = cycle ?? states.at(-1)?.cycle;
  const ofCycle = states.filter((one) => one.cycle === cycleNumber);
  const clock = ofCycle.at(-1);
  if (clock?.target === undefined) return undefined;
  let calendars = 0;
  for (const { levels, clocks } of events) {
    calendars = levels?.calendars ?? calendars;
    // A cycle that has ended keeps the calendars known then.
    if (!isClockRunning(clock) && clocks?.includes(clock)) break;
  }
  return {
    ...{ clock, target: clock.target, calendars },
    warnings: events.flatMap((event) =>
      event.type === 'ClockWarned' && event.clock === name && event.cycle === cycleNumber
        ? [{ percent: event.percent, at: event.at }]
        : [],
    ),
    retargeted: ofCycle.filter((one, place) => isRetargeted(ofCycle[place - 1], one)).length,
    isNoticed: recorded.some(({ clocks }) =>
      clocks?.some((one) => one.clock === name && one.cycle === cycleNumber && one.breachedAt),
    ),
  };
}

function isRetargeted(before: Clock | undefined, after: Clock): boolean {
  if (before === undefined) return false;
  const targetKeyOf = ({ target }: Clock) =>
    target && [target.seconds, target.calendar, target.policy, target.countFrom].join();
  return targetKeyOf(before) !== targetKeyOf(after);
}

/** Explains a cycle from its history. */
export function explainCycle(
  history: CycleHistory,
  serviceLevels: ServiceLevels,
  now: Instant,
): Omit<ClockExplanation, 'inquiryId' | 'number'> {
  const { clock, target, warnings, retargeted } = history;
  const calendar = serviceLevels.calendar(target.calendar, history.calendars);
  const intervals = calendar === undefined ? undefined : buildClockIntervals(clock, calendar, now);
  const elapsed = clock.elapsed ?? computeElapsed(clock, calendar, now);
  const late = elapsed === undefined ? undefined : computeLateness(clock, elapsed);
  const at = clock.breachedAt ?? clock.dueAt;
  const zone = at === undefined ? undefined : (calendar?.zoneAt(epochSecondOf(at)) ?? 'UTC');
  return {
    ...{ clock, target, warnings, retargeted, asOf: now, stretches: intervals ?? [] },
    state: !isClockRunning(clock) ? 'ended' : isClockPaused(clock) ? 'paused' : 'running',
    ...(elapsed === undefined ? {} : { elapsed }),
    ...(at === undefined || zone === undefined
      ? {}
      : { deadline: { at, zone, local: formatZonedTime(at, zone) } }),
    ...(clock.breachedAt === undefined
      ? {}
      : {
          breach: {
            at: clock.breachedAt,
            ...(clock.detectedAt === undefined || !history.isNoticed
              ? {}
              : { detectedAt: clock.detectedAt }),
            ...(late === undefined ? {} : { late }),
          },
        }),
  };
}

/** A desk's agreement is between that desk and us; operators do not see another desk's. */
function canSeeClock(actor: Person, { clock, desk }: Clock): boolean {
  if (!isOutsider(actor) || !deskClocks.includes(clock)) return true;
  return desk !== undefined && actor.desks.includes(desk);
}

/** An instant as RFC 3339 with the offset of a zone. */
function formatZonedTime(at: Instant, zone: string): string {
  const instant = TemporalInstant.fromEpochMilliseconds(Date.parse(at));
  const zoned = TemporalInstant.toZonedDateTimeISO(instant, zone);
  return ZonedDateTime.toString(zoned, { timeZoneName: 'never', smallestUnit: 'second' });
}
