import { describe, expect, it } from 'vitest';
import type { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { pauseLimit } from '../../../core/inquiry/clock/clock.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { listTransferWarnings } from '../../../core/work/decide/transfer-warnings.ts';
import {
  bpo,
  Inquest,
  later,
  people,
  received,
  routedTo,
  situations,
  staffDesk,
  terms,
  termsWith,
} from './command-scenario.ts';

const hour = 3600;
const day = 24 * hour;

const clockOf = ({ inquiry }: Inquest, name: ClockName) =>
  inquiry.clocks.find(({ clock }) => clock === name);

const claimed = (under = terms) => {
  const inquest = new Inquest(received, routedTo(bpo));
  inquest.terms = under;
  return inquest.must(people.a1, { command: 'claim' }, later(5));
};

describe('no reply needed', () => {
  it('meets the next response, and leaves nothing unanswered', () => {
    const inquest = situations['thanked while a1 has it']();
    expect(clockOf(inquest, 'next_response')).toMatchObject({ cycle: 1, startedAt: later(7) });
    inquest.must(people.a1, { command: 'no-reply-needed', fence: 1 }, later(60));
    expect(clockOf(inquest, 'next_response')).toMatchObject({ verdict: 'met', endedAt: later(60) });
    const again = inquest.give(people.a1, { command: 'no-reply-needed', fence: 1 }, later(61));
    expect(again).toBe('work.nothing-unanswered');
  });

  it('accepts an assignment, as any first act of its holder does', () => {
    const inquest = situations['offered to staff1']();
    inquest.must(people.lead, { command: 'reply', text: '確認します。' }, later(20));
    inquest.must(people.requester, { command: 'reply', text: 'どうも。' }, later(21));
    expect(inquest.give(people.staff1, { command: 'no-reply-needed' }, later(22))).toEqual([
      'AssignmentAccepted',
      'NoReplyNeeded',
    ]);
  });

  it('is refused while the first response is owed, though the requester wrote twice', () => {
    const inquest = claimed();
    inquest.must(people.requester, { command: 'reply', text: 'まだですか。' }, later(6));
    const refused = inquest.give(people.a1, { command: 'no-reply-needed', fence: 1 }, later(7));
    expect(refused).toBe('work.nothing-unanswered');
    expect(clockOf(inquest, 'first_response')).not.toHaveProperty('endedAt');
  });

  it('cannot hide a next response that was missed a second before', () => {
    const inquest = situations['thanked while a1 has it']();
    // High: two hours of the office, from 09:00:07 to 11:00:07.
    const given = inquest.give(people.lead, { command: 'no-reply-needed' }, later(2 * hour + 8));
    expect(given).toContain('ClockBreached');
    expect(clockOf(inquest, 'next_response')).toMatchObject({
      verdict: 'missed',
      breachedAt: later(2 * hour + 7),
    });
  });
});

describe('waiting for the requester', () => {
  it('is refused once a clock has paused as often as it may', () => {
    const inquest = claimed();
    const { inquiry } = inquest;
    const pauses = Array.from({ length: pauseLimit }, () => ({ from: later(6), to: later(6) }));
    const clocks = inquiry.clocks.map((clock) =>
      clock.clock === 'ownership' ? { ...clock, pauses } : clock,
    );
    inquest.loaded = { ...inquest.loaded, inquiry: { ...inquiry, clocks } };
    const waited = inquest.give(people.a1, { command: 'wait', fence: 1 }, later(10));
    expect(waited).toBe('work.wait-limit');
  });

  it('stands in the way of no wait before that', () => {
    const inquest = claimed();
    const { inquiry } = inquest;
    const pauses = Array.from({ length: pauseLimit - 1 }, () => ({ from: later(6), to: later(6) }));
    const clocks = inquiry.clocks.map((clock) => ({ ...clock, pauses }));
    inquest.loaded = { ...inquest.loaded, inquiry: { ...inquiry, clocks } };
    inquest.must(people.a1, { command: 'wait', fence: 1 }, later(10));
    expect(clockOf(inquest, 'resolution')?.pauses).toHaveLength(pauseLimit);
  });
});

describe('an inquiry that is held until its desk opens', () => {
  const opensAt = later(2 * hour);
  const held = { ...routedTo(bpo), availableAt: opensAt, announceAt: opensAt } as InquiryEvent;

  it('cannot be claimed before, not even by who names it', () => {
    const inquest = new Inquest(received, held);
    for (const next of [undefined, { desk: bpo }]) {
      const command = { command: 'claim', ...(next === undefined ? {} : { next }) } as const;
      expect(inquest.give(people.a1, command, later(2 * hour - 1))).toBe('work.not-available');
    }
  });

  it('is announced to its desk at the opening, and claimed from then on', () => {
    const inquest = new Inquest(received, held);
    const given = inquest.give(people.a1, { command: 'claim' }, opensAt);
    expect(given).toContain('InquiryClaimed');
    expect(given).toContain('InquiryAnnounced');
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
  });

  it('waits at once where a person sends it elsewhere', () => {
    const inquest = new Inquest(received, held);
    inquest.must(people.staff1, { command: 'transfer', desk: staffDesk }, later(10));
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
  });
});

describe('a transfer to a closed desk', () => {
  const saturday = '2026-11-21T03:00:00.000Z' as Instant;

  it('warns, with the opening in the zone of the desk', () => {
    // Monday is a holiday.
    expect(listTransferWarnings(bpo, terms, saturday)).toEqual([
      { code: 'desk-closed', opensAt: '2026-11-23T23:00:00.000Z', zone: 'Asia/Tokyo' },
    ]);
  });

  it('warns of nothing while the desk is open, or where it keeps no hours', () => {
    expect(listTransferWarnings(bpo, terms, later(0))).toEqual([]);
    expect(listTransferWarnings(staffDesk, terms, saturday)).toEqual([]);
  });

  it('is obeyed: the inquiry waits there at once, also where routing would hold it', () => {
    const inquest = new Inquest(received, routedTo(staffDesk));
    inquest.terms = termsWith({}, { whenClosed: 'hold' });
    const evening = later(13 * hour);
    inquest.must(people.staff1, { command: 'transfer', desk: bpo }, evening);
    expect(inquest.inquiry).toMatchObject({ status: 'queued', queuedAt: evening });
    expect(inquest.inquiry).not.toHaveProperty('availableAt');
    inquest.must(people.a1, { command: 'claim' }, later(13 * hour + 1));
  });

  it('lets the clocks of the desk stand still until it opens, and not those of the requester', () => {
    const inquest = new Inquest(received, routedTo(staffDesk));
    // 21:00; the desk opens at 08:00.
    inquest.must(people.staff1, { command: 'transfer', desk: bpo }, later(12 * hour));
    expect(clockOf(inquest, 'pickup')?.dueAt).toBe(later(23 * hour + 1800));
    expect(clockOf(inquest, 'resolution')?.dueAt).toBe('2026-11-25T01:00:00.000Z');
  });
});

describe('a change of the priority', () => {
  it('moves the deadlines, counted from the start', () => {
    const inquest = claimed();
    inquest.must(people.lead, { command: 'amend', priority: 'critical' }, later(60));
    expect(clockOf(inquest, 'first_response')?.dueAt).toBe(later(900));
    expect(clockOf(inquest, 'resolution')?.dueAt).toBe('2026-11-24T05:00:00.000Z');
    inquest.must(people.lead, { command: 'amend', priority: 'low' }, later(120));
    expect(clockOf(inquest, 'first_response')?.dueAt).toBe('2026-11-24T08:00:00.000Z');
  });

  it('leaves a miss that it would have prevented', () => {
    const inquest = claimed();
    inquest.must(people.lead, { command: 'amend', priority: 'low' }, later(hour + 1));
    expect(clockOf(inquest, 'first_response')).toMatchObject({ breachedAt: later(hour) });
  });
});

describe('reopening', () => {
  const resolvedAndReopened = (under: typeof terms) => {
    const inquest = claimed(under);
    inquest.must(people.a1, { command: 'heartbeat', fence: 1 }, later(6));
    inquest.must(people.a1, { command: 'resolve', fence: 1 }, later(30));
    return inquest.must(people.lead, { command: 'reopen', reason: '再発' }, later(2 * day));
  };

  it('starts a new cycle under a policy that says no more', () => {
    expect(clockOf(resolvedAndReopened(terms), 'resolution')).toMatchObject({
      cycle: 2,
      carried: 0,
      startedAt: later(2 * day),
    });
  });

  it('goes on with the time used under a policy that continues', () => {
    const under = termsWith({ reopen: 'continue' });
    expect(clockOf(resolvedAndReopened(under), 'resolution')).toMatchObject({
      cycle: 2,
      carried: 30,
      continues: true,
    });
  });
});

describe('a thank-you mail after the resolution', () => {
  const thanked = (under: typeof terms) => {
    const inquest = claimed(under);
    inquest.must(people.a1, { command: 'resolve', fence: 1, message: '直りました。' }, later(30));
    return inquest.must(people.requester, { command: 'reply', text: 'どうも。' }, later(60));
  };

  it('reopens where a reply does', () => {
    expect(thanked(terms).inquiry.status).toBe('queued');
  });

  it('is kept and starts nothing where only the link reopens', () => {
    const inquest = thanked(termsWith({ afterResolution: 'link-reopens' }));
    expect(inquest.inquiry).toMatchObject({ status: 'resolved', reopensByLink: true });
    expect(clockOf(inquest, 'next_response')).toBeUndefined();
    inquest.must(people.requester, { command: 'reopen', reason: 'まだです' }, later(90));
    expect(inquest.inquiry.status).toBe('queued');
  });
});
