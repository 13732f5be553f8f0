import { describe, expect, it } from 'vitest';
import { bpo } from '../../work/command-scenario.ts';
import { CaseFile, tokyo } from './inquiry-scenario.ts';
import { termsOf } from './make-service-levels.ts';

const office = 'tokyo-office';
/** Eight hours to resolve, and two when it is critical. */
const terms = termsOf({
  clocks: {
    resolution: { calendar: office, targets: { high: 'PT8H', critical: 'PT2H' }, warnAt: [75] },
  },
});

describe('resolution 8 h from Thu 2026-11-19 16:00', () => {
  const received = () =>
    CaseFile.received(tokyo('2026-11-19 16:00'), { priority: 'high' }, terms).route(
      bpo,
      'high',
      tokyo('2026-11-19 16:01'),
    );

  it('with waiting Fri 10:00 → Tue 2026-11-24 14:00 has run 2 h at the pause and is due Wed 2026-11-25 12:00', () => {
    const file = received()
      .must('a1', { command: 'claim' }, tokyo('2026-11-20 09:59:30'))
      .must('a1', { command: 'wait', fence: 1 }, tokyo('2026-11-20 10:00'));
    expect(file.clock('resolution')).not.toHaveProperty('dueAt');
    file.must('a1', { command: 'resume' }, tokyo('2026-11-24 14:00'));
    expect(file.clock('resolution')).toMatchObject({ dueAt: tokyo('2026-11-25 12:00') });
    // Two hours before it waited, and one hour and a half after.
    file.must('lead', { command: 'resolve' }, tokyo('2026-11-24 15:30'));
    expect(file.clock('resolution')).toMatchObject({ verdict: 'met', elapsed: 3.5 * 3600 });
  });

  it('has its 75 % warning, had it never paused, on Fri 2026-11-20 15:00', () => {
    const file = received();
    expect(file.clock('resolution').warning).toEqual({
      percent: 75,
      at: tokyo('2026-11-20 15:00'),
    });
    expect(file.ring(tokyo('2026-11-20 14:59:59'))).not.toContain('ClockWarned');
    expect(file.ring(tokyo('2026-11-20 15:00'))).toContain('ClockWarned');
  });
});

describe('8 h from Fri 2026-11-20 09:10', () => {
  const received = () =>
    CaseFile.received(tokyo('2026-11-20 09:10'), { priority: 'high' }, terms).route(
      bpo,
      'high',
      tokyo('2026-11-20 09:10:05'),
    );

  it('then target 2 h set at Fri 11:00: due moves from Tue 2026-11-24 10:10 to Fri 2026-11-20 11:10', () => {
    const file = received();
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-11-24 10:10'));
    file.must('lead', { command: 'amend', priority: 'critical' }, tokyo('2026-11-20 11:00'));
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-11-20 11:10'));
  });

  it('the same change made at Fri 14:00: missed; breachedAt Fri 2026-11-20 14:00', () => {
    const file = received();
    file.must('lead', { command: 'amend', priority: 'critical' }, tokyo('2026-11-20 14:00'));
    expect(file.ring(tokyo('2026-11-20 14:00'))).toContain('ClockBreached');
    expect(file.clock('resolution').breachedAt).toBe(tokyo('2026-11-20 14:00'));
  });
});
