import { describe, expect, it } from 'vitest';
import type { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { pauseLimit } from '../../../core/inquiry/clock/clock.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { listTransferWarnings } from '../../../core/work/decide/transfer-warnings.ts';
import {
  bpo,
  CommandScenario,
  deskListTerms,
  helpDeskActors,
  inquirySituations,
  makeRoutedEvent,
  makeTermsWith,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from './command-scenario.ts';

const hour = 3600;
const day = 24 * hour;

const clockOf = ({ inquiry }: CommandScenario, name: ClockName) =>
  inquiry.clocks.find(({ clock }) => clock === name);

const claimed = (under = deskListTerms) => {
  const inquest = new CommandScenario(receivedEvent, makeRoutedEvent(bpo));
  inquest.terms = under;
  return inquest.performCommand(helpDeskActors.a1, { command: 'claim' }, secondsAfterStart(5));
};

describe('no reply needed', () => {
  it('meets the next response, and leaves nothing unanswered', () => {
    const inquest = inquirySituations['thanked while a1 has it']();
    expect(clockOf(inquest, 'next_response')).toMatchObject({
      cycle: 1,
      startedAt: secondsAfterStart(7),
    });
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'no-reply-needed', fence: 1 },
      secondsAfterStart(60),
    );
    expect(clockOf(inquest, 'next_response')).toMatchObject({
      verdict: 'met',
      endedAt: secondsAfterStart(60),
    });
    const again = inquest.tryCommand(
      helpDeskActors.a1,
      { command: 'no-reply-needed', fence: 1 },
      secondsAfterStart(61),
    );
    expect(again).toBe('work.nothing-unanswered');
  });

  it('accepts an assignment, as any first act of its holder does', () => {
    const inquest = inquirySituations['offered to staff1']();
    inquest.performCommand(
      helpDeskActors.lead,
      { command: 'reply', text: '確認します。' },
      secondsAfterStart(20),
    );
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reply', text: 'どうも。' },
      secondsAfterStart(21),
    );
    expect(
      inquest.tryCommand(
        helpDeskActors.staff1,
        { command: 'no-reply-needed' },
        secondsAfterStart(22),
      ),
    ).toEqual(['AssignmentAccepted', 'NoReplyNeeded']);
  });

  it('is refused while the first response is owed, though the requester wrote twice', () => {
    const inquest = claimed();
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reply', text: 'まだですか。' },
      secondsAfterStart(6),
    );
    const refused = inquest.tryCommand(
      helpDeskActors.a1,
      { command: 'no-reply-needed', fence: 1 },
      secondsAfterStart(7),
    );
    expect(refused).toBe('work.nothing-unanswered');
    expect(clockOf(inquest, 'first_response')).not.toHaveProperty('endedAt');
  });

  it('cannot hide a next response that was missed a second before', () => {
    const inquest = inquirySituations['thanked while a1 has it']();
    // High: two hours of the office, from 09:00:07 to 11:00:07.
    const given = inquest.tryCommand(
      helpDeskActors.lead,
      { command: 'no-reply-needed' },
      secondsAfterStart(2 * hour + 8),
    );
    expect(given).toContain('ClockBreached');
    expect(clockOf(inquest, 'next_response')).toMatchObject({
      verdict: 'missed',
      breachedAt: secondsAfterStart(2 * hour + 7),
    });
  });
});

describe('waiting for the requester', () => {
  it('is refused once a clock has paused as often as it may', () => {
    const inquest = claimed();
    const { inquiry } = inquest;
    const pauses = Array.from({ length: pauseLimit }, () => ({
      from: secondsAfterStart(6),
      to: secondsAfterStart(6),
    }));
    const clocks = inquiry.clocks.map((clock) =>
      clock.clock === 'ownership' ? { ...clock, pauses } : clock,
    );
    inquest.loaded = { ...inquest.loaded, inquiry: { ...inquiry, clocks } };
    const waited = inquest.tryCommand(
      helpDeskActors.a1,
      { command: 'wait', fence: 1 },
      secondsAfterStart(10),
    );
    expect(waited).toBe('work.wait-limit');
  });

  it('stands in the way of no wait before that', () => {
    const inquest = claimed();
    const { inquiry } = inquest;
    const pauses = Array.from({ length: pauseLimit - 1 }, () => ({
      from: secondsAfterStart(6),
      to: secondsAfterStart(6),
    }));
    const clocks = inquiry.clocks.map((clock) => ({ ...clock, pauses }));
    inquest.loaded = { ...inquest.loaded, inquiry: { ...inquiry, clocks } };
    inquest.performCommand(helpDeskActors.a1, { command: 'wait', fence: 1 }, secondsAfterStart(10));
    expect(clockOf(inquest, 'resolution')?.pauses).toHaveLength(pauseLimit);
  });
});

