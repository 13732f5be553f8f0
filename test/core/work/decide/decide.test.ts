import { describe, expect, it } from 'vitest';
import type { OpeningEvent } from '../../../../core/inquiry/events/events.ts';
import { createSnapshot } from '../../../../core/inquiry/evolve.ts';
import type { Requester } from '../../../../core/inquiry/values/vocabulary.ts';
import { decideAbsorb } from '../../../../core/work/decide/decide-lifecycle.ts';
import {
  bpo,
  commandedInquiryId,
  helpDeskActors,
  makeReceivedEvent,
  makeRoutedEvent,
  mergeTarget,
  quarantinedEvent,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
  workStart,
} from '../../help-desk.ts';
import { given, type InquirySpecification } from '../../inquiry-specification.ts';

const now = secondsAfterStart(10);

describe('a command on an inquiry', () => {
  it('is refused as stale when the actor saw another version', () => {
    const scenario = given('queued at bpo');
    const { version } = scenario.inquiry;
    const command = { command: 'claim' } as const;
    scenario
      .when('a1', command, now, version - 1)
      .thenRefused('inquiry.stale')
      .when('a1', command, now, version)
      .thenEvents('InquiryClaimed');
  });
});

describe('a lease', () => {
  it('gives a claim the desk’s first short time and a fence that grows with each holder', () => {
    given('queued at bpo')
      .when('a1', { command: 'claim' }, now)
      .thenLease({ fence: 1, until: secondsAfterStart(70), confirmed: false })
      .when('a1', { command: 'release', fence: 1 }, secondsAfterStart(11))
      .thenNoLease()
      .when('a2', { command: 'claim' }, secondsAfterStart(12))
      .thenLease({ agent: 'a2', fence: 2 });
  });

  it('is lost by an agent who vanishes, and their late command is refused', () => {
    const scenario = given('claimed by a1');
    const late = { command: 'resolve', fence: 1, message: '直りました。' } as const;
    scenario
      .when('a1', late, secondsAfterStart(65))
      .thenRefused('work.lease-lost')
      .thenInquiry({ status: 'queued' });
    expect(scenario.events.at(-1)).toMatchObject({
      type: 'LeaseLost',
      at: secondsAfterStart(65),
      agent: 'a1',
    });
    scenario
      .when('a2', { command: 'claim' }, secondsAfterStart(66))
      .thenEvents('InquiryClaimed')
      .when('a1', late, secondsAfterStart(67))
      .thenRefused('work.lease-lost');
  });

  it('that heartbeats prolong is kept past its first end', () => {
    const reply = { command: 'reply', fence: 1, text: '確認中です。' } as const;
    given('claimed by a1')
      .withLeaseUntil(secondsAfterStart(910))
      .when('a1', reply, secondsAfterStart(900))
      .thenEvents('ReplyPosted');
  });

  it('ends when a lead hands the inquiry over, and with it the holder’s fence', () => {
    const late = { command: 'reply', fence: 1, text: '?' } as const;
    given('claimed by a1')
      .when('lead', { command: 'transfer', desk: staffDesk }, now)
      .thenEvents({ type: 'InquiryTransferred', agent: 'a1' })
      .thenNoLease()
      .when('a1', late, secondsAfterStart(11))
      .thenRefused('access.forbidden');
  });

  it('ends when the requester withdraws', () => {
    given('claimed by a1')
      .when('requester', { command: 'withdraw', reason: '自己解決' }, now)
      .thenNoLease()
      .thenInquiry({ status: 'closed', closedBy: 'withdrawn' });
  });
});

describe('an answer', () => {
  it('is by the agent, and what the requester writes by the requester', () => {
    given('claimed by a1')
      .when('a1', { command: 'reply', fence: 1, text: '確認します。' }, now)
      .thenEvents({
        type: 'ReplyPosted',
        by: { kind: 'agent', sub: 'a1', vendor: 'vendor-a' },
        message: { kind: 'agent' },
      })
      .when('requester', { command: 'reply', text: 'お願いします。' }, secondsAfterStart(11))
      .thenEvents({
        type: 'MessageReceived',
        by: { kind: 'requester', sub: 'requester' },
        message: { kind: 'requester' },
      });
  });

  it('of staff to an inquiry of their own is a requester’s message', () => {
    const requester = { address: helpDeskActors.staff1.address };
    given(makeReceivedEvent(workStart, { requester }), makeRoutedEvent(bpo))
      .when('staff1', { command: 'reply', text: 'まだ?' }, now)
      .thenEvents('MessageReceived');
  });

  it('comes too late once a closed inquiry can no longer be reopened', () => {
    const scenario = given('closed after bpo');
    const soon = secondsAfterStart(13 * 86_400);
    const late = secondsAfterStart(15 * 86_400);
    const reopen = { command: 'reopen', reason: '再発' } as const;
    const reply = { command: 'reply', text: '再発' } as const;
    scenario
      .when('requester', reply, late)
      .thenRefused('work.too-late')
      .when('requester', reopen, late)
      .thenRefused('work.too-late')
      .when('requester', reopen, soon)
      .thenEvents('InquiryReopened');
  });
});

