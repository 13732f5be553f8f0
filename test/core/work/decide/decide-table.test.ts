import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../../core/inquiry/events/events.ts';
import type { RefusalCode } from '../../../../core/inquiry/refusal.ts';
import type { Command } from '../../../../core/work/commands.ts';
import {
  type ActorName,
  bpo,
  bpoB,
  commandedInquiryId,
  mergeTarget,
  secondsAfterStart,
  staffDesk,
} from '../../help-desk.ts';
import type { InquirySituation } from '../../inquiry-situations.ts';
import { given } from '../../inquiry-specification.ts';

const now = secondsAfterStart(10);

/** Given a situation, when somebody gives a command, then these events. */
const accepted: readonly [InquirySituation, ActorName, Command, readonly EventType[]][] = [
  ['queued at bpo', 'a1', { command: 'claim' }, ['InquiryClaimed']],
  ['claimed by a1', 'a1', { command: 'claim' }, []],
  ['claimed by a1', 'a1', { command: 'heartbeat', fence: 1 }, []],
  ['offered to staff1', 'staff1', { command: 'heartbeat' }, ['AssignmentAccepted']],
  ['accepted by staff1', 'staff1', { command: 'heartbeat', fence: 1 }, []],
  ['claimed by a1', 'a1', { command: 'release', fence: 1, note: '担当外' }, ['InquiryReleased']],
  ['claimed by a1', 'lead', { command: 'release' }, ['InquiryReleased']],
  ['offered to staff1', 'staff1', { command: 'decline' }, ['AssignmentDeclined']],
  [
    'claimed by a1',
    'a1',
    { command: 'transfer', fence: 1, desk: staffDesk },
    ['InquiryTransferred'],
  ],
  ['queued at bpo', 'staff1', { command: 'transfer', desk: bpoB }, ['InquiryTransferred']],
  ['new', 'staff1', { command: 'transfer', desk: bpo }, ['InquiryTransferred']],
  ['claimed by a1', 'a1', { command: 'wait', fence: 1 }, ['RequesterAwaited']],
  [
    'claimed by a1',
    'a1',
    { command: 'wait', fence: 1, message: '型番は何ですか。' },
    ['ReplyPosted', 'RequesterAwaited'],
  ],
  ['waiting at bpo', 'a2', { command: 'resume' }, ['InquiryResumed']],
  ['waiting at bpo', 'a1', { command: 'resume', fence: 1 }, ['InquiryResumed']],
  ['claimed by a1', 'a1', { command: 'resolve', fence: 1 }, ['InquiryResolved']],
  ['queued at bpo', 'staff1', { command: 'resolve', silent: true }, ['InquiryResolved']],
  [
    'offered to staff1',
    'staff1',
    { command: 'resolve', message: '直りました。' },
    ['AssignmentAccepted', 'InquiryResolved'],
  ],
  ['thanked while a1 has it', 'a1', { command: 'no-reply-needed', fence: 1 }, ['NoReplyNeeded']],
  ['thanked while a1 has it', 'lead', { command: 'no-reply-needed' }, ['NoReplyNeeded']],
  ['claimed by a1', 'a1', { command: 'reply', fence: 1, text: '確認します。' }, ['ReplyPosted']],
  ['claimed by a1', 'lead', { command: 'reply', text: '私から。' }, ['ReplyPosted']],
  [
    'offered to staff1',
    'staff1',
    { command: 'reply', text: '確認します。' },
    ['AssignmentAccepted', 'ReplyPosted'],
  ],
  ['claimed by a1', 'staff1', { command: 'note', text: '前回と同じ。' }, ['NotePosted']],
  ['claimed by a1', 'a1', { command: 'note', fence: 1, text: '前回と同じ。' }, ['NotePosted']],
  ['claimed by a1', 'requester', { command: 'reply', text: 'まだです。' }, ['MessageReceived']],
  [
    'waiting at bpo',
    'colleague',
    { command: 'reply', text: 'X1 です。' },
    ['MessageReceived', 'InquiryResumed'],
  ],
  [
    'resolved at bpo',
    'requester',
    { command: 'reply', text: 'まただめです。' },
    ['MessageReceived', 'InquiryReopened'],
  ],
  ['closed after bpo', 'requester', { command: 'reopen', reason: '再発' }, ['InquiryReopened']],
  ['resolved at bpo', 'a2', { command: 'reopen', reason: '誤り' }, ['InquiryReopened']],
  ['withdrawn', 'lead', { command: 'reopen', reason: '電話あり' }, ['InquiryReopened']],
  ['claimed by a1', 'requester', { command: 'withdraw' }, ['InquiryWithdrawn']],
  ['queued at bpo', 'staff1', { command: 'withdraw', reason: '電話で' }, ['InquiryWithdrawn']],
  ['resolved at bpo', 'requester', { command: 'close' }, ['InquiryClosed']],
  ['closed after bpo', 'requester', { command: 'rate', score: 5 }, ['InquiryRated']],
  ['queued at bpo', 'staff1', { command: 'amend', priority: 'critical' }, ['InquiryAmended']],
  ['claimed by a1', 'lead', { command: 'merge', ...mergeTarget }, ['InquiryMerged']],
];

