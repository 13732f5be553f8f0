import type { EventType } from './events/events.ts';
import { openStatuses, type Status } from './snapshot.ts';

type Transition = {
  /** Statuses in which the event is legal; `none` is before the inquiry exists. */
  readonly from: readonly (Status | 'none')[];
  /** The status after it; `same` leaves it. */
  readonly to: Status | 'same' | 'desk-or-new';
};

const live = [...openStatuses, 'resolved'] as const;
const atDesk = ['queued', 'in_progress', 'waiting'] as const;
const anyButMerged = [...live, 'closed', 'quarantined'] as const;

/**
 * The one table of legal transitions: from which statuses an event may follow, and where it leads.
 *
 * `desk-or-new`: a reopened inquiry waits at its desk again, or is `new` when it never had one
 * (resolved on the call).
 */
export const transitions = {
  InquiryReceived: { from: ['none'], to: 'new' },
  InquiryQuarantined: { from: ['none'], to: 'quarantined' },
  QuarantineAged: { from: ['quarantined'], to: 'same' },
  InquiryAdmitted: { from: ['quarantined'], to: 'new' },
  QuarantineDiscarded: { from: ['quarantined'], to: 'closed' },
  InquiryAnnounced: { from: ['new', 'queued'], to: 'same' },
  InquiryRouted: { from: ['new'], to: 'queued' },
  InquiryClaimed: { from: ['queued'], to: 'in_progress' },
  InquiryAssigned: { from: ['queued'], to: 'in_progress' },
  AssignmentAccepted: { from: ['in_progress'], to: 'same' },
  AssignmentDeclined: { from: ['in_progress'], to: 'queued' },
  InquiryReleased: { from: ['in_progress'], to: 'queued' },
  NobodyFound: { from: ['queued'], to: 'same' },
  LeaseLost: { from: ['in_progress'], to: 'queued' },
  InquiryTransferred: { from: openStatuses, to: 'queued' },
  MessageReceived: { from: [...live, 'closed'], to: 'same' },
  ReplyPosted: { from: live, to: 'same' },
  NotePosted: { from: [...live, 'closed'], to: 'same' },
  RequesterAwaited: { from: ['in_progress'], to: 'waiting' },
  RequesterReminded: { from: ['waiting'], to: 'same' },
  InquiryResumed: { from: ['waiting'], to: 'queued' },
  InquiryResolved: { from: openStatuses, to: 'resolved' },
  InquiryReopened: { from: ['resolved', 'closed'], to: 'desk-or-new' },
  InquiryWithdrawn: { from: openStatuses, to: 'closed' },
  InquiryClosed: { from: ['resolved'], to: 'closed' },
  InquiryMerged: { from: [...live, 'quarantined'], to: 'merged' },
  InquiryAbsorbed: { from: [...live, 'closed'], to: 'same' },
  InquiryAmended: { from: live, to: 'same' },
  DeliveryFailed: { from: anyButMerged, to: 'same' },
  InquiryRated: { from: ['resolved', 'closed'], to: 'same' },
  NoReplyNeeded: { from: atDesk, to: 'same' },
  UnmaskingAsked: { from: [...atDesk, 'resolved'], to: 'same' },
  UnmaskingSettled: { from: [...atDesk, 'resolved'], to: 'same' },
  ClocksReckoned: { from: openStatuses, to: 'same' },
  ClockWarned: { from: openStatuses, to: 'same' },
  ClockBreached: { from: openStatuses, to: 'same' },
  EscalationStepped: { from: openStatuses, to: 'same' },
  EscalationAcknowledged: { from: openStatuses, to: 'same' },
  BreachReviewed: { from: [...live, 'closed', 'merged'], to: 'same' },
} as const satisfies Record<EventType, Transition>;

/** Whether an event may follow in a status. */
export function isLegal(status: Status | 'none', type: EventType): boolean {
  const from: readonly (Status | 'none')[] = transitions[type].from;
  return from.includes(status);
}

/** The status to which an event leads; `desk` is the inquiry's desk after the event. */
export function statusAfter(status: Status, type: EventType, desk: string | undefined): Status {
  const { to } = transitions[type];
  if (to === 'same') return status;
  if (to === 'desk-or-new') return desk === undefined ? 'new' : 'queued';
  return to;
}
