import { describe, expect, it } from 'vitest';
import type { CommandOf } from '../../../../core/work/commands.ts';
import {
  bpo,
  bpoB,
  type CommandScenario,
  helpDeskActors,
  inquirySituations,
  secondsAfterStart,
  staffDesk,
} from '../command-scenario.ts';

const ask: CommandOf<'ask-unmasking'> = {
  command: 'ask-unmasking',
  of: 'requester',
  kinds: ['phone', 'phone', 'mail'],
  reason: '折り返しの電話のため',
};
const now = secondsAfterStart(10);

function asked(): CommandScenario {
  return inquirySituations['claimed by a1']().performCommand(helpDeskActors.a1, ask, now);
}

const wishOf = ({ inquiry }: CommandScenario) => inquiry.unmaskings?.[0];

function settle(
  inquest: CommandScenario,
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
    expect(inquirySituations['queued at bpo']().tryCommand(helpDeskActors.a2, ask, now)).toEqual([
      'UnmaskingAsked',
    ]);
  });

  it('is asked by nobody who sees all as it is, or nothing', () => {
    const inquest = inquirySituations['claimed by a1']();
    expect(inquest.tryCommand(helpDeskActors.staff1, ask, now)).toBe('access.forbidden');
    expect(inquest.tryCommand(helpDeskActors.requester, ask, now)).toBe('access.forbidden');
    expect(inquest.tryCommand(helpDeskActors.b1, ask, now)).toBe('access.not-found');
  });

  it('is refused for My Number, whatever else it asks for', () => {
    const number = { ...ask, kinds: ['mail', 'my-number'] } as const;
    const command = { ...number, kinds: [...number.kinds] };
    expect(asked().tryCommand(helpDeskActors.a1, command, now)).toBe('access.never-unmasked');
  });

  it('is not asked again while it waits for an answer, and is after it', () => {
    const inquest = asked();
    expect(inquest.tryCommand(helpDeskActors.a2, { ...ask, kinds: ['mail'] }, now)).toEqual([]);
    inquest.performCommand(
      helpDeskActors.staff1,
      settle(inquest, 'refused'),
      secondsAfterStart(11),
    );
    expect(
      inquest.tryCommand(helpDeskActors.a2, { ...ask, kinds: ['mail'] }, secondsAfterStart(12)),
    ).toEqual(['UnmaskingAsked']);
  });

  it('is refused while ten wait', () => {
    const inquest = inquirySituations['claimed by a1']();
    for (let count = 0; count < 10; count += 1) {
      inquest.performCommand(helpDeskActors.a1, { ...ask, of: `message-${count}` }, now);
    }
    expect(inquest.tryCommand(helpDeskActors.a1, ask, now)).toBe('access.forbidden');
  });

  it('is granted or refused by staff and leads, and by nobody of the vendor', () => {
    for (const [actor, outcome] of [
      [helpDeskActors.staff2, 'granted'],
      [helpDeskActors.lead, 'refused'],
    ] as const) {
      const inquest = asked();
      expect(inquest.tryCommand(actor, settle(inquest, outcome), now)).toEqual([
        'UnmaskingSettled',
      ]);
      expect(wishOf(inquest)).toMatchObject({ state: outcome });
    }
    const inquest = asked();
    expect(inquest.tryCommand(helpDeskActors.a2, settle(inquest), now)).toBe('access.forbidden');
    expect(inquest.tryCommand(helpDeskActors.requester, settle(inquest), now)).toBe(
      'access.forbidden',
    );
  });

  it('has one answer: the same again changes nothing, and another is refused', () => {
    const inquest = asked();
    inquest.performCommand(helpDeskActors.staff1, settle(inquest), now);
    expect(inquest.tryCommand(helpDeskActors.staff2, settle(inquest), now)).toEqual([]);
    expect(inquest.tryCommand(helpDeskActors.staff2, settle(inquest, 'refused'), now)).toBe(
      'access.unmasking-settled',
    );
  });

  it('ends when the inquiry leaves the desk, though it should come back', () => {
    const inquest = asked();
    inquest.performCommand(helpDeskActors.staff1, settle(inquest), now);
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'transfer', fence: 1, desk: staffDesk },
      secondsAfterStart(11),
    );
    expect(inquest.inquiry.unmaskings).toBeUndefined();
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'transfer', desk: bpo },
      secondsAfterStart(12),
    );
    expect(inquest.inquiry.unmaskings).toBeUndefined();
    const unknown = { command: 'settle-unmasking', unmasking: '-', outcome: 'granted' } as const;
    expect(inquest.tryCommand(helpDeskActors.staff1, unknown, secondsAfterStart(13))).toBe(
      'access.not-found',
    );
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'transfer', desk: bpoB },
      secondsAfterStart(14),
    );
    expect(inquest.tryCommand(helpDeskActors.a1, ask, secondsAfterStart(15))).toBe(
      'access.forbidden',
    );
  });

  it('ends when the inquiry is closed, though it should be reopened', () => {
    const inquest = asked();
    inquest.performCommand(helpDeskActors.staff1, settle(inquest), now);
    inquest.performCommand(helpDeskActors.lead, { command: 'resolve' }, secondsAfterStart(11));
    inquest.performCommand(helpDeskActors.requester, { command: 'close' }, secondsAfterStart(12));
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reopen', reason: 'まだです。' },
      secondsAfterStart(13),
    );
    expect(inquest.inquiry).toMatchObject({ status: 'queued', desk: bpo });
    expect(inquest.inquiry.unmaskings).toBeUndefined();
  });

  it('is not granted of another who turns out to be the requester', () => {
    const inquest = asked();
    inquest.performCommand(helpDeskActors.staff1, settle(inquest), now);
    const requester = { ...inquest.inquiry.requester, phone: '090-1234-5678' };
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'amend', requester },
      secondsAfterStart(11),
    );
    expect(wishOf(inquest)).toMatchObject({ state: 'granted' });
    const { address } = helpDeskActors.colleague;
    inquest.performCommand(
      helpDeskActors.staff1,
      { command: 'amend', requester: { address } },
      secondsAfterStart(12),
    );
    expect(inquest.inquiry.unmaskings).toEqual([]);
  });
});
