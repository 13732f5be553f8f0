import { describe, expect, it } from 'vitest';
import { decideDueAlarms, planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { computeAlarmAt, fireAlarm } from '../../../../core/inquiry/fire-alarm.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import {
  bpo,
  commandedInquiryId,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
} from '../../help-desk.ts';
import { given, givenUnder } from '../../inquiry-specification.ts';
import { makeTerms } from './make-service-levels.ts';

const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);

const received = () =>
  given(
    makeReceivedEvent(at('09:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', at('09:00')),
  );

describe('the alarm', () => {
  it('of an inquiry is its next warning, deadline or step of an escalation', () => {
    const scenario = received();
    const alarms: unknown[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { alarm } = scenario;
      if (alarm === undefined) break;
      alarms.push([String(scenario.whenAlarmsFire(alarm).outcome), alarm]);
    }
    expect(alarms).toEqual([
      ['ClockWarned,EscalationStepped', at('09:22:30')],
      ['ClockBreached,EscalationStepped', at('09:30:01')],
      ['ClockWarned,EscalationStepped', at('09:45')],
      // The first response is missed, and half an hour has passed since the miss of pickup.
      ['ClockBreached,EscalationStepped,EscalationStepped', at('10:00:01')],
      ['EscalationStepped', at('10:30:01')],
      // Half of the eight hours to resolve it.
      ['ClockWarned,EscalationStepped', at('14:00')],
    ]);
  });

  it('is one second after the deadline, since what is done in that second is in time', () => {
    const scenario = received();
    scenario
      .whenAlarmsFire(at('09:22:30'))
      .thenClock('pickup', { dueAt: at('09:30'), missedFrom: at('09:30:01') });
    expect(scenario.alarm).toBe(at('09:30:01'));
  });
});

describe('firing alarms', () => {
  it('yields nothing when it is early, and nothing more the second time', () => {
    const scenario = received();
    const { inquiry, lease } = scenario.loaded;
    const before = new Date(
      Date.parse(scenario.alarm ?? '') - 1,
    ).toISOString() as typeof inquiry.receivedAt;
    expect(fireAlarm(inquiry, lease, scenario.terms, before)).toEqual([]);
    scenario.whenAlarmsFire(at('11:00'));
    const { version, clocks } = scenario.inquiry;
    scenario.whenAlarmsFire(at('11:00')).thenEvents().thenInquiry({ version, clocks });
  });

  it('records a breach at the deadline, whenever it is noticed, with when it was', () => {
    const scenario = received();
    scenario.whenAlarmsFire(at('11:47:12'));
    const [pickup, response] = scenario.eventsOf('ClockBreached');
    expect(pickup).toMatchObject({
      ...{ clock: 'pickup', at: at('09:30'), breachedAt: at('09:30') },
      ...{ detectedAt: at('11:47:12'), recordedAt: at('11:47:12') },
    });
    expect(response).toMatchObject({ clock: 'first_response', breachedAt: at('10:00') });
  });

  it('yields events in the order in which they were due', () => {
    const scenario = received();
    scenario.whenAlarmsFire(at('16:00'));
    const due = scenario.events.map((event) =>
      event.type === 'ClockBreached' ? Date.parse(event.at) + 1000 : Date.parse(event.at),
    );
    const steps = scenario.events.map(({ type }) => type === 'EscalationStepped');
    // Steps are timed from when the breach was noticed.
    const ordered = due.filter((_, index) => !steps[index]);
    expect(ordered).toEqual([...ordered].sort((one, other) => one - other));
  });

  it('yields the breach first when a deadline and the end of a lease fall on the same second', () => {
    const terms = makeTerms({
      clocks: { ownership: { calendar: 'tokyo-office', targets: { high: 'PT359S' } } },
    });
    const scenario = givenUnder(
      terms,
      makeReceivedEvent(at('09:00'), { priority: 'high' }),
      makeRoutedEvent(bpo, 'high', at('09:00')),
    ).when('a1', { command: 'claim' }, at('09:05'));
    expect(scenario.loaded.lease?.until).toBe(at('09:06'));
    scenario.thenClock('ownership', { missedFrom: at('09:06') });
    const fired = [scenario.whenAlarmsFire(at('09:06')).outcome].flat();
    const types = fired.filter((type) => type !== 'EscalationStepped');
    expect(types).toEqual(['ClockBreached', 'LeaseLost']);
  });

  it('yields nothing a moment after the deadline, within its second', () => {
    const scenario = received();
    scenario.whenAlarmsFire(at('09:30'));
    const within = at('09:30').replace('.000Z', '.999Z') as ReturnType<typeof at>;
    scenario
      .whenAlarmsFire(within)
      .thenEvents()
      .when('a1', { command: 'claim' }, within)
      .thenClock('pickup', { verdict: 'met', endedAt: at('09:30') });
  });
});

describe('after a long outage', () => {
  const tell = Array.from({ length: 20 }, (_, index) => ({
    to: 'address' as const,
    address: `duty-${index}@toritsugi.example`,
  }));
  const chain = { id: 'crowd', on: 'clock' as const, steps: [{ afterMinutes: 0, tell }] };
  const crowded = () =>
    givenUnder(
      makeTerms({}, { chains: [chain] }),
      makeReceivedEvent(at('09:00'), { priority: 'high' }),
      makeRoutedEvent(bpo, 'high', at('09:00')),
    );

  it('keeps each append small enough for one transaction, and fires every alarm in the end', () => {
    const scenario = crowded();
    const now = parseTokyoTime('2026-12-04 12:00');
    let { loaded } = scenario;
    let appends = 0;
    for (;;) {
      const fired = decideDueAlarms(loaded, scenario.terms, now);
      if (fired.events.length === 0) break;
      const pendingAppend = planAppend(commandedInquiryId, loaded, fired, scenario.terms, now);
      if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
      const { events, notices, verdicts, after } = pendingAppend;
      expect(events.length + notices.length + verdicts.length).toBeLessThanOrEqual(30);
      loaded = { inquiry: after };
      appends += 1;
    }
    expect(appends).toBeGreaterThan(3);
    const missed = loaded.inquiry.clocks.filter(({ breachedAt }) => breachedAt !== undefined);
    expect(missed.map(({ clock }) => clock).sort()).toEqual([
      ...['first_response', 'ownership', 'pickup', 'resolution'],
    ]);
    expect((computeAlarmAt(loaded.inquiry, undefined) ?? '') > now).toBe(true);
  });
});
