import { describe, expect, it } from 'vitest';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import { bpo, makeReceivedEvent, makeRoutedEvent, parseTokyoTime } from '../../help-desk.ts';
import { givenUnder } from '../../inquiry-specification.ts';
import { makeTerms, type SlaPolicyBody } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);

/** Eight office hours to resolve when high, two when critical, none when low. */
const resolution: SlaPolicyBody['clocks']['resolution'] = {
  calendar: 'tokyo-office',
  targets: { critical: 'PT2H', high: 'PT8H', medium: 'PT16H' },
  warnAt: [50, 75],
};
const fromStart = makeTerms({ clocks: { resolution } });
const fromChange = makeTerms({ clocks: { resolution }, retarget: 'from-change' });
const continuing = makeTerms({ clocks: { resolution }, reopen: 'continue' });

const received = (priority: Priority, terms: Terms) =>
  givenUnder(
    terms,
    makeReceivedEvent(at('09:00'), { priority }),
    makeRoutedEvent(bpo, priority, at('09:00')),
  );
const claimed = (priority: Priority, terms: Terms) =>
  received(priority, terms)
    .when('a1', { command: 'claim' }, at('09:00'))
    .withLeaseUntil(at('23:00'));
const amend = (priority: Priority) => ({ command: 'amend', priority }) as const;

describe('a target that changes', () => {
  it('counts from the clock’s start, with its pauses carried over', () => {
    claimed('high', fromStart)
      .when('a1', { command: 'wait', fence: 1 }, at('10:00'))
      .when('a1', { command: 'resume' }, at('11:00'))
      .when('lead', amend('critical'), at('11:30'))
      // Half past one hours are used; the last half ends with the morning.
      .thenClock('resolution', { dueAt: at('12:00') });
  });

  it('counts from the change where the policy says so, so that raising is not punished', () => {
    const scenario = received('high', fromChange).when('lead', amend('critical'), at('16:00'));
    scenario.thenClock('resolution', { dueAt: parseTokyoTime('2026-11-25 10:00') });
    expect(scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 10:00')).outcome).not.toContain(
      'ClockBreached',
    );
    expect(scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 10:00:01')).outcome).toContain(
      'ClockBreached',
    );
    // What it ran before still is what it ran.
    scenario
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-25 11:00'))
      .thenVerdict('resolution', 1, { elapsed: 9 * hour, late: hour });
  });

  it('is no change by the first routing, which counts from the start', () => {
    const scenario = givenUnder(
      fromChange,
      makeReceivedEvent(at('09:00')),
      makeRoutedEvent(bpo, 'high', at('11:00')),
    );
    expect(scenario.clock('resolution').target).toMatchObject({
      countFrom: at('09:00'),
      since: at('11:00'),
    });
  });

  it('beyond what has elapsed is missed the moment it changes, and by nobody before', () => {
    received('high', fromStart)
      .when('lead', amend('critical'), at('14:30'))
      .thenClock('resolution', { dueAt: at('14:30'), missedFrom: at('14:30') })
      .when('lead', { command: 'resolve' }, at('14:30'))
      .thenClock('resolution', { verdict: 'missed', breachedAt: at('14:30') });
  });

  it('is met in the second in which what has elapsed reaches it', () => {
    received('high', fromStart)
      .when('lead', amend('critical'), at('11:00'))
      .thenClock('resolution', { dueAt: at('11:00') })
      .when('lead', { command: 'resolve' }, at('11:00'))
      .thenClock('resolution', { verdict: 'met' });
  });

  it('leaves a miss missed when it is relaxed', () => {
    received('critical', fromStart)
      .when('lead', amend('medium'), at('13:00'))
      .thenClock('resolution', {
        breachedAt: at('11:00'),
        target: { seconds: 2 * hour, priority: 'critical' },
      })
      .when('lead', { command: 'resolve' }, at('14:00'))
      .thenVerdict('resolution', 1, {
        verdict: 'missed',
        judged: { priority: 'critical' },
        late: 2 * hour,
      });
  });

  it('to none stops the deadline, and one given later is not missed before', () => {
    received('critical', fromStart)
      .when('lead', amend('low'), at('10:00'))
      .thenClock('resolution', { target: undefined })
      .whenAlarmsFire(at('13:00'))
      .thenEvents()
      .when('lead', amend('critical'), at('14:00'))
      .whenAlarmsFire(at('14:00'))
      .thenClock('resolution', { breachedAt: at('14:00') });
  });

  it('does not move what the same amendment leaves as it was', () => {
    received('high', fromChange)
      .when('lead', amend('high'), at('11:00'))
      .thenClock('resolution', { target: { since: at('09:00') } });
  });
});

