import { expect, it } from 'vitest';
import {
  bpo,
  makeHeldTransferEvent,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
  staffDesk,
} from '../../help-desk.ts';
import { given, givenUnder } from '../../inquiry-specification.ts';
import { logPhoneCall } from './make-messages-and-calls.ts';
import { makeTerms } from './make-service-levels.ts';

// The expected times are worked out by hand. The office is open 9–12 and 13–17, the vendor 8–20, on weekdays;
// Monday 2026-11-23 is a holiday.

const hour = 3600;
const minute = 60;
const tuesday = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);
const wednesday = (time: string) => parseTokyoTime(`2026-11-25 ${time}`);

const held = (priority: 'critical' | 'high', terms = makeTerms({})) =>
  givenUnder(
    terms,
    makeReceivedEvent(tuesday('10:00'), { priority }),
    makeRoutedEvent(bpo, priority, tuesday('10:01')),
  )
    .when('a1', { command: 'claim' }, tuesday('10:05'))
    .withLeaseUntil(parseTokyoTime('2026-12-31 00:00'));

it('a call resolved on the phone and reopened two days later', () => {
  const scenario = logPhoneCall({
    outcome: 'resolved',
    start: tuesday('10:00'),
    end: tuesday('10:20'),
  });
  scenario
    .when('requester', { command: 'reopen', reason: '…' }, parseTokyoTime('2026-11-26 10:20'))
    .thenInquiry({ status: 'new' });
  expect(scenario.runningClocks).toEqual(['resolution', 'next_response']);
  // 21 hours are three office days.
  scenario
    .thenClock('resolution', {
      ...{
        cycle: 2,
        startedAt: parseTokyoTime('2026-11-26 10:20'),
        dueAt: parseTokyoTime('2026-12-01 10:20'),
      },
    })
    .thenClock('next_response', { dueAt: parseTokyoTime('2026-11-26 15:20') })
    .whenEvents(makeRoutedEvent(bpo, 'medium', parseTokyoTime('2026-11-26 10:21')))
    .thenClock('pickup', { cycle: 1, dueAt: parseTokyoTime('2026-11-26 12:21') })
    // Sixteen of the vendor's hours: until eight in the evening, and six and a half the day after.
    .thenClock('ownership', { dueAt: parseTokyoTime('2026-11-27 14:21') })
    .thenVerdict('resolution', 1, { verdict: 'met', elapsed: 20 * minute })
    .thenVerdict('first_response', 1, { verdict: 'met', elapsed: 0 });
});

it('a transfer to a vendor outside coverage', () => {
  const friday = (time: string) => parseTokyoTime(`2026-11-27 ${time}`);
  const monday = (time: string) => parseTokyoTime(`2026-11-30 ${time}`);
  given(
    makeReceivedEvent(friday('15:00'), { priority: 'high' }),
    makeRoutedEvent(staffDesk, 'high', friday('15:01')),
  )
    .whenEvents(makeHeldTransferEvent(bpo, friday('20:30'), monday('08:00')))
    // Nobody at the internal desk had claimed it within half an hour.
    .thenVerdict('pickup', 1, {
      verdict: 'missed',
      breachedAt: friday('15:31'),
      judged: { desk: 'staff' },
    })
    .thenVerdict('ownership', 1, { verdict: 'moved', elapsed: hour + 59 * minute })
    .thenClock('pickup', { desk: 'bpo', dueAt: monday('08:30') })
    .thenClock('ownership', { dueAt: monday('15:00') })
    // What the requester was promised runs on, by the office's hours: two on Friday, six on Monday.
    .thenClock('resolution', { dueAt: monday('16:00') })
    .when('a1', { command: 'claim' }, monday('07:59:59'))
    .thenRefused('work.not-available')
    .when('a1', { command: 'claim' }, monday('08:00'))
    .thenClock('pickup', { verdict: 'met', elapsed: 0 });
});

it('waiting over a holiday with the priority raised meanwhile beyond the elapsed time', () => {
  given(
    makeReceivedEvent(parseTokyoTime('2026-11-19 16:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', parseTokyoTime('2026-11-19 16:00')),
  )
    .when('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 13:59:30'))
    .when('a1', { command: 'wait', fence: 1 }, parseTokyoTime('2026-11-20 14:00'))
    // One hour on Thursday and four on Friday are used; the target for critical is four.
    .when('lead', { command: 'amend', priority: 'critical' }, parseTokyoTime('2026-11-23 10:00'))
    .thenClock('resolution', { breachedAt: undefined, missedFrom: undefined })
    .when('requester', { command: 'reply', text: '!' }, tuesday('14:00'))
    .whenAlarmsFire(tuesday('14:00:01'))
    .thenClock('resolution', {
      ...{ breachedAt: tuesday('14:00'), detectedAt: tuesday('14:00:01') },
      elapsedAtBreach: 5 * hour,
    })
    .when('lead', { command: 'resolve' }, tuesday('15:00'))
    .thenVerdict('resolution', 1, { verdict: 'missed', elapsed: 6 * hour, late: hour });
});

