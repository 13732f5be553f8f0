import { describe, expect, it } from 'vitest';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../../../core/inquiry/decide-continuation.ts';
import { bpo, commandedInquiryId } from '../../work/command-scenario.ts';
import { InquiryScenario, parseTokyoTime, shippedTestTerms } from './inquiry-scenario.ts';
import { makePoliciesWithTargets, makeServiceLevels } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);
const wednesday = (time: string) => parseTokyoTime(`2026-11-25 ${time}`);

/** High: to be resolved within eight office hours, which is Wednesday at ten. */
const received = () =>
  InquiryScenario.receive(at('09:00'), { priority: 'high' }).route(bpo, 'high', at('09:00'));

const office = { zone: 'Asia/Tokyo', holidays: { feed: 'jp' as const } };
const hours = ['09:00-12:00', '13:00-17:00'];
const week = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
const closedFrom = (close: string) => ({
  ...{ ...office, week },
  overrides: [{ date: '2026-11-24', intervals: [`09:00-${close}`], note: '台風' }],
});
const withoutLunch = { ...office, week: { ...week, tue: ['09:00-17:00'] } };

function put(
  scenario: InquiryScenario,
  calendars: Parameters<typeof makeServiceLevels>[1],
  policies: Parameters<typeof makeServiceLevels>[0] = [],
): InquiryScenario {
  scenario.terms = { ...shippedTestTerms, serviceLevels: makeServiceLevels(policies, calendars) };
  return scenario;
}

describe('a calendar that changes', () => {
  const typhoon = { put: at('12:00'), calendars: { 'tokyo-office': closedFrom('12:00') } };

  it('moves the deadlines of what is open, from when it was put', () => {
    const scenario = put(received(), [typhoon]);
    expect(scenario.fireAlarms(at('12:00:01'))).toEqual(
      expect.arrayContaining(['ClocksReckoned', 'ClockBreached']),
    );
    expect(scenario.eventsOf('ClocksReckoned')).toMatchObject([
      { at: at('12:00'), recordedAt: at('12:00:01'), mark: { calendars: 1 } },
    ]);
    // Three hours on Tuesday, five on Wednesday.
    expect(scenario.clock('resolution')).toMatchObject({ dueAt: wednesday('15:00') });
    expect(scenario.clock('resolution').target).toMatchObject({ calendars: 1 });
  });

  it('may be in force from earlier the same day', () => {
    const early = {
      ...typhoon,
      from: at('00:00'),
      calendars: { 'tokyo-office': closedFrom('10:00') },
    };
    const scenario = put(received(), [early]);
    scenario.fireAlarms(at('12:00:01'));
    // One hour on Tuesday and seven on Wednesday.
    expect(scenario.clock('resolution').dueAt).toBe(wednesday('17:00'));
  });

  it('is known for its time to come as soon as it is put', () => {
    const scenario = put(received(), [{ ...typhoon, put: at('09:30'), from: at('15:00') }]);
    scenario.performCommand('lead', { command: 'note', text: '…' }, at('09:31'));
    // Closed from three on: five hours on Tuesday.
    expect(scenario.clock('resolution').dueAt).toBe(wednesday('12:00'));
  });

  it('judges a deadline that falls between the edit and its recomputation', () => {
    // The first response is due at ten.
    const scenario = put(received(), [{ ...typhoon, put: at('09:30'), from: at('09:30') }]);
    const noon = { ...typhoon, put: at('09:40'), from: at('09:00') };
    put(scenario, [{ ...noon, calendars: { 'tokyo-office': { ...closedFrom('09:30') } } }]);
    scenario.fireAlarms(at('10:30'));
    expect(scenario.clock('first_response')).not.toHaveProperty('breachedAt');
    expect(scenario.clock('first_response').dueAt).toBe(wednesday('09:30'));
  });

  it('leaves missed what had been missed before it is in force, though nobody had noticed', () => {
    const scenario = put(received(), [typhoon]);
    scenario.fireAlarms(at('12:00:01'));
    expect(scenario.clock('first_response').breachedAt).toBe(at('10:00'));
  });

  it('does not let anything be missed before it was put', () => {
    const scenario = InquiryScenario.receive(at('09:00'), { priority: 'critical' });
    scenario.route(bpo, 'critical', at('09:00'));
    // Four hours are up at two o’clock; without the break they would have been at one.
    expect(scenario.clock('resolution').dueAt).toBe(at('14:00'));
    put(scenario, [
      { put: at('13:30'), from: at('00:00'), calendars: { 'tokyo-office': withoutLunch } },
    ]).fireAlarms(at('13:30:05'));
    expect(scenario.clock('resolution')).toMatchObject({
      ...{ breachedAt: at('13:30'), detectedAt: at('13:30:05') },
    });
  });

  it('moves no verdict that is finished, nor a miss', () => {
    const scenario = received().performCommand(
      'lead',
      { command: 'reply', text: '…' },
      at('09:20'),
    );
    scenario.fireAlarms(at('11:00'));
    const [pickup] = scenario.verdicts.filter(({ key }) => key.clock === 'pickup');
    const before = scenario.clock('first_response');
    put(scenario, [{ ...typhoon, from: at('00:00') }]).fireAlarms(at('12:00'));
    expect(scenario.clock('first_response')).toEqual(before);
    expect(scenario.verdictOf('pickup', 1)).toMatchObject({
      ...{ breachedAt: pickup?.verdict?.breachedAt, detectedAt: pickup?.verdict?.detectedAt },
    });
    expect(scenario.clock('pickup').breachedAt).toBe(at('09:30'));
  });

  it('does not reach what is paused before it runs on', () => {
    const scenario = received()
      .performCommand('a1', { command: 'claim' }, at('09:00'))
      .prolongLease(at('10:00'))
      .performCommand('a1', { command: 'wait', fence: 1 }, at('09:30'));
    put(scenario, [typhoon]).fireAlarms(at('12:30'));
    expect(scenario.clock('resolution')).not.toHaveProperty('dueAt');
    scenario.performCommand('a1', { command: 'resume' }, wednesday('09:00'));
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-11-26 09:30'));
  });

  it('is put once for each inquiry: ringing again reckons nothing', () => {
    const scenario = put(received(), [typhoon]);
    scenario.fireAlarms(at('12:05'));
    expect(scenario.fireAlarms(at('12:05'))).toEqual([]);
    expect(scenario.eventsOf('ClocksReckoned')).toHaveLength(1);
  });
});