describe('a warning', () => {
  it('comes once at each percentage, in business time', () => {
    const scenario = received('high', fromStart);
    // Four hours are up at two, six at four.
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 09:00'));
    expect(scenario.eventsOf('ClockWarned').map((event) => [event.percent, event.at])).toEqual([
      [50, at('14:00')],
      [75, at('16:00')],
    ]);
  });

  it('stands for those before it when a change brings several at once', () => {
    const scenario = received('high', fromStart).when('lead', amend('critical'), at('10:45'));
    scenario.whenAlarmsFire(at('10:45'));
    expect(scenario.eventsOf('ClockWarned').map(({ percent }) => percent)).toEqual([75]);
    scenario.thenClock('resolution', { warned: [50, 75] });
  });

  it('is not repeated when the target is relaxed', () => {
    const scenario = received('critical', fromStart).when('lead', amend('high'), at('10:45'));
    scenario.whenAlarmsFire(at('16:30'));
    expect(scenario.eventsOf('ClockWarned').map(({ percent }) => percent)).toEqual([50, 75]);
  });

  it('does not come while the clock is paused, nor after its end', () => {
    const scenario = claimed('critical', fromStart).when(
      'a1',
      { command: 'wait', fence: 1 },
      at('09:30'),
    );
    scenario
      .whenAlarmsFire(at('16:00'))
      .when('lead', { command: 'resolve' }, at('16:00'))
      .whenAlarmsFire(parseTokyoTime('2026-11-25 16:00'));
    expect(scenario.eventsOf('ClockWarned')).toEqual([]);
  });
});

describe('a cycle that is continued', () => {
  const resolve = { command: 'resolve' } as const;
  const reopen = { command: 'reopen', reason: '…' } as const;

  it('starts with the elapsed time of the old, and does not count the time in between', () => {
    const scenario = received('high', continuing).when('lead', resolve, at('16:30'));
    scenario
      .when('lead', reopen, parseTokyoTime('2026-11-25 10:00'))
      // Half past six hours are used.
      .thenClock('resolution', {
        ...{
          cycle: 2,
          carried: 6.5 * hour,
          dueAt: parseTokyoTime('2026-11-25 11:30'),
          warned: [50, 75],
        },
      })
      .when('lead', resolve, parseTokyoTime('2026-11-25 11:30'))
      .thenVerdict('resolution', 2, { verdict: 'met', elapsed: 8 * hour });
    expect(scenario.eventsOf('ClockWarned')).toHaveLength(2);
  });

  it('is missed by its own deadline, where the old was met', () => {
    received('high', continuing)
      .when('lead', resolve, at('16:30'))
      .when('lead', reopen, parseTokyoTime('2026-11-25 10:00'))
      .whenAlarmsFire(parseTokyoTime('2026-11-25 11:30:01'))
      .thenClock('resolution', {
        breachedAt: parseTokyoTime('2026-11-25 11:30'),
        inherited: undefined,
      });
  });

  it('counts from a change no more than the old did, where the policy counts from changes', () => {
    const terms = makeTerms({
      clocks: { resolution },
      reopen: 'continue',
      retarget: 'from-change',
    });
    received('high', terms)
      .when('lead', amend('critical'), at('15:00'))
      .when('lead', resolve, at('16:00'))
      .when('lead', reopen, parseTokyoTime('2026-11-25 10:00'))
      // One of the two hours since the change is used, and six in all.
      .thenClock('resolution', { carried: 6 * hour, dueAt: parseTokyoTime('2026-11-25 11:00') })
      // What was carried does not count against what is changed now.
      .when('lead', amend('high'), parseTokyoTime('2026-11-25 10:30'))
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-26 11:30') });
  });

  it('is held to the target of now when the priority has changed since', () => {
    received('high', continuing)
      .when('lead', resolve, at('11:00'))
      .when('lead', amend('critical'), at('13:00'))
      .when('lead', reopen, at('14:00'))
      .thenClock('resolution', { dueAt: at('14:00') });
  });

  it('is of the desk’s ownership too, and of pickup not', () => {
    claimed('high', makeTerms({ reopen: 'continue' }))
      .when('a1', { command: 'resolve', fence: 1 }, at('11:00'))
      .when('lead', reopen, at('14:00'))
      .thenClock('ownership', { cycle: 2, carried: 2 * hour })
      .thenClock('pickup', { cycle: 2, carried: 0 });
  });
});
