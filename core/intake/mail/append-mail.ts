import type { Person } from '../../access/person.ts';
import {
  decideAndAppend,
  IdempotencyConflict,
  planAppend,
} from '../../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { EmailAddress, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Attachment } from '../../inquiry/values/message.ts';
import type { IntakeLookupResult } from '../ports.ts';
import {
  buildMailContinuation,
  canContinueByMail,
  type MailContinuation,
} from './build-mail-continuation.ts';
import { buildMailMessage, buildMailParticipants, buildMailSource } from './build-mail-message.ts';
import { buildQuarantineEvent, type QuarantineDecision } from './build-quarantine-event.ts';
import { buildReceivedMail, findMailOrigin } from './build-received-mail.ts';
import type { ThreadTarget } from './decide-mail.ts';
import {
  type AcceptedMail,
  buildMailIdempotencyRecords,
  buildMailObjectKey,
  buildMailReceipt,
  type MailIntakeDependencies,
  type MailOutcome,
} from './known-mail.ts';
import type { ParsedMail } from './mail.ts';
import type { MailNotification } from './mail-notification.ts';

/** Somebody else was faster: what is known must be looked up again. */
export type MailRetry = 'again';

/** Stores a mail's attachments under an inquiry; safe to repeat, since each try has ids of its own. */
export async function storeAttachments(
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

/** A reused Message-ID leads to the first mail that had it. */
export function collectNewThreads({ messageId }: ParsedMail, known: IntakeLookupResult): string[] {
  return messageId === undefined || known.threads.has(messageId) ? [] : [messageId];
}

function findKnownPerson(
  known: IntakeLookupResult,
  address: EmailAddress | undefined,
): Person | undefined {
  return address === undefined ? undefined : known.people.get(address);
}

/** What opens the mail's inquiry, or admits it from quarantine, with its attachments stored. */
export async function prepareReceivedMail(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  id: InquiryId,
  known: IntakeLookupResult,
  links: readonly InquiryId[],
  now: Instant,
) {
  const { mail, authenticated } = acceptedMail;
  const sender = findKnownPerson(known, mail.from[0]?.address);
  const { origin, forwarded } = findMailOrigin(mail, sender, authenticated);
  const forwardedFor = forwarded ? findKnownPerson(known, origin.address) : undefined;
  const attachments = await storeAttachments(intake, id, mail, now);
  return buildReceivedMail(
    {
      ...acceptedMail,
      ...(sender === undefined ? {} : { sender }),
      ...(forwardedFor === undefined ? {} : { forwardedFor }),
      messageId: intake.random.id(now),
      attachments,
      links,
    },
    intake.stage,
    intake.terms,
    now,
  );
}

/** Opens an inquiry by a mail. */
export async function openInquiryByMail(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  known: IntakeLookupResult,
  links: readonly InquiryId[],
  now: Instant,
): Promise<MailOutcome | MailRetry> {
  const { notification, mail } = acceptedMail;
  const id = intake.random.inquiryId(now);
  const number = makeInquiryNumber(intake.random.bytes(8));
  const mailOutcome: MailOutcome = { fate: 'opened', inquiry: { id, number } };
  const pendingAppend = planAppend(
    id,
    undefined,
    {
      events: [
        {
          v: 1,
          type: 'InquiryReceived',
          at: now,
          by: { kind: 'system', part: 'intake' },
          number,
          received: await prepareReceivedMail(intake, acceptedMail, id, known, links, now),
        },
      ],
      idempotencyRecords: buildMailIdempotencyRecords(notification, acceptedMail, mailOutcome, now),
      threads: collectNewThreads(mail, known),
      receipt: buildMailReceipt(notification, mail, mailOutcome, now),
    },
    intake.terms,
    now,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const outcome = await intake.ledger.append(pendingAppend);
  return outcome.appended ? mailOutcome : 'again';
}

/** What a mail that continues an inquiry says, with its attachments stored. */
export async function prepareContinuation(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  target: ThreadTarget,
  known: IntakeLookupResult,
  now: Instant,
): Promise<MailContinuation> {
  const { notification, mail, marks, authenticated } = acceptedMail;
  const { id } = target.loaded.inquiry;
  const person = findKnownPerson(known, mail.from[0]?.address);
  const attachments = await storeAttachments(intake, id, mail, now);
  return {
    message: buildMailMessage(mail, intake.random.id(now), 'requester', attachments),
    source: buildMailSource(notification, mail, marks),
    audience: target.audience,
    machine: marks.machine,
    authenticated,
    ...(person === undefined ? {} : { person }),
    participants: buildMailParticipants(mail, notification.receipt.recipients, intake.stage),
    ...(mail.report === undefined ? {} : { report: mail.report }),
  };
}

/** Continues an inquiry by a mail. */
export async function continueInquiryByMail(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  target: ThreadTarget,
  known: IntakeLookupResult,
  now: Instant,
): Promise<MailOutcome | Refusal | MailRetry> {
  const { notification, mail, marks } = acceptedMail;
  const { id, number } = target.loaded.inquiry;
  const fate = marks.machine ? 'recorded' : 'continued';
  const mailOutcome: MailOutcome = { fate, inquiry: { id, number }, by: target.by };
  const mailContinuation = await prepareContinuation(intake, acceptedMail, target, known, now);
  try {
    const performed = await decideAndAppend(intake, id, intake.terms, now, ({ inquiry }) => {
      if (!canContinueByMail(inquiry, marks.machine, now)) {
        return refuse('work.too-late', 'it was merged or closed meanwhile');
      }
      return {
        events: buildMailContinuation(inquiry, mailContinuation, intake.terms, now),
        idempotencyRecords: buildMailIdempotencyRecords(
          notification,
          acceptedMail,
          mailOutcome,
          now,
        ),
        threads: collectNewThreads(mail, known),
        receipt: buildMailReceipt(notification, mail, mailOutcome, now),
      };
    });
    if (isRefusal(performed)) return performed.refused === 'work.too-late' ? 'again' : performed;
    return mailOutcome;
  } catch (error) {
    if (error instanceof IdempotencyConflict) return 'again';
    throw error;
  }
}

/** Gives a message that is in already its receipt. */
export async function recordDuplicateMail(
  { receipts }: MailIntakeDependencies,
  { notification, mail }: AcceptedMail,
  first: MailOutcome,
  now: Instant,
): Promise<MailOutcome> {
  const { inquiry } = first;
  const mailOutcome: MailOutcome = {
    fate: 'duplicate',
    ...(inquiry === undefined ? {} : { inquiry }),
  };
  const receipt = buildMailReceipt(notification, mail, mailOutcome, now);
  await receipts.record(receipt, buildMailObjectKey(notification), now);
  return mailOutcome;
}

/** Keeps a mail for a person to look at, with its raw bytes. */
export async function quarantineMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  quarantineDecision: QuarantineDecision,
  now: Instant,
  read?: Pick<AcceptedMail, 'mail' | 'marks' | 'accepted'>,
): Promise<MailOutcome | MailRetry> {
  const id = intake.random.inquiryId(now);
  const number = makeInquiryNumber(intake.random.bytes(8));
  const { reason } = quarantineDecision;
  const mailOutcome: MailOutcome = { fate: 'quarantined', reason, inquiry: { id, number } };
  const event = buildQuarantineEvent(
    notification,
    quarantineDecision,
    number,
    intake.terms,
    now,
    read,
  );
  const pendingAppend = planAppend(
    id,
    undefined,
    {
      events: [event],
      idempotencyRecords: buildMailIdempotencyRecords(notification, read, mailOutcome, now),
      receipt: buildMailReceipt(notification, read?.mail, mailOutcome, now),
    },
    intake.terms,
    now,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const outcome = await intake.ledger.append(pendingAppend);
  return outcome.appended ? mailOutcome : 'again';
}
