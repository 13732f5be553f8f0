import * as z from 'zod';
import { type EscalationReason, type EscalationRecipient, WebhookId } from '../clock/escalation.ts';
import type { InquiryEvent } from '../events/events.ts';
import type { Inquiry } from '../snapshot.ts';
import { DeskId, EmailAddress, InquiryId, Instant, Sub } from '../values/ids.ts';
import type { Correspondent } from '../values/message.ts';
import { isErasedAddress } from '../values/pseudonym.ts';

export const NoticeKind = z.enum([
  'acknowledgement',
  'reply',
  'resolution',
  'reminder',
  'over-limit',
  'assigned',
  'transferred',
  'lease-lost',
  'message-arrived',
  'delivery-failed',
  'quarantined',
  'sla-warning',
  'sla-breach',
  'emergency',
  'flagged',
  'nobody-found',
  'unmasking-asked',
  'unmasking-settled',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;

/**
 * Who is notified: a mail address, a person of the registry, all leads, everybody present at a
 * desk, or a webhook of the policies.
 */
export const NoticeRecipient = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('address'), address: EmailAddress }),
  z.strictObject({ to: z.literal('person'), sub: Sub }),
  z.strictObject({ to: z.literal('leads') }),
  z.strictObject({ to: z.literal('desk'), desk: DeskId }),
  z.strictObject({ to: z.literal('webhook'), webhook: WebhookId }),
]);
export type NoticeRecipient = z.infer<typeof NoticeRecipient>;

/**
 * A message that the system owes to somebody because of an event.
 *
 * It is written in its event's transaction as `pending`, with an alarm until it is `sent`. A sender
 * moves it to `sending` until an instant, so that two senders never send it at once. `withheld`
 * means kept back by the limits on automatic mail or an undeliverable address, `expanded` replaced
 * by one notice for each of several people.
 */
export const Notice = z.strictObject({
  inquiryId: InquiryId,
  /** The event that owes it. */
  seq: z.int().min(1),
  kind: NoticeKind,
  recipient: NoticeRecipient,
  state: z.enum(['pending', 'sending', 'sent', 'withheld', 'failed', 'expanded']),
  owedAt: Instant,
  sendingUntil: Instant.optional(),
  attempts: z.int().min(0),
  /** Attempts that ended without an answer, each of which may have sent it. */
  unanswered: z.int().min(1).optional(),
  /** The Message-ID under which SES sent it. */
  wireId: z.string().max(200).optional(),
  sentAt: Instant.optional(),
  /**
   * It stands for all notices that the limits held back for its mailbox or webhook in `[from,
   * until)`.
   */
  digest: z.strictObject({ from: Instant, until: Instant }).optional(),
  /** Why it was withheld or failed, or that it may have been sent twice. */
  remark: z.string().max(500).optional(),
});
export type Notice = z.infer<typeof Notice>;

/** A notice's key within its inquiry: its event, kind and recipient. */
export function noticeKeyOf(notice: Pick<Notice, 'seq' | 'kind' | 'recipient'>): string {
  const { recipient } = notice;
  return `${String(notice.seq).padStart(8, '0')}#${notice.kind}#${recipientNameOf(recipient)}`;
}

function recipientNameOf(recipient: NoticeRecipient): string {
  switch (recipient.to) {
    case 'address':
      return recipient.address;
    case 'person':
      return `sub:${recipient.sub}`;
    case 'leads':
      return 'leads';
    case 'desk':
      return `desk:${recipient.desk}`;
    case 'webhook':
      return `webhook:${recipient.webhook}`;
    default:
      return recipient satisfies never;
  }
}

/** Replies and resolutions are written by a person; all other notices are automatic mail. */
export function isAutomaticNotice(kind: NoticeKind): boolean {
  return kind !== 'reply' && kind !== 'resolution';
}

type NoticeDraft = { kind: NoticeKind; recipient: NoticeRecipient };

/**
 * Computes the notices that an event owes: who is notified of it, and of what kind.
 *
 * @param before the inquiry before the event, undefined when it opens
 * @param after the inquiry after it
 */
