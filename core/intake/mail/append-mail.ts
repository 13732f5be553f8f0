import {
  decideAndAppend,
  IdempotencyConflict,
  type InquiryDecision,
  planAppend,
} from '../../inquiry/decide-and-append.ts';
import type { AcceptedInput, InquiryEvent } from '../../inquiry/events/events.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import { type InquiryNumber, makeInquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Attachment } from '../../inquiry/values/message.ts';
import type { MailIntakeDependencies } from '../ports.ts';
import {
  buildMailContinuation,
  canContinueByMail,
  type MailContinuation,
} from './build-mail-continuation.ts';
import { buildMailMessage, buildMailParticipants, buildMailSource } from './build-mail-message.ts';
import { buildQuarantineEvent } from './build-quarantine-event.ts';
import { buildReceivedMail, findMailOrigin } from './build-received-mail.ts';
import type { MailDecision, ThreadDecision } from './decide-mail.ts';
import { type AcceptedMail, type IncomingMail, isSuspectMail } from './incoming-mail.ts';
import {
  buildMailIdempotencyRecords,
  buildMailObjectKey,
  buildMailReceipt,
  type KnownMail,
  type MailOutcome,
} from './known-mail.ts';
import type { ParsedMail } from './mail.ts';

type OpenDecision = Extract<ThreadDecision, { readonly decision: 'open' }>;
type ContinueDecision = Extract<ThreadDecision, { readonly decision: 'continue' | 'record' }>;

/** Writes what was decided about a mail; `retry` when somebody else was faster. */
export async function appendMail(
  intake: MailIntakeDependencies,
  incoming: IncomingMail,
  known: KnownMail,
  decided: MailDecision,
  now: Instant,
): Promise<MailOutcome | Refusal | 'retry'> {
  switch (decided.decision) {
    case 'repeat':
      return decided.outcome;
    case 'duplicate':
      return recordDuplicate(intake, incoming, decided.first, now);
    case 'quarantine':
      return appendQuarantine(intake, incoming, decided.quarantine, now);
    case 'continue':
    case 'record':
      return appendContinuation(intake, decided, known, now);
    case 'open':
      return appendOpening(intake, decided, known, now);
    default:
      return decided satisfies never;
  }
}

/** Gives a receipt to another delivery of a message that was taken in before. */
async function recordDuplicate(
  { receipts }: MailIntakeDependencies,
  incoming: IncomingMail,
  { inquiry }: MailOutcome,
  now: Instant,
): Promise<MailOutcome> {
  const outcome: MailOutcome = {
    fate: 'duplicate',
    ...(inquiry === undefined ? {} : { inquiry }),
  };
  const receipt = buildMailReceipt(incoming, outcome, now);
  await receipts.record(receipt, buildMailObjectKey(incoming.notification), now);
  return outcome;
}

/** Quarantines a mail, with its raw bytes, for a person to review. */
async function appendQuarantine(
  intake: MailIntakeDependencies,
  incoming: IncomingMail,
  quarantine: Extract<MailDecision, { readonly decision: 'quarantine' }>['quarantine'],
  now: Instant,
): Promise<MailOutcome | 'retry'> {
  const inquiry = drawInquiry(intake, now);
  const { reason } = quarantine;
  const read = isSuspectMail(incoming) ? incoming.read : incoming;
  const event = buildQuarantineEvent(
    incoming.notification,
    quarantine,
    inquiry.number,
    intake.terms,
    now,
    read,
  );
  const outcome: MailOutcome = { fate: 'quarantined', reason, inquiry };
  return appendNew(intake, incoming, outcome, inquiry.id, { events: [event] }, now);
}

async function appendOpening(
  intake: MailIntakeDependencies,
  { accepted, links }: OpenDecision,
  known: KnownMail,
  now: Instant,
): Promise<MailOutcome | 'retry'> {
  const inquiry = drawInquiry(intake, now);
  const event: InquiryEvent = {
    v: 1,
    type: 'InquiryReceived',
    at: now,
    by: { kind: 'system', part: 'intake' },
    number: inquiry.number,
    received: await prepareReceivedMail(intake, accepted, inquiry.id, known, links, now),
  };
  const decision = { events: [event], threads: known.newThreads };
  return appendNew(intake, accepted, { fate: 'opened', inquiry }, inquiry.id, decision, now);
}

function drawInquiry(
  { random }: MailIntakeDependencies,
  now: Instant,
): { readonly id: InquiryId; readonly number: InquiryNumber } {
  return { id: random.inquiryId(now), number: makeInquiryNumber(random.bytes(8)) };
}