const refused: readonly [InquirySituation, ActorName, Command, RefusalCode][] = [
  ['queued at bpo', 'stranger', { command: 'reply', text: '?' }, 'access.not-found'],
  ['queued at bpo', 'b1', { command: 'claim' }, 'access.not-found'],
  ['queued at bpo', 'requester', { command: 'resolve' }, 'access.forbidden'],
  ['queued at bpo', 'requester', { command: 'note', text: '?' }, 'access.forbidden'],
  ['queued at bpo', 'colleague', { command: 'withdraw' }, 'access.forbidden'],
  ['claimed by a1', 'a1', { command: 'amend', priority: 'low' }, 'access.forbidden'],
  ['closed after bpo', 'a1', { command: 'reopen', reason: '?' }, 'access.forbidden'],
  ['queued at bpo', 'staff1', { command: 'claim' }, 'access.forbidden'],
  ['claimed by a1', 'a2', { command: 'claim' }, 'work.already-claimed'],
  ['accepted by staff1', 'lead', { command: 'claim' }, 'work.already-claimed'],
  ['new', 'lead', { command: 'claim' }, 'work.not-waiting'],
  ['waiting at bpo', 'a1', { command: 'claim' }, 'work.not-waiting'],
  ['queued at bpo', 'a1', { command: 'claim', next: { desk: bpoB } }, 'work.not-waiting'],
  ['claimed by a1', 'a1', { command: 'reply', text: '?' }, 'work.lease-lost'],
  ['claimed by a1', 'a1', { command: 'resolve', fence: 2 }, 'work.lease-lost'],
  ['claimed by a1', 'a2', { command: 'resolve', fence: 1 }, 'work.lease-lost'],
  ['claimed by a1', 'lead', { command: 'reply', fence: 1, text: '?' }, 'work.lease-lost'],
  ['claimed by a1', 'a1', { command: 'heartbeat', fence: 9 }, 'work.lease-lost'],
  ['accepted by staff1', 'staff1', { command: 'resolve', fence: 9 }, 'work.lease-lost'],
  ['waiting at bpo', 'a1', { command: 'resume', fence: 7 }, 'work.lease-lost'],
  ['claimed by a1', 'a2', { command: 'reply', text: '?' }, 'work.not-holder'],
  ['claimed by a1', 'a2', { command: 'note', text: '?' }, 'work.not-holder'],
  ['queued at bpo', 'a1', { command: 'resolve' }, 'work.not-holder'],
  ['claimed by a1', 'lead', { command: 'heartbeat' }, 'work.not-holder'],
  ['queued at bpo', 'lead', { command: 'release' }, 'work.not-holder'],
  ['claimed by a1', 'staff1', { command: 'reply', text: '?' }, 'work.already-claimed'],
  ['accepted by staff1', 'staff2', { command: 'resolve' }, 'work.already-claimed'],
  ['accepted by staff1', 'staff1', { command: 'decline' }, 'work.not-assigned'],
  ['offered to staff1', 'lead', { command: 'decline' }, 'work.not-assigned'],
  [
    'queued at bpo',
    'staff1',
    { command: 'transfer', desk: 'nowhere' as typeof bpo },
    'work.unknown-desk',
  ],
  ['queued at bpo', 'staff1', { command: 'transfer', desk: bpo }, 'work.same-desk'],
  ['claimed by a1', 'a1', { command: 'transfer', fence: 1, desk: bpoB }, 'access.forbidden'],
  [
    'claimed by a1',
    'a1',
    { command: 'transfer', fence: 1, desk: 'nowhere' as typeof bpo },
    'access.forbidden',
  ],
  ['claimed by a1', 'a1', { command: 'no-reply-needed', fence: 1 }, 'work.nothing-unanswered'],
  ['resolved at bpo', 'lead', { command: 'no-reply-needed' }, 'work.nothing-unanswered'],
  ['thanked while a1 has it', 'a2', { command: 'no-reply-needed' }, 'work.not-holder'],
  ['thanked while a1 has it', 'a1', { command: 'no-reply-needed' }, 'work.lease-lost'],
  ['thanked while a1 has it', 'requester', { command: 'no-reply-needed' }, 'access.forbidden'],
  ['queued at bpo', 'lead', { command: 'wait' }, 'inquiry.illegal-transition'],
  ['queued at bpo', 'a1', { command: 'resume' }, 'inquiry.illegal-transition'],
  ['resolved at bpo', 'lead', { command: 'resolve' }, 'inquiry.illegal-transition'],
  ['resolved at bpo', 'requester', { command: 'withdraw' }, 'inquiry.illegal-transition'],
  ['queued at bpo', 'requester', { command: 'close' }, 'inquiry.illegal-transition'],
  ['queued at bpo', 'requester', { command: 'rate', score: 1 }, 'inquiry.illegal-transition'],
  ['queued at bpo', 'requester', { command: 'reopen', reason: '?' }, 'inquiry.illegal-transition'],
  ['withdrawn', 'requester', { command: 'rate', score: 1 }, 'inquiry.illegal-transition'],
  ['withdrawn', 'requester', { command: 'reopen', reason: '?' }, 'work.too-late'],
  ['withdrawn', 'requester', { command: 'reply', text: '?' }, 'work.too-late'],
  ['closed after bpo', 'lead', { command: 'amend', priority: 'low' }, 'inquiry.illegal-transition'],
  ['quarantined', 'requester', { command: 'reply', text: '?' }, 'access.not-found'],
  ['quarantined', 'staff1', { command: 'note', text: '?' }, 'access.not-found'],
  ['quarantined', 'lead', { command: 'note', text: '?' }, 'inquiry.illegal-transition'],
  ['merged', 'lead', { command: 'reply', text: '?' }, 'inquiry.merged'],
  ['merged', 'requester', { command: 'reply', text: '?' }, 'inquiry.merged'],
  [
    'queued at bpo',
    'lead',
    { command: 'merge', ...mergeTarget, into: commandedInquiryId },
    'work.merge-target',
  ],
];

function describeCommand({ command, ...fields }: Command): string {
  const details = JSON.stringify(fields);
  return details === '{}' ? command : `${command} ${details}`;
}

describe('a command on an inquiry', () => {
  it.each(accepted.map((row) => [row[0], row[1], describeCommand(row[2]), row] as const))(
    'is accepted: %s, %s, %s',
    (_situation, _name, _command, [situation, name, command, events]) => {
      given(situation)
        .when(name, command, now)
        .thenEvents(...events);
    },
  );

  it.each(refused.map((row) => [row[3], row[0], row[1], describeCommand(row[2]), row] as const))(
    'is refused with %s: %s, %s, %s',
    (_code, _situation, _name, _command, [situation, name, command, code]) => {
      const { loaded } = given(situation);
      const refusal = given(situation).when(name, command, now).thenRefused(code);
      expect(refusal.loaded).toEqual(loaded);
    },
  );
});