export function computeOwedNotices(
  before: Inquiry | undefined,
  event: InquiryEvent,
  after: Inquiry,
): NoticeDraft[] {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted':
      return event.received.acknowledge
        ? draftAddressNotice('acknowledgement', after, event.received.requester.address)
        : [];
    case 'InquiryQuarantined':
      return [
        { kind: 'quarantined', recipient: { to: 'leads' } },
        ...(event.tellSender ? draftAddressNotice('over-limit', after, event.sender.address) : []),
      ];
    case 'QuarantineAged':
      return [{ kind: 'quarantined', recipient: { to: 'leads' } }];
    case 'ReplyPosted':
      return [
        ...draftAddressNotice('reply', after, after.requester.address),
        ...draftParticipantNotices('reply', after, event.message.from),
      ];
    case 'InquiryResolved':
      return event.silent || event.by.kind === 'requester' || after.call?.late
        ? []
        : draftAddressNotice('resolution', after, after.requester.address);
    case 'RequesterReminded':
      return draftAddressNotice('reminder', after, after.requester.address);
    case 'InquiryAssigned':
      return [{ kind: 'assigned', recipient: { to: 'person', sub: event.agent } }];
    case 'LeaseLost':
      return [{ kind: 'lease-lost', recipient: { to: 'person', sub: event.agent } }];
    case 'InquiryTransferred':
      return event.agent === undefined || isCausedBy(event, event.agent)
        ? []
        : [{ kind: 'transferred', recipient: { to: 'person', sub: event.agent } }];
    case 'MessageReceived':
      return before?.holder === undefined || event.message.kind === 'machine'
        ? []
        : [{ kind: 'message-arrived', recipient: { to: 'person', sub: before.holder.agent } }];
    case 'DeliveryFailed':
      return event.permanent
        ? [
            {
              kind: 'delivery-failed',
              recipient:
                after.holder === undefined
                  ? { to: 'leads' }
                  : { to: 'person', sub: after.holder.agent },
            },
          ]
        : [];
    case 'EscalationStepped': {
      const owed = deduplicateByRecipient(
        event.tell.flatMap((tell) =>
          draftEscalationNotices(noticeKindByReason[event.reason], tell, after),
        ),
      );
      // A step that would reach nobody, such as while nobody holds the inquiry, reaches the leads.
      return owed.length > 0
        ? owed
        : [{ kind: noticeKindByReason[event.reason], recipient: { to: 'leads' } }];
    }
    case 'InquiryRouted':
      return event.flag === undefined ? [] : [{ kind: 'flagged', recipient: { to: 'leads' } }];
    case 'NobodyFound':
      return [{ kind: 'nobody-found', recipient: { to: 'leads' } }];
    case 'UnmaskingAsked':
      return [{ kind: 'unmasking-asked', recipient: { to: 'leads' } }];
    case 'UnmaskingSettled':
      return [{ kind: 'unmasking-settled', recipient: { to: 'person', sub: event.asker } }];
    case 'NoReplyNeeded':
    case 'ClocksReckoned':
    case 'ClockWarned':
    case 'ClockBreached':
    case 'EscalationAcknowledged':
    case 'BreachReviewed':
    case 'InquiryAnnounced':
    case 'QuarantineDiscarded':
    case 'InquiryClaimed':
    case 'AssignmentAccepted':
    case 'AssignmentDeclined':
    case 'InquiryReleased':
    case 'NotePosted':
    case 'RequesterAwaited':
    case 'InquiryResumed':
    case 'InquiryReopened':
    case 'InquiryWithdrawn':
    case 'InquiryClosed':
    case 'InquiryMerged':
    case 'InquiryAbsorbed':
    case 'InquiryAmended':
    case 'InquiryRated':
      return [];
    default:
      return event satisfies never;
  }
}

const noticeKindByReason = {
  warning: 'sla-warning',
  breach: 'sla-breach',
  emergency: 'emergency',
} as const satisfies Record<EscalationReason, NoticeKind>;

function draftEscalationNotices(
  kind: NoticeKind,
  recipient: EscalationRecipient,
  inquiry: Inquiry,
): NoticeDraft[] {
  const { holder, desk } = inquiry;
  switch (recipient.to) {
    case 'holder':
      return holder === undefined ? [] : [{ kind, recipient: { to: 'person', sub: holder.agent } }];
    case 'desk':
      return desk === undefined ? [] : [{ kind, recipient: { to: 'desk', desk } }];
    case 'address':
      return draftAddressNotice(kind, inquiry, recipient.address);
    case 'leads':
    case 'person':
    case 'webhook':
      return [{ kind, recipient }];
    default:
      return recipient satisfies never;
  }
}

/** A recipient who is named in two ways is notified once. */
function deduplicateByRecipient(owed: readonly NoticeDraft[]): NoticeDraft[] {
  return [...new Map(owed.map((one) => [recipientNameOf(one.recipient), one])).values()];
}

function isCausedBy(event: InquiryEvent, sub: Sub): boolean {
  return event.by.kind === 'agent' && event.by.sub === sub;
}

function draftAddressNotice(
  kind: NoticeKind,
  inquiry: Inquiry,
  address: EmailAddress | undefined,
): NoticeDraft[] {
  const isUnreachable =
    address === undefined || inquiry.undeliverable.includes(address) || isErasedAddress(address);
  return isUnreachable ? [] : [{ kind, recipient: { to: 'address', address } }];
}

function draftParticipantNotices(
  kind: NoticeKind,
  inquiry: Inquiry,
  author: Correspondent,
): NoticeDraft[] {
  return [...new Set(inquiry.participants.map((participant) => participant.address))]
    .filter((address) => address !== author.address && address !== inquiry.requester.address)
    .flatMap((address) => draftAddressNotice(kind, inquiry, address));
}
