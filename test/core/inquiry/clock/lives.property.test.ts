import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, isClockPaused, isClockRunning } from '../../../../core/inquiry/clock/clock.ts';
import { replayClocks } from '../../../../core/inquiry/clock/replay-clocks.ts';
import { applyAlarmDecision, decideDueAlarms } from '../../../../core/inquiry/decide-and-append.ts';
import { type EventType, InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { fireAlarm } from '../../../../core/inquiry/fire-alarm.ts';
import type { LoadedInquiry } from '../../../../core/inquiry/ports.ts';
import { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import { addSeconds, type Instant, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { runs } from '../../../support/volumes.ts';
import { commandedInquiryId } from '../../help-desk.ts';
import type { InquirySpecification } from '../../inquiry-specification.ts';
import { generatedInquiryLife, latestServiceLevels, playLife } from './generated-lives.ts';
import { countRunningSeconds } from './slow-clock.ts';

const times = runs(40);

/** Fires everything that is due by an instant, however many appends it takes. */
function fireAllDue(loaded: LoadedInquiry, terms: Terms, now: Instant) {
  const events: InquiryEvent[] = [];
  let current = loaded;
  for (;;) {
    const fired = decideDueAlarms(current, terms, now);
    if (fired.events.length === 0) return { events, loaded: current };
    events.push(...fired.events);
    current = applyAlarmDecision(current, fired);
  }
}

/** What a clock has counted against its target by an instant, computed the slow way. */
function countedBy(clock: Clock, { terms, inquiry }: InquirySpecification, until: Instant): number {
  const { countFrom = clock.startedAt, used = 0 } = clock.target ?? {};
  const calendars = inquiry.levels?.calendars ?? 0;
  return used + countRunningSeconds(clock, terms.serviceLevels, calendars, countFrom, until);
}

describe('whatever happens while policies and calendars change', () => {
  it('replaying its events gives the snapshot and the verdicts that were recorded', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        const { scenario } = playLife(lived);
        const bare = scenario.events.map(({ clocks: _c, escalations: _e, ...event }) => event);
        const replayed = replayClocks(commandedInquiryId, bare, latestServiceLevels(lived));
        expect(replayed?.inquiry).toEqual(scenario.inquiry);
        expect(replayed?.verdicts).toEqual(scenario.verdicts);
      }),
      times,
    );
  });

  it('folding its events gives the snapshot, and both are as their schemas say', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        const { scenario } = playLife(lived);
        expect(foldEvents(commandedInquiryId, scenario.events)).toEqual(scenario.inquiry);
        expect(Inquiry.parse(scenario.inquiry)).toEqual(scenario.inquiry);
        for (const event of scenario.events) expect(InquiryEvent.parse(event)).toEqual(event);
      }),
      times,
    );
  });

  it('what a clock has run is the sum of its open stretches, and no longer than it was', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        playLife(lived, (scenario, now) => {
          for (const clock of scenario.inquiry.clocks) {
            const { startedAt, endedAt, recordedAt, elapsed, carried, verdict, target } = clock;
            if (endedAt === undefined || recordedAt !== now || elapsed === undefined) continue;
            const calendars = scenario.inquiry.levels?.calendars ?? 0;
            const sum = countRunningSeconds(
              clock,
              scenario.terms.serviceLevels,
              calendars,
              startedAt,
              endedAt,
            );
            expect(elapsed).toBe(carried + sum);
            const wall = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
            expect(elapsed).toBeLessThanOrEqual(carried + wall);
            // A paused clock misses nothing, even when the target is lowered below what it has
            // used: it would be missed at the resume, which never came.
            const last = clock.pauses.at(-1);
            const isLoweredInPause =
              last?.to === endedAt && target !== undefined && target.since > last.from;
            if (verdict === 'met' && !isLoweredInPause) {
              expect(countedBy(clock, scenario, endedAt)).toBeLessThanOrEqual(target?.seconds ?? 0);
            }
          }
        });
      }),
      times,
    );
  });

  it('a deadline is the first instant at which the target is used up, and never lies before it', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        playLife(lived, (scenario) => {
          for (const clock of scenario.inquiry.clocks) {
            const { target, dueAt, missedFrom, breachedAt } = clock;
            const isDue =
              isClockRunning(clock) && !isClockPaused(clock) && breachedAt === undefined;
            // Calendars reach beyond the years of these lives.
            if (breachedAt === undefined && isClockRunning(clock)) {
              expect(dueAt !== undefined).toBe(isDue && target !== undefined);
            }
            if (!isDue || target === undefined || dueAt === undefined) continue;
            expect(dueAt >= target.since).toBe(true);
            const counted = countedBy(clock, scenario, dueAt);
            const isOver = missedFrom === dueAt;
            if (isOver) expect(counted).toBeGreaterThanOrEqual(target.seconds);
            else {
              expect(counted).toBe(target.seconds);
              expect(missedFrom).toBe(addSeconds(dueAt, 1));
            }
          }
        });
      }),
      times,
    );
  });

  it('no clock of what is resolved, closed or merged runs, and no more than are due do', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        playLife(lived, (scenario) => {
          const { status, desk } = scenario.inquiry;
          const isOver = ['resolved', 'closed', 'merged', 'quarantined'].includes(status);
          if (isOver) expect(scenario.runningClocks).toEqual([]);
          else expect(scenario.runningClocks).toContain('resolution');
          if (!isOver && desk !== undefined) expect(scenario.runningClocks).toContain('ownership');
          if (scenario.inquiry.automated) {
            expect(scenario.runningClocks).not.toContain('first_response');
            expect(scenario.runningClocks).not.toContain('next_response');
          }
          for (const clock of scenario.inquiry.clocks) {
            const waits = clock.clock === 'resolution' || clock.clock === 'ownership';
            expect(isClockPaused(clock)).toBe(
              isClockRunning(clock) && waits && status === 'waiting',
            );
          }
        });
      }),
      times,
    );
  });

  it('a cycle is missed at most once, warns at most once at a percentage, and stays missed', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        const { scenario } = playLife(lived);
        const named = [
          ...scenario.eventsOf('ClockBreached').map(({ clock, cycle }) => `${clock} ${cycle}`),
          ...scenario
            .eventsOf('ClockWarned')
            .map((one) => `${one.clock} ${one.cycle} ${one.percent}`),
        ];
        expect(new Set(named).size).toBe(named.length);
        for (const { verdict } of scenario.verdicts) {
          if (verdict?.endedAt === undefined) continue;
          expect(verdict.breachedAt !== undefined).toBe(verdict.verdict === 'missed');
        }
      }),
      times,
    );
  });

  it('firing alarms early yields nothing, and again nothing more', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        playLife(lived, (scenario, now) => {
          const { loaded } = fireAllDue(scenario.loaded, scenario.terms, now);
          expect(fireAlarm(loaded.inquiry, loaded.lease, scenario.terms, now)).toEqual([]);
          scenario.whenAlarmsFire(now);
          const { alarm } = scenario;
          if (alarm === undefined) return;
          expect(alarm > now).toBe(true);
          const early = instantOf(Date.parse(alarm) - 1);
          expect(fireAlarm(scenario.inquiry, scenario.loaded.lease, scenario.terms, early)).toEqual(
            [],
          );
        });
      }),
      times,
    );
  });

  it('firing alarms on the way comes to the same as firing them at the end', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(generatedInquiryLife, delays, (lived, waits) => {
        const { scenario, now } = playLife(lived);
        const instants: Instant[] = [];
        for (const wait of waits) instants.push(addSeconds(instants.at(-1) ?? now, wait));
        const end = instants.at(-1) ?? now;
        const atOnce = fireAllDue(scenario.loaded, scenario.terms, end);
        const stepwise = { events: [] as InquiryEvent[], loaded: scenario.loaded };
        for (const instant of instants) {
          const fired = fireAllDue(stepwise.loaded, scenario.terms, instant);
          stepwise.events.push(...fired.events);
          stepwise.loaded = fired.loaded;
        }
        expect(timely(stepwise.events)).toEqual(timely(atOnce.events));
        expect(unnoticed(stepwise.loaded.inquiry)).toEqual(unnoticed(atOnce.loaded.inquiry));
      }),
      times,
    );
  });

  it('the alarm is no later than anything that is due', () => {
    fc.assert(
      fc.property(generatedInquiryLife, (lived) => {
        playLife(lived, (scenario) => {
          const { alarm, inquiry, loaded } = scenario;
          const { clocks, escalations, levels, status } = inquiry;
          const due = [
            ...clocks.flatMap((clock) => [clock.warning?.at, clock.missedFrom]),
            ...escalations.flatMap(({ steps }) => steps.map((step) => step.at)),
            loaded.lease?.until,
            ...(status === 'queued' ? [levels?.reckonAt] : []),
          ];
          for (const instant of due) {
            if (instant !== undefined) expect((alarm ?? '') <= instant).toBe(true);
          }
        });
      }),
      times,
    );
  });
});

const ofTime: ReadonlySet<EventType> = new Set([
  ...(['ClocksReckoned', 'ClockWarned', 'ClockBreached', 'LeaseLost'] as const),
  ...(['AssignmentDeclined', 'RequesterReminded', 'InquiryResumed', 'InquiryClosed'] as const),
]);

/** The alarms that fired, without announcements and escalations, which are timed from the noticing. */
function timely(events: readonly InquiryEvent[]) {
  return events
    .filter(({ type }) => ofTime.has(type))
    .map((event) => [event.type, event.at, 'clock' in event ? event.clock : undefined]);
}

/** The clocks without the instants at which their misses were noticed. */
function unnoticed({ clocks, status, levels }: Inquiry) {
  const facts = clocks.map(({ detectedAt: _, ...clock }) => clock);
  return { status, levels, clocks: facts.toSorted((a, b) => (a.clock < b.clock ? -1 : 1)) };
}
