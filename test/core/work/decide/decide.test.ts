import { describe, expect, it } from 'vitest';
import { createSnapshot } from '../../../../core/inquiry/evolve.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import { decide } from '../../../../core/work/decide/decide.ts';
import { decideAbsorb } from '../../../../core/work/decide/decide-lifecycle.ts';
import {
  bpo,
  Inquest,
  inquiryId,
  later,
  other,
  people,
  quarantined,
  received,
  routedTo,
  situations,
  staffDesk,
  terms,
} from '../command-scenario.ts';

const now = later(10);

describe('a command on an inquiry', () => {
  it('is refused as stale when the actor saw another version', () => {
    const inquest = situations['queued at bpo']();
    const { version } = inquest.inquiry;
    const command = { command: 'claim' } as const;
    expect(inquest.give(people.a1, command, now, version - 1)).toBe('inquiry.stale');
    expect(inquest.give(people.a1, command, now, version)).toEqual(['InquiryClaimed']);
  });
});

describe('a lease', () => {
  it('gives a claim the desk’s first short time and a fence that grows with each holder', () => {
    const inquest = situations['queued at bpo']();
    inquest.must(people.a1, { command: 'claim' }, now);
    expect(inquest.lease).toMatchObject({ fence: 1, until: later(70), confirmed: false });
    inquest.must(people.a1, { command: 'release', fence: 1 }, later(11));
    expect(inquest.lease).toBeUndefined();
    inquest.must(people.a2, { command: 'claim' }, later(12));
    expect(inquest.lease).toMatchObject({ agent: 'a2', fence: 2 });
  });

  it('is lost by an agent who vanishes, and their late command is refused', () => {
    const inquest = situations['claimed by a1']();
    const late = { command: 'resolve', fence: 1, message: '直りました。' } as const;
    expect(inquest.give(people.a1, late, later(65))).toBe('work.lease-lost');
    expect(inquest.inquiry.status).toBe('queued');
    expect(inquest.events.at(-1)).toMatchObject({ type: 'LeaseLost', at: later(65), agent: 'a1' });
    expect(inquest.give(people.a2, { command: 'claim' }, later(66))).toEqual(['InquiryClaimed']);
    expect(inquest.give(people.a1, late, later(67))).toBe('work.lease-lost');
  });

  it('that heartbeats prolong is kept past its first end', () => {
    const inquest = situations['claimed by a1']();
    inquest.prolong(later(910));
    const reply = { command: 'reply', fence: 1, text: '確認中です。' } as const;
    expect(inquest.give(people.a1, reply, later(900))).toEqual(['ReplyPosted']);
  });

  it('ends when a lead hands the inquiry over, and with it the holder’s fence', () => {
    const inquest = situations['claimed by a1']();
    inquest.must(people.lead, { command: 'transfer', desk: staffDesk }, now);
    expect(inquest.lease).toBeUndefined();
    expect(inquest.events.at(-1)).toMatchObject({ type: 'InquiryTransferred', agent: 'a1' });
    const late = { command: 'reply', fence: 1, text: '?' } as const;
    expect(inquest.give(people.a1, late, later(11))).toBe('access.forbidden');
  });

  it('ends when the requester withdraws', () => {
    const inquest = situations['claimed by a1']();
    inquest.must(people.requester, { command: 'withdraw', reason: '自己解決' }, now);
    expect(inquest.lease).toBeUndefined();
    expect(inquest.inquiry).toMatchObject({ status: 'closed', closedBy: 'withdrawn' });
  });
});

describe('an answer', () => {
  it('is by the agent, and what the requester writes by the requester', () => {
    const inquest = situations['claimed by a1']();
    inquest.must(people.a1, { command: 'reply', fence: 1, text: '確認します。' }, now);
    inquest.must(people.requester, { command: 'reply', text: 'お願いします。' }, later(11));
    expect(inquest.events.slice(-2)).toMatchObject([
      { by: { kind: 'agent', sub: 'a1', vendor: 'vendor-a' }, message: { kind: 'agent' } },
      { by: { kind: 'requester', sub: 'requester' }, message: { kind: 'requester' } },
    ]);
  });

  it('of staff to an inquiry of their own is a requester’s message', () => {
    const own: typeof received =
      received.type === 'InquiryReceived'
        ? {
            ...received,
            received: { ...received.received, requester: { address: people.staff1.address } },
          }
        : received;
    const inquest = new Inquest(own, routedTo(bpo));
    const outcome = inquest.give(people.staff1, { command: 'reply', text: 'まだ?' }, now);
    expect(outcome).toEqual(['MessageReceived']);
  });

  it('comes too late once a closed inquiry can no longer be reopened', () => {
    const inquest = situations['closed after bpo']();
    const soon = later(13 * 86_400);
    const late = later(15 * 86_400);
    const reopen = { command: 'reopen', reason: '再発' } as const;
    const reply = { command: 'reply', text: '再発' } as const;
    expect(inquest.give(people.requester, reply, late)).toBe('work.too-late');
    expect(inquest.give(people.requester, reopen, late)).toBe('work.too-late');
    expect(inquest.give(people.requester, reopen, soon)).toEqual(['InquiryReopened']);
  });
});

