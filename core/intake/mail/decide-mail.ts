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
import type { IntakeAnswer } from '../ports.ts';
import { type Continuing, continueByMail, mayContinue } from './build-mail-continuation.ts';
import { messageOfMail, participantsOf, sourceOfMail } from './build-mail-message.ts';
import { quarantinedBy, type Suspicion } from './build-quarantine-event.ts';
import { originOf, receivedByMail } from './build-received-mail.ts';
import type { Target } from './find-thread-target.ts';
import type { ReadMail } from './mail.ts';
import {
  type Filing,
  type MailIntake,
  objectOnce,
  receiptOf,
  remembered,
  type Taken,
} from './mail-idempotency.ts';
import type { MailNotification } from './mail-notification.ts';

/** Somebody else was faster: what is known must be looked up again. */
export type Again = 'again';

/** Stores a mail's attachments under an inquiry; safe to repeat, since each try has ids of its own. */
export async function storeAttachments(
  { attachments, random }: MailIntake,
  inquiryId: InquiryId,
  mail: ReadMail,
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
export function newThreads({ messageId }: ReadMail, known: IntakeAnswer): string[] {
  return messageId === undefined || known.threads.has(messageId) ? [] : [messageId];
}

function personAt(known: IntakeAnswer, address: EmailAddress | undefined): Person | undefined {
  return address === undefined ? undefined : known.people.get(address);
}

/** What opens the mail's inquiry, or admits it from quarantine, with its attachments stored. */
export async function receive(
  intake: MailIntake,
  filing: Filing,
  id: InquiryId,
  known: IntakeAnswer,
  links: readonly InquiryId[],
  now: Instant,
) {
  const { mail, authenticated } = filing;
  const sender = personAt(known, mail.from[0]?.address);
  const { origin, forwarded } = originOf(mail, sender, authenticated);
  const forwardedFor = forwarded ? personAt(known, origin.address) : undefined;
  const attachments = await storeAttachments(intake, id, mail, now);
  return receivedByMail(
    {
      ...filing,
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
export async function openInquiry(
  intake: MailIntake,
  filing: Filing,
  known: IntakeAnswer,
  links: readonly InquiryId[],
  now: Instant,
): Promise<Taken | Again> {
  const { notification, mail } = filing;
  const id = intake.random.inquiryId(now);
  const number = makeInquiryNumber(intake.random.bytes(8));
  const taken: Taken = { fate: 'opened', inquiry: { id, number } };
  const appending = planAppend(
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
          received: await receive(intake, filing, id, known, links, now),
        },
      ],
      idempotencyRecords: remembered(notification, filing, taken, now),
      threads: newThreads(mail, known),
      receipt: receiptOf(notification, mail, taken, now),
    },
    intake.terms,
    now,
  );
  if (isRefusal(appending)) throw new TypeError(appending.detail);
  const outcome = await intake.ledger.append(appending);
  return outcome.appended ? taken : 'again';
}

/** What a mail that continues an inquiry says, with its attachments stored. */
export async function continuation(
  intake: MailIntake,
  filing: Filing,
  target: Target,
  known: IntakeAnswer,
  now: Instant,
): Promise<Continuing> {
  const { notification, mail, marks, authenticated } = filing;
  const { id } = target.loaded.inquiry;
  const person = personAt(known, mail.from[0]?.address);
  const attachments = await storeAttachments(intake, id, mail, now);
  return {
    message: messageOfMail(mail, intake.random.id(now), 'requester', attachments),
    source: sourceOfMail(notification, mail, marks),
    audience: target.audience,
    machine: marks.machine,
    authenticated,
    ...(person === undefined ? {} : { person }),
    participants: participantsOf(mail, notification.receipt.recipients, intake.stage),
    ...(mail.report === undefined ? {} : { report: mail.report }),
  };
}

/** Continues an inquiry by a mail. */
export async function continueInquiry(
  intake: MailIntake,
  filing: Filing,
  target: Target,
  known: IntakeAnswer,
  now: Instant,
): Promise<Taken | Refusal | Again> {
  const { notification, mail, marks } = filing;
  const { id, number } = target.loaded.inquiry;
  const fate = marks.machine ? 'recorded' : 'continued';
  const taken: Taken = { fate, inquiry: { id, number }, by: target.by };
  const continuing = await continuation(intake, filing, target, known, now);
  try {
    const performed = await decideAndAppend(intake, id, intake.terms, now, ({ inquiry }) => {
      if (!mayContinue(inquiry, marks.machine, now)) {
        return refuse('work.too-late', 'it was merged or closed meanwhile');
      }
      return {
        events: continueByMail(inquiry, continuing, intake.terms, now),
        idempotencyRecords: remembered(notification, filing, taken, now),
        threads: newThreads(mail, known),
        receipt: receiptOf(notification, mail, taken, now),
      };
    });
    if (isRefusal(performed)) return performed.refused === 'work.too-late' ? 'again' : performed;
    return taken;
  } catch (error) {
    if (error instanceof IdempotencyConflict) return 'again';
    throw error;
  }
}

/** Gives a message that is in already its receipt. */
export async function recordDuplicate(
  { receipts }: MailIntake,
  { notification, mail }: Filing,
  first: Taken,
  now: Instant,
): Promise<Taken> {
  const { inquiry } = first;
  const taken: Taken = { fate: 'duplicate', ...(inquiry === undefined ? {} : { inquiry }) };
  const receipt = receiptOf(notification, mail, taken, now);
  await receipts.record(receipt, objectOnce(notification), now);
  return taken;
}

/** Keeps a mail for a person to look at, with its raw bytes. */
export async function quarantine(
  intake: MailIntake,
  notification: MailNotification,
  suspicion: Suspicion,
  now: Instant,
  read?: Pick<Filing, 'mail' | 'marks' | 'accepted'>,
): Promise<Taken | Again> {
  const id = intake.random.inquiryId(now);
  const number = makeInquiryNumber(intake.random.bytes(8));
  const { reason } = suspicion;
  const taken: Taken = { fate: 'quarantined', reason, inquiry: { id, number } };
  const event = quarantinedBy(notification, suspicion, number, intake.terms, now, read);
  const appending = planAppend(
    id,
    undefined,
    {
      events: [event],
      idempotencyRecords: remembered(notification, read, taken, now),
      receipt: receiptOf(notification, read?.mail, taken, now),
    },
    intake.terms,
    now,
  );
  if (isRefusal(appending)) throw new TypeError(appending.detail);
  const outcome = await intake.ledger.append(appending);
  return outcome.appended ? taken : 'again';
}