describe('waiting for the requester', () => {
  it('reminds after the time that the agent asks for', () => {
    given('claimed by a1')
      .when('a1', { command: 'wait', fence: 1, remindAfterSeconds: 3600 }, now)
      .thenInquiry({ status: 'waiting', remindAt: secondsAfterStart(3610), holder: undefined })
      .thenNoLease();
  });
});

describe('a rating', () => {
  it('is given once per resolution', () => {
    const scenario = given('resolved at bpo');
    const rate = { command: 'rate', score: 2, comment: '遅い' } as const;
    scenario
      .when('requester', rate, now)
      .thenEvents('InquiryRated')
      .when('requester', rate, now)
      .thenRefused('work.already-rated')
      .when('requester', { command: 'reopen', reason: '再発' }, now)
      .when('lead', { command: 'resolve' }, secondsAfterStart(11))
      .when('requester', { ...rate, score: 5 }, secondsAfterStart(12))
      .thenEvents('InquiryRated');
  });
});

describe('a correction of the requester', () => {
  const phoned = (requester: Requester) => given(makeReceivedEvent(workStart, { requester }));

  it('adds to what is known of the same person', () => {
    const scenario = phoned({ name: '佐藤', phone: '03-1234-5678' });
    const requester = { address: helpDeskActors.requester.address, sub: 'requester' };
    scenario.when('staff1', { command: 'amend', requester }, now);
    expect(scenario.inquiry.requester).toEqual({
      name: '佐藤',
      phone: '03-1234-5678',
      ...requester,
    });
  });

  it('forgets what was known of another one', () => {
    const scenario = phoned({
      address: helpDeskActors.stranger.address,
      sub: 'stranger',
      phone: '1',
    });
    const requester = { address: helpDeskActors.requester.address, name: '佐藤' };
    scenario.when('staff1', { command: 'amend', requester }, now);
    expect(scenario.inquiry.requester).toEqual(requester);
  });
});

describe('a merge', () => {
  /** Merges an inquiry of the stranger, which an event opens, into a given one. */
  const absorb = (into: InquirySpecification, opening: OpeningEvent) =>
    into.whenDecided(now, (loaded, terms) => {
      const requester = { address: helpDeskActors.stranger.address };
      const merged = { ...createSnapshot(mergeTarget.into, opening), requester };
      return decideAbsorb(loaded, merged, {
        actor: helpDeskActors.staff1,
        terms,
        now,
        messageId: 'm',
      });
    });

  it('lets the other inquiry’s people take part', () => {
    absorb(given('queued at bpo'), receivedEvent).thenEvents({
      type: 'InquiryAbsorbed',
      from: mergeTarget.into,
      joined: [
        { address: helpDeskActors.stranger.address },
        { address: helpDeskActors.colleague.address },
      ],
    });
  });

  it('lets nobody in whom quarantine holds back', () => {
    absorb(given('queued at bpo'), quarantinedEvent).thenEvents({
      type: 'InquiryAbsorbed',
      joined: [],
    });
  });

  it.each(['merged', 'quarantined'] as const)('is refused into one that is %s', (situation) => {
    absorb(given(situation), receivedEvent).thenRefused('work.merge-target');
  });
});

describe('a claim', () => {
  it('of the next one leaves behind what asking again leads to', () => {
    const next = { desk: bpo, replaces: mergeTarget.into };
    given('queued at bpo')
      .when('a1', { command: 'claim', next }, now)
      .thenPendingClaim({
        agent: helpDeskActors.a1.sub,
        desk: bpo,
        inquiryId: commandedInquiryId,
        until: secondsAfterStart(70),
        replaces: mergeTarget.into,
      });
    given('queued at bpo').when('a1', { command: 'claim' }, now).thenNoPendingClaim();
  });
});
