import { describe, expect, it } from 'vitest';
import type { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { decideDueAlarms } from '../../../../core/inquiry/decide-and-append.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import { explainCycle, gatherCycleHistory } from '../../../../core/sla/breach/explain-clock.ts';
import {
  bpo,
  deskListTerms,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
  staffDesk,
} from '../../help-desk.ts';
import { makeServiceLevels, makeTerms } from '../../inquiry/clock/make-service-levels.ts';
import { given, givenUnder, type InquirySpecification } from '../../inquiry-specification.ts';

const hour = 3600;
/** Eight hours of the Tokyo office to resolve, and two when it is critical. */
const eightHours = (reopen: 'new-cycle' | 'continue' = 'new-cycle') =>
  makeTerms({
    clocks: {
      resolution: {
        calendar: 'tokyo-office',
        targets: { high: 'PT8H', critical: 'PT2H' },
        warnAt: [75],
      },
    },
    reopen,
  });

function explain(scenario: InquirySpecification, name: ClockName, now: Instant, cycle?: number) {
  const fired = decideDueAlarms(scenario.loaded, scenario.terms, now).events;
  const history = gatherCycleHistory(name, cycle, scenario.events, fired);
  return history && explainCycle(history, scenario.terms.serviceLevels, now);
}

const received = (wall: string, terms = eightHours()) =>
  givenUnder(
    terms,
    makeReceivedEvent(parseTokyoTime(wall), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', parseTokyoTime(wall)),
  );

const stretch = (from: string, to: string, state: string, hours = 0) => ({
  ...{ from: parseTokyoTime(from), to: parseTokyoTime(to), state },
  counted: hours * hour,
});

describe('the account of a clock', () => {
  it('tells hours from what lies outside them and from pauses, over a holiday', () => {
    const scenario = received('2026-11-19 16:00')
      .when('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 09:59:30'))
      .when('a1', { command: 'wait', fence: 1 }, parseTokyoTime('2026-11-20 10:00'))
      .when('a1', { command: 'resume' }, parseTokyoTime('2026-11-24 14:00'));
    expect(explain(scenario, 'resolution', parseTokyoTime('2026-11-24 15:30'))).toMatchObject({
      state: 'running',
      stretches: [
        stretch('2026-11-19 16:00', '2026-11-19 17:00', 'counting', 1),
        stretch('2026-11-19 17:00', '2026-11-20 09:00', 'out-of-hours'),
        stretch('2026-11-20 09:00', '2026-11-20 10:00', 'counting', 1),
        stretch('2026-11-20 10:00', '2026-11-24 14:00', 'paused'),
        stretch('2026-11-24 14:00', '2026-11-24 15:30', 'counting', 1.5),
      ],
      elapsed: 3.5 * hour,
      deadline: {
        at: parseTokyoTime('2026-11-25 12:00'),
        zone: 'Asia/Tokyo',
        local: '2026-11-25T12:00:00+09:00',
      },
      target: { seconds: 8 * hour, priority: 'high', policies: 0, calendars: 0 },
      retargeted: 0,
    });
  });

  it('has no deadline while it is paused', () => {
    const scenario = received('2026-11-19 16:00')
      .when('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 09:59:30'))
      .when('a1', { command: 'wait', fence: 1 }, parseTokyoTime('2026-11-20 10:00'));
    const account = explain(scenario, 'resolution', parseTokyoTime('2026-11-20 11:00'));
    expect(account).toMatchObject({ state: 'paused', elapsed: 2 * hour });
    expect(account).not.toHaveProperty('deadline');
  });

  it('counts how often it was retargeted, and tells its warnings', () => {
    const scenario = received('2026-11-20 09:10');
    scenario.when(
      'lead',
      { command: 'amend', priority: 'critical' },
      parseTokyoTime('2026-11-20 10:00'),
    );
    const account = explain(scenario, 'resolution', parseTokyoTime('2026-11-20 11:00'));
    expect(account).toMatchObject({
      target: { seconds: 2 * hour, since: parseTokyoTime('2026-11-20 10:00') },
      deadline: { at: parseTokyoTime('2026-11-20 11:10') },
      // 75 % of two hours from 09:10, not yet recorded by anybody.
      warnings: [{ percent: 75, at: parseTokyoTime('2026-11-20 10:40') }],
      retargeted: 1,
    });
  });

  it('tells a miss that nobody has noticed, and when one was noticed that somebody has', () => {
    const scenario = received('2026-11-20 09:10');
    const late = parseTokyoTime('2026-11-24 12:00');
    const breach = { at: parseTokyoTime('2026-11-24 10:10'), late: 110 * 60 };
    const unnoticed = explain(scenario, 'resolution', late);
    expect(unnoticed?.breach).toEqual(breach);
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-24 10:30'));
    expect(explain(scenario, 'resolution', late)?.breach).toEqual({
      ...breach,
      detectedAt: parseTokyoTime('2026-11-24 10:30'),
    });
  });

  it('of a past cycle is what that cycle came to', () => {
    const scenario = received('2026-11-20 09:00');
    scenario
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-20 10:00'))
      .when('lead', { command: 'reopen', reason: 'x' }, parseTokyoTime('2026-11-20 11:00'));
    const now = parseTokyoTime('2026-11-20 11:30');
    expect(explain(scenario, 'resolution', now, 1)).toMatchObject({
      state: 'ended',
      clock: { verdict: 'met' },
      stretches: [stretch('2026-11-20 09:00', '2026-11-20 10:00', 'counting', 1)],
      elapsed: hour,
    });
    expect(explain(scenario, 'resolution', now)).toMatchObject({
      clock: { cycle: 2 },
      elapsed: hour / 2,
    });
    expect(explain(scenario, 'resolution', now, 3)).toBeUndefined();
  });

  it('of a cycle that continues another begins with what that one had used', () => {
    const scenario = received('2026-11-20 09:00', eightHours('continue'));
    scenario
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-20 10:00'))
      .when('lead', { command: 'reopen', reason: 'x' }, parseTokyoTime('2026-11-20 11:00'));
    expect(explain(scenario, 'resolution', parseTokyoTime('2026-11-20 11:30'))).toMatchObject({
      clock: { cycle: 2, carried: hour },
      stretches: [stretch('2026-11-20 11:00', '2026-11-20 11:30', 'counting', 0.5)],
      elapsed: 1.5 * hour,
    });
  });

  it('of a desk’s clock is of the desk at which it ran', () => {
    const scenario = given(
      makeReceivedEvent(parseTokyoTime('2026-11-20 09:00')),
      makeRoutedEvent(bpo, 'high', parseTokyoTime('2026-11-20 09:00')),
    ).when('staff1', { command: 'transfer', desk: staffDesk }, parseTokyoTime('2026-11-20 09:10'));
    const now = parseTokyoTime('2026-11-20 09:20');
    expect(explain(scenario, 'pickup', now, 1)).toMatchObject({
      clock: { desk: 'bpo', verdict: 'moved' },
      elapsed: 600,
    });
    expect(explain(scenario, 'pickup', now)).toMatchObject({ clock: { desk: 'staff', cycle: 2 } });
  });

  it('keeps to the calendar that was known when it ended, though the same day was closed later', () => {
    const scenario = received('2026-11-20 09:00');
    scenario.when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-20 11:00'));
    const typhoon = makeServiceLevels(
      [],
      [
        {
          put: parseTokyoTime('2026-11-20 12:30'),
          from: parseTokyoTime('2026-11-20 00:00'),
          calendars: { 'tokyo-office': { zone: 'Asia/Tokyo', week: { sat: ['09:00-12:00'] } } },
        },
      ],
    );
    scenario.under({ ...deskListTerms, serviceLevels: typhoon });
    expect(explain(scenario, 'resolution', parseTokyoTime('2026-11-20 13:00'))).toMatchObject({
      stretches: [stretch('2026-11-20 09:00', '2026-11-20 11:00', 'counting', 2)],
      elapsed: 2 * hour,
    });
  });

  it('is not there for a clock that nothing holds to a target', () => {
    expect(
      explain(received('2026-11-20 09:00'), 'ownership', parseTokyoTime('2026-11-20 10:00')),
    ).toBe(undefined);
  });
});
