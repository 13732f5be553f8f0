import type { EventType } from './events/events.ts';
import { type InquiryStatus, openStatuses } from './snapshot.ts';

type Transition = {
  /** Statuses in which the event is legal; `none` is before the inquiry exists. */
  readonly from: readonly (InquiryStatus | 'none')[];
  /** The status after it; `same` leaves it unchanged. */
  readonly to: InquiryStatus | 'same' | 'desk-or-new';
};

const liveStatuses = [...openStatuses, 'resolved'] as const;
const atDeskStatuses = ['queued', 'in_progress', 'waiting'] as const;
const unmergedStatuses = [...liveStatuses, 'closed', 'quarantined'] as const;

/**
 * The one table of legal transitions: from which statuses an event may follow, and where it leads.
 *
 * `desk-or-new`: a reopened inquiry waits at its desk again, or is `new` when it never had one
 * (resolved on the call).
 */
export const statusTransitions = {
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
  MessageReceived: { from: [...liveStatuses, 'closed'], to: 'same' },
  ReplyPosted: { from: liveStatuses, to: 'same' },
  NotePosted: { from: [...liveStatuses, 'closed'], to: 'same' },
  RequesterAwaited: { from: ['in_progress'], to: 'waiting' },
  RequesterReminded: { from: ['waiting'], to: 'same' },
  InquiryResumed: { from: ['waiting'], to: 'queued' },
  InquiryResolved: { from: openStatuses, to: 'resolved' },
  InquiryReopened: { from: ['resolved', 'closed'], to: 'desk-or-new' },
  InquiryWithdrawn: { from: openStatuses, to: 'closed' },
  InquiryClosed: { from: ['resolved'], to: 'closed' },
  InquiryMerged: { from: [...liveStatuses, 'quarantined'], to: 'merged' },
  InquiryAbsorbed: { from: [...liveStatuses, 'closed'], to: 'same' },
  InquiryAmended: { from: liveStatuses, to: 'same' },
  DeliveryFailed: { from: unmergedStatuses, to: 'same' },
  InquiryRated: { from: ['resolved', 'closed'], to: 'same' },
  NoReplyNeeded: { from: atDeskStatuses, to: 'same' },
  UnmaskingAsked: { from: [...atDeskStatuses, 'resolved'], to: 'same' },
  UnmaskingSettled: { from: [...atDeskStatuses, 'resolved'], to: 'same' },
  ClocksReckoned: { from: openStatuses, to: 'same' },
  ClockWarned: { from: openStatuses, to: 'same' },
  ClockBreached: { from: openStatuses, to: 'same' },
  EscalationStepped: { from: openStatuses, to: 'same' },
  EscalationAcknowledged: { from: openStatuses, to: 'same' },
  BreachReviewed: { from: [...liveStatuses, 'closed', 'merged'], to: 'same' },
} as const satisfies Record<EventType, Transition>;

/** Whether an event may follow in a status. */
export function isLegalTransition(status: InquiryStatus | 'none', type: EventType): boolean {
  const from: readonly (InquiryStatus | 'none')[] = statusTransitions[type].from;
  return from.includes(status);
}

/** The status to which an event leads; `desk` is the inquiry's desk after the event. */
export function findNextStatus(
  status: InquiryStatus,
  type: EventType,
  desk: string | undefined,
): InquiryStatus {
  const { to } = statusTransitions[type];
  if (to === 'same') return status;
  if (to === 'desk-or-new') return desk === undefined ? 'new' : 'queued';
  return to;
}
