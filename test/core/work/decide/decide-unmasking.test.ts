import { describe, expect, it } from 'vitest';
import type { CommandOf } from '../../../../core/work/commands.ts';
import {
  bpo,
  bpoB,
  type Inquest,
  later,
  people,
  situations,
  staffDesk,
} from '../command-scenario.ts';

const ask: CommandOf<'ask-unmasking'> = {
  command: 'ask-unmasking',
  of: 'requester',
  kinds: ['phone', 'phone', 'mail'],
  reason: '折り返しの電話のため',
};
const now = later(10);

function asked(): Inquest {
  return situations['claimed by a1']().must(people.a1, ask, now);
}

const wishOf = ({ inquiry }: Inquest) => inquiry.unmaskings?.[0];

function settle(
  inquest: Inquest,
  outcome: 'granted' | 'refused' = 'granted',
): CommandOf<'settle-unmasking'> {
  return { command: 'settle-unmasking', unmasking: wishOf(inquest)?.id ?? '-', outcome };
}

describe('a vendor’s wish to be shown what is masked', () => {
  it('is asked by whoever works its desk, each kind once', () => {
    expect(wishOf(asked())).toMatchObject({
      ...{ of: 'requester', kinds: ['phone', 'mail'], vendor: 'vendor-a', asker: 'a1' },
      ...{ askedAt: now, state: 'asked' },
    });
    expect(situations['queued at bpo']().give(people.a2, ask, now)).toEqual(['UnmaskingAsked']);
  });

  it('is asked by nobody who sees all as it is, or nothing', () => {
    const inquest = situations['claimed by a1']();
    expect(inquest.give(people.staff1, ask, now)).toBe('access.forbidden');
    expect(inquest.give(people.requester, ask, now)).toBe('access.forbidden');
    expect(inquest.give(people.b1, ask, now)).toBe('access.not-found');
  });

  it('is refused for My Number, whatever else it asks for', () => {
    const number = { ...ask, kinds: ['mail', 'my-number'] } as const;
    const command = { ...number, kinds: [...number.kinds] };
    expect(asked().give(people.a1, command, now)).toBe('access.never-unmasked');
  });

  it('is not asked again while it waits for an answer, and is after it', () => {
    const inquest = asked();
    expect(inquest.give(people.a2, { ...ask, kinds: ['mail'] }, now)).toEqual([]);
    inquest.must(people.staff1, settle(inquest, 'refused'), later(11));
    expect(inquest.give(people.a2, { ...ask, kinds: ['mail'] }, later(12))).toEqual([
      'UnmaskingAsked',
    ]);
  });

  it('is refused while ten wait', () => {
    const inquest = situations['claimed by a1']();
    for (let count = 0; count < 10; count += 1) {
      inquest.must(people.a1, { ...ask, of: `message-${count}` }, now);
    }
    expect(inquest.give(people.a1, ask, now)).toBe('access.forbidden');
  });

  it('is granted or refused by staff and leads, and by nobody of the vendor', () => {
    for (const [actor, outcome] of [
      [people.staff2, 'granted'],
      [people.lead, 'refused'],
    ] as const) {
      const inquest = asked();
      expect(inquest.give(actor, settle(inquest, outcome), now)).toEqual(['UnmaskingSettled']);
      expect(wishOf(inquest)).toMatchObject({ state: outcome });
    }
    const inquest = asked();
    expect(inquest.give(people.a2, settle(inquest), now)).toBe('access.forbidden');
    expect(inquest.give(people.requester, settle(inquest), now)).toBe('access.forbidden');
  });

  it('has one answer: the same again changes nothing, and another is refused', () => {
    const inquest = asked();
    inquest.must(people.staff1, settle(inquest), now);
    expect(inquest.give(people.staff2, settle(inquest), now)).toEqual([]);
    expect(inquest.give(people.staff2, settle(inquest, 'refused'), now)).toBe(
      'access.unmasking-settled',
    );
  });

  it('ends when the inquiry leaves the desk, though it should come back', () => {
    const inquest = asked();
    inquest.must(people.staff1, settle(inquest), now);
    inquest.must(people.a1, { command: 'transfer', fence: 1, desk: staffDesk }, later(11));
    expect(inquest.inquiry.unmaskings).toBeUndefined();
    inquest.must(people.staff1, { command: 'transfer', desk: bpo }, later(12));
    expect(inquest.inquiry.unmaskings).toBeUndefined();
    const unknown = { command: 'settle-unmasking', unmasking: '-', outcome: 'granted' } as const;
    expect(inquest.give(people.staff1, unknown, later(13))).toBe('access.not-found');
    inquest.must(people.staff1, { command: 'transfer', desk: bpoB }, later(14));
    expect(inquest.give(people.a1, ask, later(15))).toBe('access.forbidden');
  });

  it('ends when the inquiry is closed, though it should be reopened', () => {
    const inquest = asked();
    inquest.must(people.staff1, settle(inquest), now);
    inquest.must(people.lead, { command: 'resolve' }, later(11));
    inquest.must(people.requester, { command: 'close' }, later(12));
    inquest.must(people.requester, { command: 'reopen', reason: 'まだです。' }, later(13));
    expect(inquest.inquiry).toMatchObject({ status: 'queued', desk: bpo });
    expect(inquest.inquiry.unmaskings).toBeUndefined();
  });

  it('is not granted of another who turns out to be the requester', () => {
    const inquest = asked();
    inquest.must(people.staff1, settle(inquest), now);
    const requester = { ...inquest.inquiry.requester, phone: '090-1234-5678' };
    inquest.must(people.staff1, { command: 'amend', requester }, later(11));
    expect(wishOf(inquest)).toMatchObject({ state: 'granted' });
    const { address } = people.colleague;
    inquest.must(people.staff1, { command: 'amend', requester: { address } }, later(12));
    expect(inquest.inquiry.unmaskings).toEqual([]);
  });
});
