import { describe, expect, it } from 'vitest';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../../../core/inquiry/decide-continuation.ts';
import {
  bpo,
  commandedInquiryId,
  deskListTerms,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
} from '../../help-desk.ts';
import { given, type InquirySpecification } from '../../inquiry-specification.ts';
import { makePoliciesWithTargets, makeServiceLevels } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);
const wednesday = (time: string) => parseTokyoTime(`2026-11-25 ${time}`);

/** Of high priority: to be resolved within eight office hours, by Wednesday at ten. */
const received = () =>
  given(
    makeReceivedEvent(at('09:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', at('09:00')),
  );

const office = { zone: 'Asia/Tokyo', holidays: { feed: 'jp' as const } };
const hours = ['09:00-12:00', '13:00-17:00'];
const week = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
const closedFrom = (close: string) => ({
  ...{ ...office, week },
  overrides: [{ date: '2026-11-24', intervals: [`09:00-${close}`], note: '台風' }],
});
const withoutLunch = { ...office, week: { ...week, tue: ['09:00-17:00'] } };

function put(
  scenario: InquirySpecification,
  calendars: Parameters<typeof makeServiceLevels>[1],
  policies: Parameters<typeof makeServiceLevels>[0] = [],
): InquirySpecification {
  return scenario.under({
    ...deskListTerms,
    serviceLevels: makeServiceLevels(policies, calendars),
  });
}

describe('a calendar that changes', () => {
  const typhoon = { put: at('12:00'), calendars: { 'tokyo-office': closedFrom('12:00') } };

  it('moves the deadlines of what is open, from when it was put', () => {
    const scenario = put(received(), [typhoon]);
    expect(scenario.whenAlarmsFire(at('12:00:01')).outcome).toEqual(
      expect.arrayContaining(['ClocksReckoned', 'ClockBreached']),
    );
    expect(scenario.eventsOf('ClocksReckoned')).toMatchObject([
      { at: at('12:00'), recordedAt: at('12:00:01'), mark: { calendars: 1 } },
    ]);
    // Three hours on Tuesday, five on Wednesday.
    scenario.thenClock('resolution', { dueAt: wednesday('15:00') });
    expect(scenario.clock('resolution').target).toMatchObject({ calendars: 1 });
  });

  it('may be in force from earlier the same day', () => {
    const early = {
      ...typhoon,
      from: at('00:00'),
      calendars: { 'tokyo-office': closedFrom('10:00') },
    };
    put(received(), [early])
      .whenAlarmsFire(at('12:00:01'))
      // One hour on Tuesday and seven on Wednesday.
      .thenClock('resolution', { dueAt: wednesday('17:00') });
  });

  it('is known for its time to come as soon as it is put', () => {
    put(received(), [{ ...typhoon, put: at('09:30'), from: at('15:00') }])
      .when('lead', { command: 'note', text: '…' }, at('09:31'))
      // Closed from three: five hours on Tuesday.
      .thenClock('resolution', { dueAt: wednesday('12:00') });
  });

  it('judges a deadline that falls between the edit and its recomputation', () => {
    // The first response is due at ten.
    const scenario = put(received(), [{ ...typhoon, put: at('09:30'), from: at('09:30') }]);
    const noon = { ...typhoon, put: at('09:40'), from: at('09:00') };
    put(scenario, [{ ...noon, calendars: { 'tokyo-office': { ...closedFrom('09:30') } } }]);
    scenario
      .whenAlarmsFire(at('10:30'))
      .thenClock('first_response', { breachedAt: undefined, dueAt: wednesday('09:30') });
  });

  it('leaves missed what had been missed before it is in force, though nobody had noticed', () => {
    put(received(), [typhoon])
      .whenAlarmsFire(at('12:00:01'))
      .thenClock('first_response', { breachedAt: at('10:00') });
  });

  it('does not let anything be missed before it was put', () => {
    const scenario = given(makeReceivedEvent(at('09:00'), { priority: 'critical' }));
    scenario
      .whenEvents(makeRoutedEvent(bpo, 'critical', at('09:00')))
      // Four hours are up at two o’clock; without the break they would have been at one.
      .thenClock('resolution', { dueAt: at('14:00') });
    put(scenario, [
      { put: at('13:30'), from: at('00:00'), calendars: { 'tokyo-office': withoutLunch } },
    ]).whenAlarmsFire(at('13:30:05'));
    scenario.thenClock('resolution', { breachedAt: at('13:30'), detectedAt: at('13:30:05') });
  });

  it('moves no verdict that is finished, nor a miss', () => {
    const scenario = received().when('lead', { command: 'reply', text: '…' }, at('09:20'));
    scenario.whenAlarmsFire(at('11:00'));
    const [pickup] = scenario.verdicts.filter(({ key }) => key.clock === 'pickup');
    const before = scenario.clock('first_response');
    put(scenario, [{ ...typhoon, from: at('00:00') }]).whenAlarmsFire(at('12:00'));
    expect(scenario.clock('first_response')).toEqual(before);
    scenario
      .thenVerdict('pickup', 1, {
        breachedAt: pickup?.verdict?.breachedAt,
        detectedAt: pickup?.verdict?.detectedAt,
      })
      .thenClock('pickup', { breachedAt: at('09:30') });
  });

  it('does not reach a paused clock before it resumes', () => {
    const scenario = received()
      .when('a1', { command: 'claim' }, at('09:00'))
      .withLeaseUntil(at('10:00'))
      .when('a1', { command: 'wait', fence: 1 }, at('09:30'));
    put(scenario, [typhoon]).whenAlarmsFire(at('12:30'));
    scenario
      .thenClock('resolution', { dueAt: undefined })
      .when('a1', { command: 'resume' }, wednesday('09:00'))
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-26 09:30') });
  });

  it('is applied once to each inquiry: firing alarms again computes nothing', () => {
    const scenario = put(received(), [typhoon]);
    scenario.whenAlarmsFire(at('12:05')).whenAlarmsFire(at('12:05')).thenEvents();
    expect(scenario.eventsOf('ClocksReckoned')).toHaveLength(1);
  });
});

describe('policies that change', () => {
  const four = makePoliciesWithTargets({ high: 'PT4H' });
  const two = makePoliciesWithTargets({ high: 'PT2H' });

  it('apply to open inquiries from when they were put, and nothing is missed before', () => {
    put(received(), [], [{ put: at('13:30'), policies: two }])
      .whenAlarmsFire(at('13:30'))
      .thenClock('resolution', {
        breachedAt: at('13:30'),
        target: { seconds: 2 * hour, policies: 1 },
      });
  });

  it('apply from when they come into force, which is an alarm', () => {
    const scenario = put(received(), [], [{ put: at('09:30'), from: at('15:00'), policies: four }]);
    scenario
      .when('lead', { command: 'note', text: '…' }, at('09:40'))
      .thenClock('resolution', { dueAt: wednesday('10:00') });
    expect(scenario.inquiry.levels).toEqual({
      policies: 0,
      known: 1,
      calendars: 0,
      reckonAt: at('15:00'),
    });
    scenario.whenAlarmsFire(at('14:59:59'));
    expect(scenario.alarm).toBe(at('15:00'));
    scenario.whenAlarmsFire(at('15:00')).thenClock('resolution', { breachedAt: at('15:00') });
    expect(scenario.inquiry.levels).toEqual({ policies: 1, known: 1, calendars: 0 });
  });

  it('are each applied from their own instant, though both are noticed later', () => {
    const scenario = put(
      received(),
      [{ put: at('14:00'), calendars: { 'tokyo-office': closedFrom('14:00') } }],
      [{ put: at('13:30'), policies: two }],
    );
    scenario.whenAlarmsFire(at('16:00'));
    expect(scenario.eventsOf('ClocksReckoned').map((event) => [event.at, event.mark])).toEqual([
      [at('13:30'), { policies: 1, known: 1, calendars: 0 }],
      [at('14:00'), { policies: 1, known: 1, calendars: 1 }],
    ]);
    scenario.thenClock('resolution', { breachedAt: at('13:30') });
  });

  it('come after calendars that were put before them', () => {
    const scenario = put(
      received(),
      [{ put: at('13:30'), calendars: { 'tokyo-office': closedFrom('13:30') } }],
      [{ put: at('14:00'), policies: two }],
    );
    scenario.whenAlarmsFire(at('16:00'));
    expect(scenario.eventsOf('ClocksReckoned').map((event) => event.at)).toEqual([
      at('13:30'),
      at('14:00'),
    ]);
  });

  it('leave missed what was missed before, though nobody had noticed', () => {
    const relaxed = makePoliciesWithTargets({ critical: 'PT16H' });
    const critical = () =>
      given(
        makeReceivedEvent(at('09:00'), { priority: 'critical' }),
        makeRoutedEvent(bpo, 'critical', at('09:00')),
      );
    // Due at two o’clock.
    put(critical(), [], [{ put: at('14:30'), policies: relaxed }])
      .whenAlarmsFire(at('16:00'))
      .thenClock('resolution', { breachedAt: at('14:00') });
    put(critical(), [], [{ put: at('14:30'), from: at('08:00'), policies: relaxed }])
      .whenAlarmsFire(at('16:00'))
      .thenClock('resolution', { breachedAt: undefined });
  });

  it('never come into force when a later version replaces them before', () => {
    const serviceLevels = makeServiceLevels([
      { put: at('09:10'), from: at('15:00'), policies: two },
      { put: at('09:20'), from: at('14:00'), policies: four },
    ]);
    expect(serviceLevels.versionsAt(at('09:30'))).toMatchObject({
      policies: 0,
      reckonAt: at('14:00'),
    });
    expect(serviceLevels.versionsAt(at('14:00'))).toEqual({ policies: 2, known: 2, calendars: 0 });
    expect(serviceLevels.versionsAt(at('16:00'))).toMatchObject({ policies: 2 });
  });

  it('change the warnings too, and repeat none that was given', () => {
    const scenario = received();
    scenario.whenAlarmsFire(at('14:30'));
    put(scenario, [], [{ put: at('14:40'), policies: makePoliciesWithTargets({ high: 'PT16H' }) }]);
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-26 12:00'));
    expect(
      scenario
        .eventsOf('ClockWarned')
        .flatMap(({ clock, percent }) => (clock === 'resolution' ? percent : [])),
    ).toEqual([50, 75]);
  });

  it('do not reach a resolved inquiry until it is reopened', () => {
    const scenario = received().when('lead', { command: 'resolve' }, at('10:00'));
    put(scenario, [], [{ put: at('11:00'), policies: two }]);
    scenario
      .whenAlarmsFire(at('12:00'))
      .thenEvents()
      .when('requester', { command: 'reopen', reason: '…' }, at('13:00'))
      .thenClock('resolution', { cycle: 2, dueAt: at('15:00') });
    expect(scenario.inquiry.levels).toMatchObject({ policies: 1 });
  });
});

it('an append by outdated service levels is refused, so that it is tried again', () => {
  const scenario = put(
    received(),
    [],
    [{ put: at('09:30'), policies: makePoliciesWithTargets({ high: 'PT2H' }) }],
  );
  scenario.whenAlarmsFire(at('09:31'));
  const note = buildReopenedEvent(
    scenario.inquiry,
    { kind: 'system', part: 'work' },
    deskListTerms,
    at('09:31'),
  );
  expect(
    planAppend(commandedInquiryId, scenario.loaded, { events: [note] }, deskListTerms, at('09:31')),
  ).toMatchObject({
    refused: 'transient.conflict',
  });
});

it('beyond the years that a calendar knows a clock has no deadline, and nothing throws', () => {
  given(makeReceivedEvent(parseTokyoTime('2044-12-30 16:00'), { priority: 'low' }))
    .whenEvents(makeRoutedEvent(bpo, 'low', parseTokyoTime('2044-12-30 16:00')))
    .thenClock('resolution', { dueAt: undefined })
    .whenAlarmsFire(parseTokyoTime('2045-03-01 10:00'))
    .when('lead', { command: 'resolve' }, parseTokyoTime('2045-03-01 10:00'))
    .thenClock('resolution', { verdict: 'met', elapsed: undefined });
});
