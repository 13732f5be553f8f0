import { describe, expect, it } from 'vitest';
import { bpo, makeReceivedEvent, makeRoutedEvent, parseTokyoTime } from '../../help-desk.ts';
import { givenUnder } from '../../inquiry-specification.ts';
import { makeTerms } from './make-service-levels.ts';

const office = 'tokyo-office';
/** Eight hours to resolve, and two when it is critical. */
const terms = makeTerms({
  clocks: {
    resolution: { calendar: office, targets: { high: 'PT8H', critical: 'PT2H' }, warnAt: [75] },
  },
});

describe('resolution 8 h from Thu 2026-11-19 16:00', () => {
  const received = () =>
    givenUnder(
      terms,
      makeReceivedEvent(parseTokyoTime('2026-11-19 16:00'), { priority: 'high' }),
      makeRoutedEvent(bpo, 'high', parseTokyoTime('2026-11-19 16:01')),
    );

  it('with waiting Fri 10:00 → Tue 2026-11-24 14:00 has run 2 h at the pause and is due Wed 2026-11-25 12:00', () => {
    received()
      .when('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 09:59:30'))
      .when('a1', { command: 'wait', fence: 1 }, parseTokyoTime('2026-11-20 10:00'))
      .thenClock('resolution', { dueAt: undefined })
      .when('a1', { command: 'resume' }, parseTokyoTime('2026-11-24 14:00'))
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-25 12:00') })
      // Two hours before it waited, and one hour and a half after.
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-24 15:30'))
      .thenClock('resolution', { verdict: 'met', elapsed: 3.5 * 3600 });
  });

  it('has its 75 % warning, had it never paused, on Fri 2026-11-20 15:00', () => {
    const scenario = received();
    expect(scenario.clock('resolution').warning).toEqual({
      percent: 75,
      at: parseTokyoTime('2026-11-20 15:00'),
    });
    expect(scenario.whenAlarmsFire(parseTokyoTime('2026-11-20 14:59:59')).outcome).not.toContain(
      'ClockWarned',
    );
    expect(scenario.whenAlarmsFire(parseTokyoTime('2026-11-20 15:00')).outcome).toContain(
      'ClockWarned',
    );
  });
});

describe('8 h from Fri 2026-11-20 09:10', () => {
  const received = () =>
    givenUnder(
      terms,
      makeReceivedEvent(parseTokyoTime('2026-11-20 09:10'), { priority: 'high' }),
      makeRoutedEvent(bpo, 'high', parseTokyoTime('2026-11-20 09:10:05')),
    );

  it('then target 2 h set at Fri 11:00: due moves from Tue 2026-11-24 10:10 to Fri 2026-11-20 11:10', () => {
    received()
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-24 10:10') })
      .when('lead', { command: 'amend', priority: 'critical' }, parseTokyoTime('2026-11-20 11:00'))
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-20 11:10') });
  });

  it('the same change made at Fri 14:00: missed; breachedAt Fri 2026-11-20 14:00', () => {
    const scenario = received();
    scenario.when(
      'lead',
      { command: 'amend', priority: 'critical' },
      parseTokyoTime('2026-11-20 14:00'),
    );
    expect(scenario.whenAlarmsFire(parseTokyoTime('2026-11-20 14:00')).outcome).toContain(
      'ClockBreached',
    );
    scenario.thenClock('resolution', { breachedAt: parseTokyoTime('2026-11-20 14:00') });
  });
});