describe('waiting for the requester', () => {
  it('reminds after the time that the agent asks for', () => {
    const inquest = situations['claimed by a1']();
    inquest.must(people.a1, { command: 'wait', fence: 1, remindAfterSeconds: 3600 }, now);
    expect(inquest.inquiry).toMatchObject({ status: 'waiting', remindAt: later(3610) });
    expect(inquest.inquiry.holder).toBeUndefined();
    expect(inquest.lease).toBeUndefined();
  });
});

describe('a rating', () => {
  it('is given once per resolution', () => {
    const inquest = situations['resolved at bpo']();
    const rate = { command: 'rate', score: 2, comment: '遅い' } as const;
    expect(inquest.give(people.requester, rate, now)).toEqual(['InquiryRated']);
    expect(inquest.give(people.requester, rate, now)).toBe('work.already-rated');
    inquest.must(people.requester, { command: 'reopen', reason: '再発' }, now);
    inquest.must(people.lead, { command: 'resolve' }, later(11));
    expect(inquest.give(people.requester, { ...rate, score: 5 }, later(12))).toEqual([
      'InquiryRated',
    ]);
  });
});

describe('a correction of the requester', () => {
  const phoned = (requester: object) => {
    if (received.type !== 'InquiryReceived') throw new TypeError('it opens an inquiry');
    return new Inquest({ ...received, received: { ...received.received, requester } });
  };

  it('adds to what is known of the same person', () => {
    const inquest = phoned({ name: '佐藤', phone: '03-1234-5678' });
    const requester = { address: people.requester.address, sub: 'requester' };
    inquest.must(people.staff1, { command: 'amend', requester }, now);
    expect(inquest.inquiry.requester).toEqual({
      name: '佐藤',
      phone: '03-1234-5678',
      ...requester,
    });
  });

  it('forgets what was known of another one', () => {
    const inquest = phoned({ address: people.stranger.address, sub: 'stranger', phone: '1' });
    const requester = { address: people.requester.address, name: '佐藤' };
    inquest.must(people.staff1, { command: 'amend', requester }, now);
    expect(inquest.inquiry.requester).toEqual(requester);
  });
});

describe('a merge', () => {
  const context = { actor: people.staff1, terms, now, messageId: 'm' };
  const target = situations['queued at bpo']().loaded;
  const another = (opening: typeof received) => {
    if (opening.type !== 'InquiryReceived' && opening.type !== 'InquiryQuarantined') {
      throw new TypeError('it opens an inquiry');
    }
    return {
      ...createSnapshot(other.into, opening),
      requester: { address: people.stranger.address },
    };
  };

  it('lets the other inquiry’s people take part', () => {
    const decision = decideAbsorb(target, another(received), context);
    expect(decision).toMatchObject({
      events: [
        {
          type: 'InquiryAbsorbed',
          from: other.into,
          joined: [{ address: people.stranger.address }, { address: people.colleague.address }],
        },
      ],
    });
  });

  it('lets nobody in whom quarantine holds back', () => {
    const decision = decideAbsorb(target, another(quarantined), context);
    expect(decision).toMatchObject({ events: [{ joined: [] }] });
  });

  it.each(['merged', 'quarantined'] as const)('is refused into one that is %s', (situation) => {
    const into = situations[situation]().loaded;
    const decision = decideAbsorb(into, another(received), context);
    expect(isRefusal(decision) && decision.refused).toBe('work.merge-target');
  });
});

describe('a claim', () => {
  it('of the next one leaves behind what asking again leads to', () => {
    const { loaded } = situations['queued at bpo']();
    const context = { actor: people.a1, terms, now, messageId: 'm' };
    const next = { desk: bpo, replaces: other.into };
    expect(decide(loaded, { command: 'claim', next }, context)).toMatchObject({
      pendingClaim: { agent: 'a1', desk: bpo, inquiryId, until: later(70), replaces: other.into },
    });
    expect(decide(loaded, { command: 'claim' }, context)).not.toHaveProperty('pendingClaim');
  });
});
