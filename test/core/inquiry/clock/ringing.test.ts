import { describe, expect, it } from 'vitest';
import { decideDueAlarms, planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { computeAlarmAt, fireAlarm } from '../../../../core/inquiry/fire-alarm.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import { bpo, commandedInquiryId } from '../../work/command-scenario.ts';
import { InquiryScenario, parseTokyoTime } from './inquiry-scenario.ts';
import { makeTerms } from './make-service-levels.ts';

const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);

const received = () =>
  InquiryScenario.receive(at('09:00'), { priority: 'high' }).route(bpo, 'high', at('09:00'));

describe('the alarm', () => {
  it('of an inquiry is its next warning, deadline or step of an escalation', () => {
    const scenario = received();
    const alarms: unknown[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { alarm } = scenario;
      if (alarm === undefined) break;
      alarms.push([scenario.fireAlarms(alarm).join(), alarm]);
    }
    expect(alarms).toEqual([
      ['ClockWarned,EscalationStepped', at('09:22:30')],
      ['ClockBreached,EscalationStepped', at('09:30:01')],
      ['ClockWarned,EscalationStepped', at('09:45')],
      // The first response, and pickup again after half an hour.
      ['ClockBreached,EscalationStepped,EscalationStepped', at('10:00:01')],
      ['EscalationStepped', at('10:30:01')],
      // Half the eight hours to resolve it.
      ['ClockWarned,EscalationStepped', at('14:00')],
    ]);
  });

  it('is one second after the deadline, since what is done in that second is in time', () => {
    const scenario = received();
    scenario.fireAlarms(at('09:22:30'));
    expect(scenario.clock('pickup')).toMatchObject({
      ...{ dueAt: at('09:30'), missedFrom: at('09:30:01') },
    });
    expect(scenario.alarm).toBe(at('09:30:01'));
  });
});

describe('ringing', () => {
  it('early yields nothing, and twice nothing more', () => {
    const scenario = received();
    const { inquiry, lease } = scenario.loaded;
    const before = new Date(
      Date.parse(scenario.alarm ?? '') - 1,
    ).toISOString() as typeof inquiry.receivedAt;
    expect(fireAlarm(inquiry, lease, scenario.terms, before)).toEqual([]);
    scenario.fireAlarms(at('11:00'));
    const { version, clocks } = scenario.inquiry;
    expect(scenario.fireAlarms(at('11:00'))).toEqual([]);
    expect(scenario.inquiry).toMatchObject({ version, clocks });
  });

  it('records a breach at the deadline, whenever it is noticed, with when it was', () => {
    const scenario = received();
    scenario.fireAlarms(at('11:47:12'));
    const [pickup, response] = scenario.eventsOf('ClockBreached');
    expect(pickup).toMatchObject({
      ...{ clock: 'pickup', at: at('09:30'), breachedAt: at('09:30') },
      ...{ detectedAt: at('11:47:12'), recordedAt: at('11:47:12') },
    });
    expect(response).toMatchObject({ clock: 'first_response', breachedAt: at('10:00') });
  });

  it('yields events in the order in which they were due', () => {
    const scenario = received();
    scenario.fireAlarms(at('16:00'));
    const due = scenario.events.map((event) =>
      event.type === 'ClockBreached' ? Date.parse(event.at) + 1000 : Date.parse(event.at),
    );
    const steps = scenario.events.map(({ type }) => type === 'EscalationStepped');
    // Steps count from the moment of noticing.
    const ordered = due.filter((_, index) => !steps[index]);
    expect(ordered).toEqual([...ordered].sort((one, other) => one - other));
  });

  it('a deadline and a lost lease at the same second yields the breach first', () => {
    const terms = makeTerms({
      clocks: { ownership: { calendar: 'tokyo-office', targets: { high: 'PT359S' } } },
    });
    const scenario = InquiryScenario.receive(at('09:00'), { priority: 'high' }, terms)
      .route(bpo, 'high', at('09:00'))
      .performCommand('a1', { command: 'claim' }, at('09:05'));
    expect(scenario.loaded.lease?.until).toBe(at('09:06'));
    expect(scenario.clock('ownership').missedFrom).toBe(at('09:06'));
    const types = scenario.fireAlarms(at('09:06')).filter((type) => type !== 'EscalationStepped');
    expect(types).toEqual(['ClockBreached', 'LeaseLost']);
  });

  it('a moment after the deadline, within its second, yields nothing', () => {
    const scenario = received();
    scenario.fireAlarms(at('09:30'));
    const within = at('09:30').replace('.000Z', '.999Z') as ReturnType<typeof at>;
    expect(scenario.fireAlarms(within)).toEqual([]);
    scenario.performCommand('a1', { command: 'claim' }, within);
    expect(scenario.clock('pickup')).toMatchObject({ verdict: 'met', endedAt: at('09:30') });
  });
});

describe('after a long outage', () => {
  const tell = Array.from({ length: 20 }, (_, index) => ({
    ...{ to: 'address' as const, address: `duty-${index}@toritsugi.example` },
  }));
  const chain = { id: 'crowd', on: 'clock' as const, steps: [{ afterMinutes: 0, tell }] };
  const crowded = () =>
    InquiryScenario.receive(
      at('09:00'),
      { priority: 'high' },
      makeTerms({}, { chains: [chain] }),
    ).route(bpo, 'high', at('09:00'));

  it('each append is small enough for one transaction, and in the end all has rung', () => {
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