describe('policies that change', () => {
  const four = makePoliciesWithTargets({ high: 'PT4H' });
  const two = makePoliciesWithTargets({ high: 'PT2H' });

  it('hold what is open from when they were put, and missed is not before', () => {
    const scenario = put(received(), [], [{ put: at('13:30'), policies: two }]);
    scenario.fireAlarms(at('13:30'));
    expect(scenario.clock('resolution')).toMatchObject({
      ...{ breachedAt: at('13:30'), target: { seconds: 2 * hour, policies: 1 } },
    });
  });

  it('hold it from when they come into force, which is an alarm', () => {
    const scenario = put(received(), [], [{ put: at('09:30'), from: at('15:00'), policies: four }]);
    scenario.performCommand('lead', { command: 'note', text: '…' }, at('09:40'));
    expect(scenario.clock('resolution').dueAt).toBe(wednesday('10:00'));
    expect(scenario.inquiry.levels).toEqual({
      ...{ policies: 0, known: 1, calendars: 0, reckonAt: at('15:00') },
    });
    scenario.fireAlarms(at('14:59:59'));
    expect(scenario.alarm).toBe(at('15:00'));
    scenario.fireAlarms(at('15:00'));
    expect(scenario.clock('resolution').breachedAt).toBe(at('15:00'));
    expect(scenario.inquiry.levels).toEqual({ policies: 1, known: 1, calendars: 0 });
  });

  it('are reckoned each from its own instant, though both are noticed later', () => {
    const scenario = put(
      received(),
      [{ put: at('14:00'), calendars: { 'tokyo-office': closedFrom('14:00') } }],
      [{ put: at('13:30'), policies: two }],
    );
    scenario.fireAlarms(at('16:00'));
    expect(scenario.eventsOf('ClocksReckoned').map((event) => [event.at, event.mark])).toEqual([
      [at('13:30'), { policies: 1, known: 1, calendars: 0 }],
      [at('14:00'), { policies: 1, known: 1, calendars: 1 }],
    ]);
    expect(scenario.clock('resolution').breachedAt).toBe(at('13:30'));
  });

  it('come after calendars that were put before them', () => {
    const scenario = put(
      received(),
      [{ put: at('13:30'), calendars: { 'tokyo-office': closedFrom('13:30') } }],
      [{ put: at('14:00'), policies: two }],
    );
    scenario.fireAlarms(at('16:00'));
    expect(scenario.eventsOf('ClocksReckoned').map((event) => event.at)).toEqual([
      at('13:30'),
      at('14:00'),
    ]);
  });

  it('leave missed what was missed before, though nobody had noticed', () => {
    const relaxed = makePoliciesWithTargets({ critical: 'PT16H' });
    const critical = () =>
      InquiryScenario.receive(at('09:00'), { priority: 'critical' }).route(
        bpo,
        'critical',
        at('09:00'),
      );
    // Due at two o’clock.
    const later = put(critical(), [], [{ put: at('14:30'), policies: relaxed }]);
    later.fireAlarms(at('16:00'));
    expect(later.clock('resolution').breachedAt).toBe(at('14:00'));
    const before = put(
      critical(),
      [],
      [{ put: at('14:30'), from: at('08:00'), policies: relaxed }],
    );
    before.fireAlarms(at('16:00'));
    expect(before.clock('resolution')).not.toHaveProperty('breachedAt');
  });

  it('of which a later one takes the place before it is in force never come into force', () => {
    const levels = makeServiceLevels([
      { put: at('09:10'), from: at('15:00'), policies: two },
      { put: at('09:20'), from: at('14:00'), policies: four },
    ]);
    expect(levels.versionsAt(at('09:30'))).toMatchObject({ policies: 0, reckonAt: at('14:00') });
    expect(levels.versionsAt(at('14:00'))).toEqual({ policies: 2, known: 2, calendars: 0 });
    expect(levels.versionsAt(at('16:00'))).toMatchObject({ policies: 2 });
  });

  it('say what a warning is too, and repeat none that has come', () => {
    const scenario = received();
    scenario.fireAlarms(at('14:30'));
    put(scenario, [], [{ put: at('14:40'), policies: makePoliciesWithTargets({ high: 'PT16H' }) }]);
    scenario.fireAlarms(parseTokyoTime('2026-11-26 12:00'));
    expect(
      scenario
        .eventsOf('ClockWarned')
        .flatMap(({ clock, percent }) => (clock === 'resolution' ? percent : [])),
    ).toEqual([50, 75]);
  });

  it('are of no concern to what is resolved until it is reopened', () => {
    const scenario = received().performCommand('lead', { command: 'resolve' }, at('10:00'));
    put(scenario, [], [{ put: at('11:00'), policies: two }]);
    expect(scenario.fireAlarms(at('12:00'))).toEqual([]);
    scenario.performCommand('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(scenario.clock('resolution')).toMatchObject({ cycle: 2, dueAt: at('15:00') });
    expect(scenario.inquiry.levels).toMatchObject({ policies: 1 });
  });
});

it('what was put after the levels were read is not undone: the append is to be tried again', () => {
  const scenario = put(
    received(),
    [],
    [{ put: at('09:30'), policies: makePoliciesWithTargets({ high: 'PT2H' }) }],
  );
  scenario.fireAlarms(at('09:31'));
  const note = buildReopenedEvent(
    scenario.inquiry,
    { kind: 'system', part: 'work' },
    shippedTestTerms,
    at('09:31'),
  );
  expect(
    planAppend(
      commandedInquiryId,
      scenario.loaded,
      { events: [note] },
      shippedTestTerms,
      at('09:31'),
    ),
  ).toMatchObject({
    refused: 'transient.conflict',
  });
});

it('beyond the years that a calendar knows a clock has no deadline, and nothing throws', () => {
  const scenario = InquiryScenario.receive(parseTokyoTime('2044-12-30 16:00'), { priority: 'low' });
  scenario.route(bpo, 'low', parseTokyoTime('2044-12-30 16:00'));
  expect(scenario.clock('resolution')).not.toHaveProperty('dueAt');
  scenario.fireAlarms(parseTokyoTime('2045-03-01 10:00'));
  scenario.performCommand('lead', { command: 'resolve' }, parseTokyoTime('2045-03-01 10:00'));
  expect(scenario.clock('resolution')).toMatchObject({ verdict: 'met' });
  expect(scenario.clock('resolution')).not.toHaveProperty('elapsed');
});
