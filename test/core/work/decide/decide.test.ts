import { describe, expect, it } from 'vitest';
import { createSnapshot } from '../../../../core/inquiry/evolve.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import { decide } from '../../../../core/work/decide/decide.ts';
import { decideAbsorb } from '../../../../core/work/decide/decide-lifecycle.ts';
import {
  bpo,
  CommandScenario,
  commandedInquiryId,
  deskListTerms,
  helpDeskActors,
  inquirySituations,
  makeRoutedEvent,
  mergeTarget,
  quarantinedEvent,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from '../command-scenario.ts';

const now = secondsAfterStart(10);

describe('a command on an inquiry', () => {
  it('is refused as stale when the actor saw another version', () => {
    const inquest = inquirySituations['queued at bpo']();
    const { version } = inquest.inquiry;
    const command = { command: 'claim' } as const;
    expect(inquest.tryCommand(helpDeskActors.a1, command, now, version - 1)).toBe('inquiry.stale');
    expect(inquest.tryCommand(helpDeskActors.a1, command, now, version)).toEqual([
      'InquiryClaimed',
    ]);
  });
});

describe('a lease', () => {
  it('gives a claim the desk’s first short time and a fence that grows with each holder', () => {
    const inquest = inquirySituations['queued at bpo']();
    inquest.performCommand(helpDeskActors.a1, { command: 'claim' }, now);
    expect(inquest.lease).toMatchObject({
      fence: 1,
      until: secondsAfterStart(70),
      confirmed: false,
    });
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'release', fence: 1 },
      secondsAfterStart(11),
    );
    expect(inquest.lease).toBeUndefined();
    inquest.performCommand(helpDeskActors.a2, { command: 'claim' }, secondsAfterStart(12));
    expect(inquest.lease).toMatchObject({ agent: 'a2', fence: 2 });
  });

  it('is lost by an agent who vanishes, and their late command is refused', () => {
    const inquest = inquirySituations['claimed by a1']();
    const late = { command: 'resolve', fence: 1, message: '直りました。' } as const;
    expect(inquest.tryCommand(helpDeskActors.a1, late, secondsAfterStart(65))).toBe(
      'work.lease-lost',
    );
    expect(inquest.inquiry.status).toBe('queued');
    expect(inquest.events.at(-1)).toMatchObject({
      type: 'LeaseLost',
      at: secondsAfterStart(65),
      agent: 'a1',
    });
    expect(
      inquest.tryCommand(helpDeskActors.a2, { command: 'claim' }, secondsAfterStart(66)),
    ).toEqual(['InquiryClaimed']);
    expect(inquest.tryCommand(helpDeskActors.a1, late, secondsAfterStart(67))).toBe(
      'work.lease-lost',
    );
  });

  it('that heartbeats prolong is kept past its first end', () => {
    const inquest = inquirySituations['claimed by a1']();
    inquest.prolong(secondsAfterStart(910));
    const reply = { command: 'reply', fence: 1, text: '確認中です。' } as const;
    expect(inquest.tryCommand(helpDeskActors.a1, reply, secondsAfterStart(900))).toEqual([
      'ReplyPosted',
    ]);
  });

  it('ends when a lead hands the inquiry over, and with it the holder’s fence', () => {
    const inquest = inquirySituations['claimed by a1']();
    inquest.performCommand(helpDeskActors.lead, { command: 'transfer', desk: staffDesk }, now);
    expect(inquest.lease).toBeUndefined();
    expect(inquest.events.at(-1)).toMatchObject({ type: 'InquiryTransferred', agent: 'a1' });
    const late = { command: 'reply', fence: 1, text: '?' } as const;
    expect(inquest.tryCommand(helpDeskActors.a1, late, secondsAfterStart(11))).toBe(
      'access.forbidden',
    );
  });

  it('ends when the requester withdraws', () => {
    const inquest = inquirySituations['claimed by a1']();
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'withdraw', reason: '自己解決' },
      now,
    );
    expect(inquest.lease).toBeUndefined();
    expect(inquest.inquiry).toMatchObject({ status: 'closed', closedBy: 'withdrawn' });
  });
});

describe('an answer', () => {
  it('is by the agent, and what the requester writes by the requester', () => {
    const inquest = inquirySituations['claimed by a1']();
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'reply', fence: 1, text: '確認します。' },
      now,
    );
    inquest.performCommand(
      helpDeskActors.requester,
      { command: 'reply', text: 'お願いします。' },
      secondsAfterStart(11),
    );
    expect(inquest.events.slice(-2)).toMatchObject([
      { by: { kind: 'agent', sub: 'a1', vendor: 'vendor-a' }, message: { kind: 'agent' } },
      { by: { kind: 'requester', sub: 'requester' }, message: { kind: 'requester' } },
    ]);
  });

  it('of staff to an inquiry of their own is a requester’s message', () => {
    const own: typeof receivedEvent =
      receivedEvent.type === 'InquiryReceived'
        ? {
            ...receivedEvent,
            received: {
              ...receivedEvent.received,
              requester: { address: helpDeskActors.staff1.address },
            },
          }
        : receivedEvent;
    const inquest = new CommandScenario(own, makeRoutedEvent(bpo));
    const outcome = inquest.tryCommand(
      helpDeskActors.staff1,
      { command: 'reply', text: 'まだ?' },
      now,
    );
    expect(outcome).toEqual(['MessageReceived']);
  });

  it('comes too late once a closed inquiry can no longer be reopened', () => {
    const inquest = inquirySituations['closed after bpo']();
    const soon = secondsAfterStart(13 * 86_400);
    const late = secondsAfterStart(15 * 86_400);
    const reopen = { command: 'reopen', reason: '再発' } as const;
    const reply = { command: 'reply', text: '再発' } as const;
    expect(inquest.tryCommand(helpDeskActors.requester, reply, late)).toBe('work.too-late');
    expect(inquest.tryCommand(helpDeskActors.requester, reopen, late)).toBe('work.too-late');
    expect(inquest.tryCommand(helpDeskActors.requester, reopen, soon)).toEqual(['InquiryReopened']);
  });
});

