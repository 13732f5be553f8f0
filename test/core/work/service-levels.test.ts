import { describe, expect, it } from 'vitest';
import { ClockName, pauseLimit } from '../../../core/inquiry/clock/clock.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { listTransferWarnings } from '../../../core/work/decide/transfer-warnings.ts';
import {
  bpo,
  deskListTerms,
  makeRoutedEvent,
  makeTermsWith,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from '../help-desk.ts';
import { given } from '../inquiry-specification.ts';

const hour = 3600;
const day = 24 * hour;

const claimed = (terms = deskListTerms) =>
  given(receivedEvent, makeRoutedEvent(bpo))
    .under(terms)
    .when('a1', { command: 'claim' }, secondsAfterStart(5));

describe('no reply needed', () => {
  it('meets the next response, and leaves nothing unanswered', () => {
    given('thanked while a1 has it')
      .thenClock('next_response', { cycle: 1, startedAt: secondsAfterStart(7) })
      .when('a1', { command: 'no-reply-needed', fence: 1 }, secondsAfterStart(60))
      .thenClock('next_response', { verdict: 'met', endedAt: secondsAfterStart(60) })
      .when('a1', { command: 'no-reply-needed', fence: 1 }, secondsAfterStart(61))
      .thenRefused('work.nothing-unanswered');
  });

  it('accepts an assignment, as any first act of its holder does', () => {
    given('offered to staff1')
      .when('lead', { command: 'reply', text: '確認します。' }, secondsAfterStart(20))
      .when('requester', { command: 'reply', text: 'どうも。' }, secondsAfterStart(21))
      .when('staff1', { command: 'no-reply-needed' }, secondsAfterStart(22))
      .thenEvents('AssignmentAccepted', 'NoReplyNeeded');
  });

  it('is refused while the first response is owed, though the requester wrote twice', () => {
    claimed()
      .when('requester', { command: 'reply', text: 'まだですか。' }, secondsAfterStart(6))
      .when('a1', { command: 'no-reply-needed', fence: 1 }, secondsAfterStart(7))
      .thenRefused('work.nothing-unanswered')
      .thenClock('first_response', { endedAt: undefined });
  });

  it('cannot hide a next response that was missed a second before', () => {
    const scenario = given('thanked while a1 has it');
    // High: two hours of the office, from 09:00:07 to 11:00:07.
    const { outcome } = scenario.when(
      'lead',
      { command: 'no-reply-needed' },
      secondsAfterStart(2 * hour + 8),
    );
    expect(outcome).toContain('ClockBreached');
    scenario.thenClock('next_response', {
      verdict: 'missed',
      breachedAt: secondsAfterStart(2 * hour + 7),
    });
  });
});

describe('waiting for the requester', () => {
  const pausedOften = (times: number, ...names: readonly ClockName[]) => {
    const { inquiry, lease } = claimed().loaded;
    if (lease === undefined) throw new TypeError('there is no lease');
    const pause = { from: secondsAfterStart(6), to: secondsAfterStart(6) };
    const pauses = Array.from({ length: times }, () => pause);
    const clocks = inquiry.clocks.map((clock) =>
      names.includes(clock.clock) ? { ...clock, pauses } : clock,
    );
    return given({ inquiry: { ...inquiry, clocks }, lease });
  };

  it('is refused once a clock has paused as often as it may', () => {
    pausedOften(pauseLimit, 'ownership')
      .when('a1', { command: 'wait', fence: 1 }, secondsAfterStart(10))
      .thenRefused('work.wait-limit');
  });

  it('stands in the way of no wait before that', () => {
    const waiting = pausedOften(pauseLimit - 1, ...ClockName.options).when(
      'a1',
      { command: 'wait', fence: 1 },
      secondsAfterStart(10),
    );
    expect(waiting.clock('resolution').pauses).toHaveLength(pauseLimit);
  });
});

describe('an inquiry that is held until its desk opens', () => {
  const opensAt = secondsAfterStart(2 * hour);
  const held = { ...makeRoutedEvent(bpo), availableAt: opensAt, announceAt: opensAt };

  it('cannot be claimed before, not even by who names it', () => {
    const scenario = given(receivedEvent, held);
    for (const next of [undefined, { desk: bpo }]) {
      const command = { command: 'claim', ...(next === undefined ? {} : { next }) } as const;
      scenario
        .when('a1', command, secondsAfterStart(2 * hour - 1))
        .thenRefused('work.not-available');
    }
  });

  it('is announced to its desk at the opening, and claimed from then on', () => {
    const scenario = given(receivedEvent, held);
    const { outcome } = scenario.when('a1', { command: 'claim' }, opensAt);
    expect(outcome).toContain('InquiryClaimed');
    expect(outcome).toContain('InquiryAnnounced');
    scenario.thenInquiry({ availableAt: undefined });
  });

  it('waits at once where a person sends it elsewhere', () => {
    given(receivedEvent, held)
      .when('staff1', { command: 'transfer', desk: staffDesk }, secondsAfterStart(10))
      .thenInquiry({ availableAt: undefined });
  });
});

describe('a transfer to a closed desk', () => {
  const saturday = '2026-11-21T03:00:00.000Z' as Instant;

  it('warns, with the opening in the zone of the desk', () => {
    // Monday is a holiday.
    expect(listTransferWarnings(bpo, deskListTerms, saturday)).toEqual([
      { code: 'desk-closed', opensAt: '2026-11-23T23:00:00.000Z', zone: 'Asia/Tokyo' },
    ]);
  });

  it('warns of nothing while the desk is open, or where it keeps no hours', () => {
    expect(listTransferWarnings(bpo, deskListTerms, secondsAfterStart(0))).toEqual([]);
    expect(listTransferWarnings(staffDesk, deskListTerms, saturday)).toEqual([]);
  });

  it('is obeyed: the inquiry waits there at once, also where routing would hold it', () => {
    const evening = secondsAfterStart(13 * hour);
    given(receivedEvent, makeRoutedEvent(staffDesk))
      .under(makeTermsWith({}, { whenClosed: 'hold' }))
      .when('staff1', { command: 'transfer', desk: bpo }, evening)
      .thenInquiry({ status: 'queued', queuedAt: evening, availableAt: undefined })
      .when('a1', { command: 'claim' }, secondsAfterStart(13 * hour + 1))
      .thenLease({ agent: 'a1' });
  });

  it('lets the clocks of the desk stand still until it opens, and not those of the requester', () => {
    given(receivedEvent, makeRoutedEvent(staffDesk))
      // 21:00; the desk opens at 08:00.
      .when('staff1', { command: 'transfer', desk: bpo }, secondsAfterStart(12 * hour))
      .thenClock('pickup', { dueAt: secondsAfterStart(23 * hour + 1800) })
      .thenClock('resolution', { dueAt: '2026-11-25T01:00:00.000Z' });
  });
});

describe('a change of the priority', () => {
  it('moves the deadlines, counted from the start', () => {
    claimed()
      .when('lead', { command: 'amend', priority: 'critical' }, secondsAfterStart(60))
      .thenClock('first_response', { dueAt: secondsAfterStart(900) })
      .thenClock('resolution', { dueAt: '2026-11-24T05:00:00.000Z' })
      .when('lead', { command: 'amend', priority: 'low' }, secondsAfterStart(120))
      .thenClock('first_response', { dueAt: '2026-11-24T08:00:00.000Z' });
  });

  it('leaves a miss that it would have prevented', () => {
    claimed()
      .when('lead', { command: 'amend', priority: 'low' }, secondsAfterStart(hour + 1))
      .thenClock('first_response', { breachedAt: secondsAfterStart(hour) });
  });
});

describe('reopening', () => {
  const resolvedAndReopened = (under: typeof deskListTerms) => {
    const scenario = claimed(under);
    scenario
      .when('a1', { command: 'heartbeat', fence: 1 }, secondsAfterStart(6))
      .when('a1', { command: 'resolve', fence: 1 }, secondsAfterStart(30));
    return scenario.when('lead', { command: 'reopen', reason: '再発' }, secondsAfterStart(2 * day));
  };

  it('starts a new cycle under a policy that says no more', () => {
    resolvedAndReopened(deskListTerms).thenClock('resolution', {
      cycle: 2,
      carried: 0,
      startedAt: secondsAfterStart(2 * day),
    });
  });

  it('goes on with the time used under a policy that continues', () => {
    const under = makeTermsWith({ reopen: 'continue' });
    resolvedAndReopened(under).thenClock('resolution', {
      cycle: 2,
      carried: 30,
      continues: true,
    });
  });
});

describe('a thank-you mail after the resolution', () => {
  const thanked = (under: typeof deskListTerms) => {
    const scenario = claimed(under);
    scenario.when(
      'a1',
      { command: 'resolve', fence: 1, message: '直りました。' },
      secondsAfterStart(30),
    );
    return scenario.when(
      'requester',
      { command: 'reply', text: 'どうも。' },
      secondsAfterStart(60),
    );
  };

  it('reopens where a reply does', () => {
    thanked(deskListTerms).thenInquiry({ status: 'queued' });
  });

  it('is kept and starts nothing where only the link reopens', () => {
    const scenario = thanked(makeTermsWith({ afterResolution: 'link-reopens' }));
    scenario.thenInquiry({ status: 'resolved', reopensByLink: true });
    expect(scenario.inquiry.clocks.map(({ clock }) => clock)).not.toContain('next_response');
    scenario
      .when('requester', { command: 'reopen', reason: 'まだです' }, secondsAfterStart(90))
      .thenInquiry({ status: 'queued' });
  });
});
