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
import { inquiryId } from '../../work/command-scenario.ts';
import { allLevels, life, live } from './generated-lives.ts';
import type { CaseFile } from './inquiry-scenario.ts';
import { slowlyCounted } from './slow-clock.ts';

const runs = { numRuns: 80 };

/** Everything that is due by an instant, however many appends it takes. */
function rungOut(loaded: LoadedInquiry, terms: Terms, now: Instant) {
  const events: InquiryEvent[] = [];
  let current = loaded;
  for (;;) {
    const rung = decideDueAlarms(current, terms, now);
    if (rung.events.length === 0) return { events, loaded: current };
    events.push(...rung.events);
    current = applyAlarmDecision(current, rung);
  }
}

/** What a clock has counted against its target by an instant, worked out slowly. */
function countedBy(clock: Clock, { terms, inquiry }: CaseFile, until: Instant): number {
  const { countFrom = clock.startedAt, used = 0 } = clock.target ?? {};
  const calendars = inquiry.levels?.calendars ?? 0;
  return used + slowlyCounted(clock, terms.serviceLevels, calendars, countFrom, until);
}

describe('whatever happens while policies and calendars change', () => {
  it('levelling its events anew gives the snapshot and the verdicts that were recorded', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { file } = live(lived);
        const bare = file.events.map(({ clocks: _c, escalations: _e, ...event }) => event);
        const replayed = replayClocks(inquiryId, bare, allLevels(lived));
        expect(replayed?.inquiry).toEqual(file.inquiry);
        expect(replayed?.verdicts).toEqual(file.verdicts);
      }),
      runs,
    );
  });

  it('folding its events gives the snapshot, and both are as their schemas say', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { file } = live(lived);
        expect(foldEvents(inquiryId, file.events)).toEqual(file.inquiry);
        expect(Inquiry.parse(file.inquiry)).toEqual(file.inquiry);
        for (const event of file.events) expect(InquiryEvent.parse(event)).toEqual(event);
      }),
      runs,
    );
  });

  it('what a clock has run is the sum of its open stretches, and no longer than it was', () => {
    fc.assert(
      fc.property(life, (lived) => {
        live(lived, (file, now) => {
          for (const clock of file.inquiry.clocks) {
            const { startedAt, endedAt, recordedAt, elapsed, carried, verdict, target } = clock;
            if (endedAt === undefined || recordedAt !== now || elapsed === undefined) continue;
            const calendars = file.inquiry.levels?.calendars ?? 0;
            const sum = slowlyCounted(
              clock,
              file.terms.serviceLevels,
              calendars,
              startedAt,
              endedAt,
            );
            expect(elapsed).toBe(carried + sum);
            const wall = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
            expect(elapsed).toBeLessThanOrEqual(carried + wall);
            if (verdict === 'met') {
              expect(countedBy(clock, file, endedAt)).toBeLessThanOrEqual(target?.seconds ?? 0);
            }
          }
        });
      }),
      runs,
    );
  });

  it('a deadline is the first instant at which the target is used up, and never lies before it', () => {
    fc.assert(
      fc.property(life, (lived) => {
        live(lived, (file) => {
          for (const clock of file.inquiry.clocks) {
            const { target, dueAt, missedFrom, breachedAt } = clock;
            const isDue =
              isClockRunning(clock) && !isClockPaused(clock) && breachedAt === undefined;
            // Calendars know years that no life here comes to.
            if (breachedAt === undefined && isClockRunning(clock)) {
              expect(dueAt !== undefined).toBe(isDue && target !== undefined);
            }
            if (!isDue || target === undefined || dueAt === undefined) continue;
            expect(dueAt >= target.since).toBe(true);
            const counted = countedBy(clock, file, dueAt);
            const isOver = missedFrom === dueAt;
            if (isOver) expect(counted).toBeGreaterThanOrEqual(target.seconds);
            else {
              expect(counted).toBe(target.seconds);
              expect(missedFrom).toBe(addSeconds(dueAt, 1));
            }
          }
        });
      }),
      runs,
    );
  });

  it('no clock of what is resolved, closed or merged runs, and no more than are due do', () => {
    fc.assert(
      fc.property(life, (lived) => {
        live(lived, (file) => {
          const { status, desk } = file.inquiry;
          const isOver = ['resolved', 'closed', 'merged', 'quarantined'].includes(status);
          if (isOver) expect(file.running).toEqual([]);
          else expect(file.running).toContain('resolution');
          if (!isOver && desk !== undefined) expect(file.running).toContain('ownership');
          if (file.inquiry.automated) {
            expect(file.running).not.toContain('first_response');
            expect(file.running).not.toContain('next_response');
          }
          for (const clock of file.inquiry.clocks) {
            const waits = clock.clock === 'resolution' || clock.clock === 'ownership';
            expect(isClockPaused(clock)).toBe(
              isClockRunning(clock) && waits && status === 'waiting',
            );
          }
        });
      }),
      runs,
    );
  });

  it('a cycle is missed at most once, warns at most once at a percentage, and stays missed', () => {
    fc.assert(
      fc.property(life, (lived) => {
        const { file } = live(lived);
        const named = [
          ...file.all('ClockBreached').map(({ clock, cycle }) => `${clock} ${cycle}`),
          ...file.all('ClockWarned').map((one) => `${one.clock} ${one.cycle} ${one.percent}`),
        ];
        expect(new Set(named).size).toBe(named.length);
        for (const { verdict } of file.verdicts) {
          if (verdict?.endedAt === undefined) continue;
          expect(verdict.breachedAt !== undefined).toBe(verdict.verdict === 'missed');
        }
      }),
      runs,
    );
  });

  it('ringing early yields nothing, and again nothing more', () => {
    fc.assert(
      fc.property(life, (lived) => {
        live(lived, (file, now) => {
          const { loaded } = rungOut(file.loaded, file.terms, now);
          expect(fireAlarm(loaded.inquiry, loaded.lease, file.terms, now)).toEqual([]);
          file.ring(now);
          const { alarm } = file;
          if (alarm === undefined) return;
          expect(alarm > now).toBe(true);
          const early = instantOf(Date.parse(alarm) - 1);
          expect(fireAlarm(file.inquiry, file.loaded.lease, file.terms, early)).toEqual([]);
        });
      }),
      runs,
    );
  });

  it('ringing on the way, too, comes to the same as ringing at the end', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(life, delays, (lived, waits) => {
        const { file, now } = live(lived);
        const instants: Instant[] = [];
        for (const wait of waits) instants.push(addSeconds(instants.at(-1) ?? now, wait));
        const end = instants.at(-1) ?? now;
        const once = rungOut(file.loaded, file.terms, end);
        const often = { events: [] as InquiryEvent[], loaded: file.loaded };
        for (const instant of instants) {
          const rung = rungOut(often.loaded, file.terms, instant);
          often.events.push(...rung.events);
          often.loaded = rung.loaded;
        }
        expect(timely(often.events)).toEqual(timely(once.events));
        expect(unnoticed(often.loaded.inquiry)).toEqual(unnoticed(once.loaded.inquiry));
      }),
      runs,
    );
  });

  it('the alarm is no later than anything that is due', () => {
    fc.assert(
      fc.property(life, (lived) => {
        live(lived, (file) => {
          const { alarm, inquiry, loaded } = file;
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
      runs,
    );
  });
});

const ofTime: ReadonlySet<EventType> = new Set([
  ...(['ClocksReckoned', 'ClockWarned', 'ClockBreached', 'LeaseLost'] as const),
  ...(['AssignmentDeclined', 'RequesterReminded', 'InquiryResumed', 'InquiryClosed'] as const),
]);

/** What rang, but for announcements and escalations, which count from the moment of noticing. */
function timely(events: readonly InquiryEvent[]) {
  return events
    .filter(({ type }) => ofTime.has(type))
    .map((event) => [event.type, event.at, 'clock' in event ? event.clock : undefined]);
}

/** The clocks, but for when their misses were noticed. */
function unnoticed({ clocks, status, levels }: Inquiry) {
  const facts = clocks.map(({ detectedAt: _, ...clock }) => clock);
  return { status, levels, clocks: facts.toSorted((a, b) => (a.clock < b.clock ? -1 : 1)) };
}
