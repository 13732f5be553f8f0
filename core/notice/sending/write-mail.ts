import type { InquiryEvent } from '../../inquiry/events/events.ts';
import {
  isAutomaticNotice,
  type Notice,
  type NoticeRecipient,
} from '../../inquiry/outbox/notice.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import { type LinkAddressee, makeEscalationLink } from '../../inquiry/tokens/escalation-token.ts';
import { makeReplyAddress } from '../../inquiry/tokens/reply-token.ts';
import { makeStatusLink } from '../../inquiry/tokens/status-token.ts';
import type { SigningContext } from '../../inquiry/tokens/token.ts';
import { buildAttachmentKey } from '../../inquiry/values/attachment-key.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import { composeNotice } from '../content/compose-notice.ts';
import { computeEscalationFacts, type EscalationFacts } from '../content/escalation-facts.ts';
import { fitAttachments } from '../content/fit-attachments.ts';
import type {
  AttachmentReader,
  NoticeLedger,
  OutgoingAttachment,
  OutgoingMail,
  OwedNotice,
  PrecedingMessages,
} from '../ports.ts';
import { addressMail, type SenderSettings } from './address-mail.ts';
import { readGatheredNotices } from './read-gathered-notices.ts';
import type { MailboxDestination } from './resolve-recipient.ts';

export type WriteMailDependencies = {
  readonly ledger: NoticeLedger;
  readonly attachments: AttachmentReader;
  readonly replySigning: SigningContext;
  readonly statusSigning: SigningContext;
  readonly escalationSigning: SigningContext;
  readonly senderSettings: SenderSettings;
  readonly terms: Terms;
  /** Ends without a slash. */
  readonly publicUrl: string;
};

/** Writes the mail of a notice to a mailbox, with its files as far as they fit. */
export async function writeMail(
  deps: WriteMailDependencies,
  owed: OwedNotice,
  to: MailboxDestination,
  now: Instant,
): Promise<OutgoingMail> {
  const { notice, inquiry, event } = owed;
  const { senderSettings, terms, replySigning, statusSigning, publicUrl } = deps;
  const [preceding, files, gathered] = await Promise.all([
    readPrecedingMessages(deps, notice),
    readAttachments(deps, notice, event),
    readGatheredNotices(deps.ledger, notice, to),
  ]);
  const audience = audienceOf(notice.kind);
  const desk = inquiry.desk && findDesk(terms, inquiry.desk);
  const escalation = computeEscalationFacts(inquiry, event, terms.serviceLevels, now);
  const acknowledgeLink = buildAcknowledgeLink(deps, notice, escalation, now);
  const content = composeNotice({
    notice,
    inquiry,
    event,
    reader: to.reader,
    language: to.language,
    preceding: preceding.messages,
    leftOut: files.leftOut,
    ...(desk === undefined || isOfOtherVendor(desk, to)
      ? {}
      : { deskName: desk.name[to.language] }),
    ...(audience === 'requester'
      ? { statusLink: makeStatusLink(statusSigning, publicUrl, inquiry.id, now) }
      : {}),
    ...(escalation === undefined ? {} : { escalation }),
    ...(acknowledgeLink === undefined ? {} : { acknowledgeLink }),
    ...(gathered === undefined ? {} : { gathered }),
  });
  const answers = findAnsweredMessageId(event, preceding);
  return addressMail({
    notice,
    inquiry,
    content,
    to: to.address,
    replyTo: makeReplyAddress(replySigning, senderSettings.helpAddress, {
      inquiryId: inquiry.id,
      audience,
    }),
    senderSettings,
    ...(answers === undefined ? {} : { answers }),
    ...(preceding.wireId === undefined ? {} : { precedingWireId: preceding.wireId }),
    attachments: files.attached,
    at: now,
  });
}

/** A vendor must not learn the name of a desk that is not its own. */
function isOfOtherVendor({ vendor }: Desk, to: MailboxDestination): boolean {
  return to.vendor !== undefined && to.vendor !== vendor;
}

/** Builds the link by which the addressee acknowledges an open escalation. */
export function buildAcknowledgeLink(
  { escalationSigning, publicUrl }: Pick<WriteMailDependencies, 'escalationSigning' | 'publicUrl'>,
  { inquiryId, recipient }: Notice,
  escalation: EscalationFacts | undefined,
  now: Instant,
): string | undefined {
  if (escalation?.state !== 'open' || !isAddressee(recipient)) return undefined;
  const token = { inquiryId, escalation: escalation.id, to: recipient };
  return makeEscalationLink(escalationSigning, publicUrl, token, now);
}

function isAddressee(recipient: NoticeRecipient): recipient is LinkAddressee {
  return recipient.to !== 'leads' && recipient.to !== 'desk';
}

/** Nothing precedes the first event, and agents' mail quotes and continues nothing. */
async function readPrecedingMessages(
  { ledger }: WriteMailDependencies,
  notice: Notice,
): Promise<PrecedingMessages> {
  return notice.seq === 1 || audienceOf(notice.kind) === 'agent'
    ? { messages: [] }
    : ledger.readPreceding(notice);
}

/** The Message-ID of the requester's newest mail: the event's own, or one before it. */
function findAnsweredMessageId(
  event: InquiryEvent,
  { messages }: PrecedingMessages,
): string | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return event.received.message.messageId;
  }
  return messages.find(({ message }) => message.kind === 'requester' && message.messageId)?.message
    .messageId;
}

/** Reads the files of an agent's message; one that is not in the bucket counts as left out. */
async function readAttachments(
  { attachments }: WriteMailDependencies,
  notice: Notice,
  event: InquiryEvent,
): Promise<{ attached: OutgoingAttachment[]; leftOut: string[] }> {
  const isAgentMessage = event.type === 'ReplyPosted' || event.type === 'InquiryResolved';
  const message = isAgentMessage && !isAutomaticNotice(notice.kind) ? event.message : undefined;
  const fitted = fitAttachments(message?.attachments ?? []);
  const leftOut = fitted.leftOut.map(({ name }) => name);
  const attached: OutgoingAttachment[] = [];
  for (const { id, name, type } of fitted.attached) {
    const bytes = await attachments.get(buildAttachmentKey(notice.inquiryId, id));
    if (bytes === undefined) leftOut.push(name);
    else attached.push({ name, type, bytes });
  }
  return { attached, leftOut };
}
