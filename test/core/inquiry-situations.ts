import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { Command } from '../../core/work/commands.ts';
import {
  type ActorName,
  bpo,
  helpDeskActors,
  makeAssignedEvent,
  makeRoutedEvent,
  mergeTarget,
  quarantinedEvent,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from './help-desk.ts';

/** What has happened to an inquiry: first the events, then the commands. */
type InquiryHistory = {
  readonly events: readonly [InquiryEvent, ...InquiryEvent[]];
  readonly commands?: readonly (readonly [ActorName, Command, Instant])[];
};

const atBpo = [receivedEvent, makeRoutedEvent(bpo)] as const;
const offered = [
  receivedEvent,
  makeRoutedEvent(staffDesk),
  makeAssignedEvent(helpDeskActors.staff1),
] as const;
const claimedByA1 = ['a1', { command: 'claim' }, secondsAfterStart(5)] as const;

/** The situations of an inquiry for which commands are tested, all reached within ten seconds. */
const inquirySituations = {
  new: { events: [receivedEvent] },
  'queued at bpo': { events: atBpo },
  'claimed by a1': { events: atBpo, commands: [claimedByA1] },
  'thanked while a1 has it': {
    events: atBpo,
    commands: [
      claimedByA1,
      ['a1', { command: 'reply', fence: 1, text: '直りました。' }, secondsAfterStart(6)],
      ['requester', { command: 'reply', text: 'ありがとうございます。' }, secondsAfterStart(7)],
    ],
  },
  'offered to staff1': { events: offered },
  'accepted by staff1': {
    events: offered,
    commands: [['staff1', { command: 'heartbeat' }, secondsAfterStart(5)]],
  },
  'waiting at bpo': {
    events: atBpo,
    commands: [claimedByA1, ['a1', { command: 'wait', fence: 1 }, secondsAfterStart(6)]],
  },
  'resolved at bpo': {
    events: atBpo,
    commands: [
      claimedByA1,
      ['a1', { command: 'resolve', fence: 1, message: '直りました。' }, secondsAfterStart(6)],
    ],
  },
  'closed after bpo': {
    events: atBpo,
    commands: [
      claimedByA1,
      ['a1', { command: 'resolve', fence: 1 }, secondsAfterStart(6)],
      ['requester', { command: 'close' }, secondsAfterStart(7)],
    ],
  },
  withdrawn: {
    events: [receivedEvent],
    commands: [['requester', { command: 'withdraw' }, secondsAfterStart(5)]],
  },
  quarantined: { events: [quarantinedEvent] },
  merged: {
    events: atBpo,
    commands: [['staff1', { command: 'merge', ...mergeTarget }, secondsAfterStart(5)]],
  },
} as const satisfies Readonly<Record<string, InquiryHistory>>;
export type InquirySituation = keyof typeof inquirySituations;

/** The history that leads to a situation. */
export function historyOf(situation: InquirySituation): InquiryHistory {
  return inquirySituations[situation];
}