async function appendNew(
  intake: MailIntakeDependencies,
  incoming: IncomingMail,
  outcome: MailOutcome,
  id: InquiryId,
  decision: InquiryDecision,
  now: Instant,
): Promise<MailOutcome | 'retry'> {
  const pendingAppend = planAppend(
    id,
    undefined,
    {
      ...decision,
      idempotencyRecords: buildMailIdempotencyRecords(incoming, outcome, now),
      receipt: buildMailReceipt(incoming, outcome, now),
    },
    intake.terms,
    now,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const { appended } = await intake.ledger.append(pendingAppend);
  return appended ? outcome : 'retry';
}

async function appendContinuation(
  intake: MailIntakeDependencies,
  { decision, accepted, candidate }: ContinueDecision,
  known: KnownMail,
  now: Instant,
): Promise<MailOutcome | Refusal | 'retry'> {
  const { id, number } = candidate.loaded.inquiry;
  const fate = decision === 'record' ? 'recorded' : 'continued';
  const outcome: MailOutcome = { fate, inquiry: { id, number }, by: candidate.by };
  const continuation = await prepareContinuation(intake, { accepted, candidate }, known, now);
  try {
    const result = await decideAndAppend(intake, id, intake.terms, now, ({ inquiry }) => {
      if (!canContinueByMail(inquiry, accepted.marks.machine, now)) {
        return refuse('work.too-late', 'it was merged or closed meanwhile');
      }
      return {
        events: buildMailContinuation(inquiry, continuation, intake.terms, now),
        idempotencyRecords: buildMailIdempotencyRecords(accepted, outcome, now),
        threads: known.newThreads,
        receipt: buildMailReceipt(accepted, outcome, now),
      };
    });
    if (isRefusal(result)) return result.refused === 'work.too-late' ? 'retry' : result;
    return outcome;
  } catch (error) {
    if (error instanceof IdempotencyConflict) return 'retry';
    throw error;
  }
}

/** Stores a mail's attachments and builds what opens its inquiry or admits it from quarantine. */
export async function prepareReceivedMail(
  intake: MailIntakeDependencies,
  accepted: AcceptedMail,
  id: InquiryId,
  { sender, originalSender }: Pick<KnownMail, 'sender' | 'originalSender'>,
  links: readonly InquiryId[],
  now: Instant,
): Promise<AcceptedInput> {
  const { mail, authenticated } = accepted;
  const { forwarded } = findMailOrigin(mail, sender, authenticated);
  const attachments = await storeAttachments(intake, id, mail, now);
  return buildReceivedMail(
    {
      ...accepted,
      ...(sender === undefined ? {} : { sender }),
      ...(forwarded && originalSender !== undefined ? { forwardedFor: originalSender } : {}),
      messageId: intake.random.id(now),
      attachments,
      links,
    },
    intake.settings,
    intake.terms,
    now,
  );
}

/** Stores a mail's attachments and builds what it adds to the inquiry that it continues. */
export async function prepareContinuation(
  intake: MailIntakeDependencies,
  { accepted, candidate }: Pick<ContinueDecision, 'accepted' | 'candidate'>,
  { sender }: Pick<KnownMail, 'sender'>,
  now: Instant,
): Promise<MailContinuation> {
  const { notification, mail, marks, authenticated } = accepted;
  const attachments = await storeAttachments(intake, candidate.loaded.inquiry.id, mail, now);
  return {
    message: buildMailMessage(mail, intake.random.id(now), 'requester', attachments),
    source: buildMailSource(notification, mail, marks),
    audience: candidate.audience,
    machine: marks.machine,
    authenticated,
    ...(sender === undefined ? {} : { person: sender }),
    participants: buildMailParticipants(mail, notification.receipt.recipients, intake.settings),
    ...(mail.report === undefined ? {} : { report: mail.report }),
  };
}

/** Safe to repeat: each try draws its own ids. */
async function storeAttachments(
  { attachments, random }: MailIntakeDependencies,
  inquiryId: InquiryId,
  mail: ParsedMail,
  now: Instant,
): Promise<Attachment[]> {
  return Promise.all(
    mail.attachments.map(async (attachment) => {
      const id = random.id(now);
      await attachments.put(inquiryId, id, attachment);
      const { name, type, size, sha256, inline, held } = attachment;
      return {
        id,
        name: name.slice(0, 255),
        type: type.slice(0, 255),
        size,
        sha256,
        ...(inline ? { inline } : {}),
        ...(held === undefined ? {} : { held }),
      };
    }),
  );
}