describe('waiting for the requester', () => {
  it('reminds after the time that the agent asks for', () => {
    const inquest = inquirySituations['claimed by a1']();
    inquest.performCommand(
      helpDeskActors.a1,
      { command: 'wait', fence: 1, remindAfterSeconds: 3600 },
      now,
    );
    expect(inquest.inquiry).toMatchObject({ status: 'waiting', remindAt: secondsAfterStart(3610) });
    expect(inquest.inquiry.holder).toBeUndefined();
    expect(inquest.lease).toBeUndefined();
  });
});

describe('a rating', () => {
  it('is given once per resolution', () => {
    const inquest = inquirySituations['resolved at bpo']();
    const rate = { command: 'rate', score: 2, comment: '遅い' } as const;
    expect(inquest.tryCommand(helpDeskActors.requester, rate, now)).toEqual(['InquiryRated']);
    expect(inquest.tryCommand(helpDeskActors.requester, rate, now)).toBe('work.already-rated');
    inquest.performCommand(helpDeskActors.requester, { command: 'reopen', reason: '再発' }, now);
    inquest.performCommand(helpDeskActors.lead, { command: 'resolve' }, secondsAfterStart(11));
    expect(
      inquest.tryCommand(helpDeskActors.requester, { ...rate, score: 5 }, secondsAfterStart(12)),
    ).toEqual(['InquiryRated']);
  });
});

describe('a correction of the requester', () => {
  const phoned = (requester: object) => {
    if (receivedEvent.type !== 'InquiryReceived') throw new TypeError('it opens an inquiry');
    return new CommandScenario({
      ...receivedEvent,
      received: { ...receivedEvent.received, requester },
    });
  };

  it('adds to what is known of the same person', () => {
    const inquest = phoned({ name: '佐藤', phone: '03-1234-5678' });
    const requester = { address: helpDeskActors.requester.address, sub: 'requester' };
    inquest.performCommand(helpDeskActors.staff1, { command: 'amend', requester }, now);
    expect(inquest.inquiry.requester).toEqual({
      name: '佐藤',
      phone: '03-1234-5678',
      ...requester,
    });
  });

  it('forgets what was known of another one', () => {
    const inquest = phoned({
      address: helpDeskActors.stranger.address,
      sub: 'stranger',
      phone: '1',
    });
    const requester = { address: helpDeskActors.requester.address, name: '佐藤' };
    inquest.performCommand(helpDeskActors.staff1, { command: 'amend', requester }, now);
    expect(inquest.inquiry.requester).toEqual(requester);
  });
});

describe('a merge', () => {
  const context = { actor: helpDeskActors.staff1, terms: deskListTerms, now, messageId: 'm' };
  const target = inquirySituations['queued at bpo']().loaded;
  const another = (opening: typeof receivedEvent) => {
    if (opening.type !== 'InquiryReceived' && opening.type !== 'InquiryQuarantined') {
      throw new TypeError('it opens an inquiry');
    }
    return {
      ...createSnapshot(mergeTarget.into, opening),
      requester: { address: helpDeskActors.stranger.address },
    };
  };

  it('lets the other inquiry’s people take part', () => {
    const decision = decideAbsorb(target, another(receivedEvent), context);
    expect(decision).toMatchObject({
      events: [
        {
          type: 'InquiryAbsorbed',
          from: mergeTarget.into,
          joined: [
            { address: helpDeskActors.stranger.address },
            { address: helpDeskActors.colleague.address },
          ],
        },
      ],
    });
  });

  it('lets nobody in whom quarantine holds back', () => {
    const decision = decideAbsorb(target, another(quarantinedEvent), context);
    expect(decision).toMatchObject({ events: [{ joined: [] }] });
  });

  it.each(['merged', 'quarantined'] as const)('is refused into one that is %s', (situation) => {
    const into = inquirySituations[situation]().loaded;
    const decision = decideAbsorb(into, another(receivedEvent), context);
    expect(isRefusal(decision) && decision.refused).toBe('work.merge-target');
  });
});

describe('a claim', () => {
  it('of the next one leaves behind what asking again leads to', () => {
    const { loaded } = inquirySituations['queued at bpo']();
    const context = { actor: helpDeskActors.a1, terms: deskListTerms, now, messageId: 'm' };
    const next = { desk: bpo, replaces: mergeTarget.into };
    expect(decide(loaded, { command: 'claim', next }, context)).toMatchObject({
      pendingClaim: {
        agent: 'a1',
        desk: bpo,
        inquiryId: commandedInquiryId,
        until: secondsAfterStart(70),
        replaces: mergeTarget.into,
      },
    });
    expect(decide(loaded, { command: 'claim' }, context)).not.toHaveProperty('pendingClaim');
  });
});
