import { describe, expect, it } from 'vitest';
import { bpo } from '../../work/command-scenario.ts';
import { InquiryScenario, parseTokyoTime } from './inquiry-scenario.ts';
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
    InquiryScenario.receive(parseTokyoTime('2026-11-19 16:00'), { priority: 'high' }, terms).route(
      bpo,
      'high',
      parseTokyoTime('2026-11-19 16:01'),
    );

  it('with waiting Fri 10:00 → Tue 2026-11-24 14:00 has run 2 h at the pause and is due Wed 2026-11-25 12:00', () => {
    const scenario = received()
      .performCommand('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 09:59:30'))
      .performCommand('a1', { command: 'wait', fence: 1 }, parseTokyoTime('2026-11-20 10:00'));
    expect(scenario.clock('resolution')).not.toHaveProperty('dueAt');
    scenario.performCommand('a1', { command: 'resume' }, parseTokyoTime('2026-11-24 14:00'));
    expect(scenario.clock('resolution')).toMatchObject({
      dueAt: parseTokyoTime('2026-11-25 12:00'),
    });
    // Two hours before it waited, and one hour and a half after.
    scenario.performCommand('lead', { command: 'resolve' }, parseTokyoTime('2026-11-24 15:30'));
    expect(scenario.clock('resolution')).toMatchObject({ verdict: 'met', elapsed: 3.5 * 3600 });
  });

  it('has its 75 % warning, had it never paused, on Fri 2026-11-20 15:00', () => {
    const scenario = received();
    expect(scenario.clock('resolution').warning).toEqual({
      percent: 75,
      at: parseTokyoTime('2026-11-20 15:00'),
    });
    expect(scenario.fireAlarms(parseTokyoTime('2026-11-20 14:59:59'))).not.toContain('ClockWarned');
    expect(scenario.fireAlarms(parseTokyoTime('2026-11-20 15:00'))).toContain('ClockWarned');
  });
});

describe('8 h from Fri 2026-11-20 09:10', () => {
  const received = () =>
    InquiryScenario.receive(parseTokyoTime('2026-11-20 09:10'), { priority: 'high' }, terms).route(
      bpo,
      'high',
      parseTokyoTime('2026-11-20 09:10:05'),
    );

  it('then target 2 h set at Fri 11:00: due moves from Tue 2026-11-24 10:10 to Fri 2026-11-20 11:10', () => {
    const scenario = received();
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-11-24 10:10'));
    scenario.performCommand(
      'lead',
      { command: 'amend', priority: 'critical' },
      parseTokyoTime('2026-11-20 11:00'),
    );
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-11-20 11:10'));
  });

  it('the same change made at Fri 14:00: missed; breachedAt Fri 2026-11-20 14:00', () => {
    const scenario = received();
    scenario.performCommand(
      'lead',
      { command: 'amend', priority: 'critical' },
      parseTokyoTime('2026-11-20 14:00'),
    );
    expect(scenario.fireAlarms(parseTokyoTime('2026-11-20 14:00'))).toContain('ClockBreached');
    expect(scenario.clock('resolution').breachedAt).toBe(parseTokyoTime('2026-11-20 14:00'));
  });
});