it('reopening under `continue` after a miss', () => {
  const scenario = held('critical', makeTerms({ reopen: 'continue' }));
  // Due at 15:00, after four hours.
  scenario
    .when('a1', { command: 'resolve', fence: 1 }, tuesday('16:00'))
    .when('requester', { command: 'reopen', reason: '…' }, wednesday('10:00'))
    .thenClock('resolution', {
      cycle: 2,
      carried: 5 * hour,
      breachedAt: tuesday('15:00'),
      inherited: true,
    })
    .when('lead', { command: 'resolve' }, wednesday('11:00'));
  expect(
    scenario.eventsOf('ClockBreached').filter(({ clock }) => clock === 'resolution'),
  ).toHaveLength(1);
  const [first, last] = scenario.verdicts.filter(({ key }) => key.clock === 'resolution');
  expect(first).toMatchObject({
    supersededAt: wednesday('10:00'),
    verdict: { cycle: 1, verdict: 'missed', elapsed: 5 * hour, late: hour },
  });
  expect(last).toMatchObject({
    verdict: {
      ...{ cycle: 2, verdict: 'missed', inherited: true, breachedAt: tuesday('15:00') },
      ...{ elapsed: 6 * hour, late: 2 * hour },
    },
  });
  expect(last).not.toHaveProperty('supersededAt');
});

it('a vendor’s public answer as the first response', () => {
  held('high')
    .when('a1', { command: 'reply', fence: 1, text: '…' }, tuesday('11:00'))
    .thenVerdict('first_response', 1, {
      verdict: 'met',
      elapsed: hour,
      target: hour,
      judged: { desk: 'bpo', priority: 'high' },
    });
});

it('a thank-you mail after resolution', () => {
  const resolved = (terms: Parameters<typeof held>[1]) =>
    held('high', terms).when('a1', { command: 'resolve', fence: 1 }, tuesday('11:00'));
  const thanks = { command: 'reply', text: 'ありがとうございました。' } as const;

  const byLink = resolved(makeTerms({ afterResolution: 'link-reopens' }));
  const { clocks } = byLink.inquiry;
  byLink.when('requester', thanks, tuesday('11:30'));
  byLink.thenInquiry({ status: 'resolved', clocks });

  const byReply = resolved(makeTerms({}));
  byReply.when('requester', thanks, tuesday('11:30'));
  expect(byReply.runningClocks).toEqual(['resolution', 'pickup', 'ownership', 'next_response']);
  byReply.when('lead', { command: 'no-reply-needed' }, tuesday('11:40'));
  byReply.when('lead', { command: 'resolve', silent: true }, tuesday('11:40'));
  byReply.thenVerdict('next_response', 1, { verdict: 'met', elapsed: 600 });
  // What was met stays met.
  byReply.thenVerdict('resolution', 1, { verdict: 'met', elapsed: hour });
  byReply.thenVerdict('resolution', 2, { verdict: 'met', elapsed: 600 });
});

it('a resolve one second past the deadline before any alarm fired', () => {
  // Eight hours: two and four on Tuesday, two on Wednesday.
  const resolve = { command: 'resolve', fence: 1 } as const;
  const met = held('high').when('a1', resolve, wednesday('11:00'));
  met.thenVerdict('resolution', 1, { verdict: 'met', elapsed: 8 * hour });

  const scenario = held('high');
  expect(scenario.when('a1', resolve, wednesday('11:00:01')).outcome).toEqual(
    expect.arrayContaining(['ClockBreached', 'InquiryResolved']),
  );
  scenario.thenVerdict('resolution', 1, {
    ...{ verdict: 'missed', breachedAt: wednesday('11:00'), detectedAt: wednesday('11:00:01') },
    ...{ elapsed: 8 * hour + 1, late: 1 },
  });
});

it('an agent’s silent resolve', () => {
  const scenario = held('high').when(
    'a1',
    { command: 'resolve', fence: 1, silent: true },
    tuesday('10:30'),
  );
  expect(scenario.runningClocks).toEqual([]);
  for (const name of ['first_response', 'resolution'] as const) {
    scenario.thenVerdict(name, 1, { verdict: 'met', elapsed: 30 * minute });
  }
  expect(scenario.notices.map(({ kind }) => kind)).toEqual(['acknowledgement']);
});

it('a lease lost and taken again twice within one `pickup`', () => {
  const scenario = given(
    makeReceivedEvent(tuesday('10:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', tuesday('10:01')),
  )
    .when('a1', { command: 'claim' }, tuesday('10:05'))
    .when('a2', { command: 'claim' }, tuesday('10:10'))
    .when('a1', { command: 'claim' }, tuesday('10:20'));
  // A claim that nobody confirms is lost after a minute: 4, 4 and 9 minutes it waited.
  expect(scenario.eventsOf('LeaseLost').map((event) => event.at)).toEqual([
    tuesday('10:06'),
    tuesday('10:11'),
  ]);
  const records = scenario.verdicts.filter(({ key }) => key.clock === 'pickup');
  expect(records.map(({ verdict, supersededAt }) => [verdict?.run, verdict?.elapsed, supersededAt]))
    // Only the third run counts.
    .toEqual([
      [1, 4 * minute, tuesday('10:10')],
      [2, 8 * minute, tuesday('10:20')],
      [3, 17 * minute, undefined],
    ]);
  scenario.thenClock('pickup', { cycle: 1, run: 3, verdict: 'met' });
});