describe('an inquiry that is held until its desk opens', () => {
  const opensAt = secondsAfterStart(2 * hour);
  const held = {
    ...makeRoutedEvent(bpo),
    availableAt: opensAt,
    announceAt: opensAt,
  } as InquiryEvent;

  it('cannot be claimed before, not even by who names it', () => {
    const inquest = new CommandScenario(receivedEvent, held);
    for (const next of [undefined, { desk: bpo }]) {
      const command = { command: 'claim', ...(next === undefined ? {} : { next }) } as const;
      expect(inquest.tryCommand(helpDeskActors.a1, command, secondsAfterStart(2 * hour - 1))).toBe(
        'work.not-available',
      );
    }
  });

  it('is announced to its desk at the opening, and claimed from then on', () => {
    const inquest = new CommandScenario(receivedEvent, held);
    const given = inquest.tryCommand(helpDeskActors.a1, { command: 'claim' }, opensAt);
    expect(given).toContain('InquiryClaimed');
    expect(given).toContain('InquiryAnnounced');
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
  });

  it('waits at once where a person sends it elsewhere', () => {
    const inquest = new CommandScenario(receivedEvent, held);
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'transfer', desk: staffDesk },
      secondsAfterStart(10),
    );
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
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
    const inquest = new CommandScenario(receivedEvent, makeRoutedEvent(staffDesk));
    inquest.terms = makeTermsWith({}, { whenClosed: 'hold' });
    const evening = secondsAfterStart(13 * hour);
    inquest.performCommand(helpDeskActors.staff1, { command: 'transfer', desk: bpo }, evening);
    expect(inquest.inquiry).toMatchObject({ status: 'queued', queuedAt: evening });
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'claim' },
      secondsAfterStart(13 * hour + 1),
    );
  });

  it('lets the clocks of the desk stand still until it opens, and not those of the requester', () => {
    const inquest = new CommandScenario(receivedEvent, makeRoutedEvent(staffDesk));
    // 21:00; the desk opens at 08:00.
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'transfer', desk: bpo },
      secondsAfterStart(12 * hour),
    );
    expect(clockOf(inquest, 'pickup')?.dueAt).toBe(secondsAfterStart(23 * hour + 1800));
    expect(clockOf(inquest, 'resolution')?.dueAt).toBe('2026-11-25T01:00:00.000Z');
  });
});

describe('a change of the priority', () => {
  it('moves the deadlines, counted from the start', () => {
    const inquest = claimed();
    inquest.performCommand(
      helpDeskActors.lead,
      { command: 'amend', priority: 'critical' },
      secondsAfterStart(60),
    );
    expect(clockOf(inquest, 'first_response')?.dueAt).toBe(secondsAfterStart(900));
    expect(clockOf(inquest, 'resolution')?.dueAt).toBe('2026-11-24T05:00:00.000Z');
    inquest.performCommand(
      helpDeskActors.lead,
      { command: 'amend', priority: 'low' },
      secondsAfterStart(120),
    );
    expect(clockOf(inquest, 'first_response')?.dueAt).toBe('2026-11-24T08:00:00.000Z');
  });

  it('leaves a miss that it would have prevented', () => {
    const inquest = claimed();
    inquest.performCommand(
      helpDeskActors.lead,
      { command: 'amend', priority: 'low' },
      secondsAfterStart(hour + 1),
    );
    expect(clockOf(inquest, 'first_response')).toMatchObject({
      breachedAt: secondsAfterStart(hour),
    });
  });
});

describe('reopening', () => {
  const resolvedAndReopened = (under: typeof deskListTerms) => {
    const inquest = claimed(under);
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'heartbeat', fence: 1 },
      secondsAfterStart(6),
    );
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'resolve', fence: 1 },
      secondsAfterStart(30),
    );
    return inquest.performCommand(
      helpDeskActors.lead,
      { command: 'reopen', reason: '再発' },
      secondsAfterStart(2 * day),
    );
  };

  it('starts a new cycle under a policy that says no more', () => {
    expect(clockOf(resolvedAndReopened(deskListTerms), 'resolution')).toMatchObject({
      cycle: 2,
      carried: 0,
      startedAt: secondsAfterStart(2 * day),
    });
  });

  it('goes on with the time used under a policy that continues', () => {
    const under = makeTermsWith({ reopen: 'continue' });
    expect(clockOf(resolvedAndReopened(under), 'resolution')).toMatchObject({
      cycle: 2,
      carried: 30,
      continues: true,
    });
  });
});

describe('a thank-you mail after the resolution', () => {
  const thanked = (under: typeof deskListTerms) => {
    const inquest = claimed(under);
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'resolve', fence: 1, message: '直りました。' },
      secondsAfterStart(30),
    );
    return inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reply', text: 'どうも。' },
      secondsAfterStart(60),
    );
  };

  it('reopens where a reply does', () => {
    expect(thanked(deskListTerms).inquiry.status).toBe('queued');
  });

  it('is kept and starts nothing where only the link reopens', () => {
    const inquest = thanked(makeTermsWith({ afterResolution: 'link-reopens' }));
    expect(inquest.inquiry).toMatchObject({ status: 'resolved', reopensByLink: true });
    expect(clockOf(inquest, 'next_response')).toBeUndefined();
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reopen', reason: 'まだです' },
      secondsAfterStart(90),
    );
    expect(inquest.inquiry.status).toBe('queued');
  });
});
