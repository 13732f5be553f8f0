import { isRefusal, type Refusal } from '../../inquiry/refusal.ts';
import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import type { IntakeLookupResult } from '../ports.ts';
import {
  continueInquiryByMail,
  type MailRetry,
  openInquiryByMail,
  quarantineMail,
  recordDuplicateMail,
} from './append-mail.ts';
import type { QuarantineDecision } from './build-quarantine-event.ts';
import { findThreadTarget } from './decide-mail.ts';
import { findThreadClues, type ThreadClues } from './find-thread-clues.ts';
import { judgeSender } from './judge-sender.ts';
import {
  type AcceptedMail,
  buildMailContentKey,
  buildMailObjectKey,
  detectMailMarks,
  detectUnreadableMarks,
  type MailIntakeDependencies,
  type MailOutcome,
} from './known-mail.ts';
import { isUnreadableMail, type ParsedMail, type UnreadableMail } from './mail.ts';
import { archiveKeyOf, type MailNotification, sesVerdictsOf } from './mail-notification.ts';

const attemptLimit = 6;
const pauseMilliseconds = 20;

/**
 * Takes in one mail that SES stored: gives it its fate, once, and moves it to where it is kept.
 *
 * Safe to repeat and to race: a second delivery of the same object changes nothing, and another
 * delivery of the same message is a `duplicate`. Throws when something outside fails or the mail
 * keeps losing races, and is then to be called again. Refuses `transient.conflict` only.
 */
export async function processMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const { objectKey } = notification.receipt.action;
  const raw =
    (await intake.rawMails.get(objectKey)) ??
    (await intake.rawMails.get(archiveKeyOf(notification)));
  if (raw === undefined) throw new Error(`no raw mail under ${objectKey}`);
  const read = await intake.reader.read(raw);
  return archiveProcessed(intake, notification, () =>
    decideMailOutcome(intake, notification, read, now),
  );
}

/**
 * Quarantines a mail unread, one that has twice killed or failed its reader; changes nothing when
 * the mail has its fate already.
 */
export async function quarantineUnreadMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const detail = 'reading it failed twice';
  return archiveProcessed(intake, notification, () =>
    quarantineOnce(intake, notification, { reason: 'poison', detail, tellSender: false }, now),
  );
}

async function archiveProcessed(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  take: () => Promise<MailOutcome | Refusal>,
): Promise<MailOutcome | Refusal> {
  const mailOutcome = await take();
  // Without a fate it stays where the reconciler looks.
  if (isRefusal(mailOutcome)) return mailOutcome;
  // The reconciler knows another instant of it than its first notification did.
  const to = mailOutcome.raw ?? archiveKeyOf(notification);
  await intake.rawMails.archive(notification.receipt.action.objectKey, to);
  return mailOutcome;
}

async function decideMailOutcome(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  read: ParsedMail | UnreadableMail,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const verdicts = sesVerdictsOf(notification);
  if (isUnreadableMail(read)) {
    const { noAutoReply } = detectUnreadableMarks(notification, intake.stage);
    const quarantineDecision = decideUnreadable(read, verdicts.dmarc === 'PASS' && !noAutoReply);
    return quarantineOnce(intake, notification, quarantineDecision, now);
  }
  const { stage: mailSettings } = intake;
  const marks = detectMailMarks(notification, read, mailSettings);
  const judgement = judgeSender(read, verdicts, mailSettings.mailDomain, mailSettings.policy);
  const acceptedMail = { notification, mail: read, marks, authenticated: false, ...judgement };
  if (!judgement.accepted) {
    const { reason, detail } = judgement;
    return quarantineOnce(
      intake,
      notification,
      { reason, detail, tellSender: false },
      now,
      acceptedMail,
    );
  }
  return processAcceptedMail(intake, acceptedMail, now);
}

function decideUnreadable(
  { unreadable, detail }: UnreadableMail,
  answerable: boolean,
): QuarantineDecision {
  return unreadable === 'unparseable'
    ? { reason: 'unreadable', detail, tellSender: false }
    : { reason: 'over-limit', detail, tellSender: answerable };
}

function quarantineOnce(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  quarantineDecision: QuarantineDecision,
  now: Instant,
  acceptedMail?: AcceptedMail,
): Promise<MailOutcome | Refusal> {
  return processOncePerMail(intake, notification, acceptedMail, now, noClues, () =>
    quarantineMail(intake, notification, quarantineDecision, now, acceptedMail),
  );
}

function processAcceptedMail(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const { notification, mail } = acceptedMail;
  const clues = findThreadClues(mail, notification.receipt.recipients, intake.readToken);
  return processOncePerMail(intake, notification, acceptedMail, now, clues, (known) =>
    openOrContinue(intake, acceptedMail, clues, known, now),
  );
}

const noClues: ThreadClues = { messageIds: [] };

/** Looks up what is known and decides by it, from the beginning again whenever somebody was faster. */
async function processOncePerMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  acceptedMail: AcceptedMail | undefined,
  now: Instant,
  clues: ThreadClues,
  decide: (known: IntakeLookupResult) => Promise<MailOutcome | Refusal | MailRetry>,
): Promise<MailOutcome | Refusal> {
  const object = buildMailObjectKey(notification);
  const contents = acceptedMail === undefined ? [] : listContentKeys(acceptedMail);
  for (let attempt = 1; attempt <= attemptLimit; attempt += 1) {
    const known = await lookUpMailContext(
      intake,
      acceptedMail?.mail,
      clues,
      [object, ...contents],
      now,
    );
    const already = known.idempotencyValues.get(object);
    if (already !== undefined) return JSON.parse(already) as MailOutcome;
    const first = contents
      .map((key) => known.idempotencyValues.get(key))
      .find((value) => value !== undefined);
    if (first !== undefined && acceptedMail !== undefined) {
      return recordDuplicateMail(intake, acceptedMail, JSON.parse(first) as MailOutcome, now);
    }
    const mailOutcome = await decide(known);
    if (mailOutcome !== 'again') return mailOutcome;
    await intake.pause(intake.random.fraction() * pauseMilliseconds * attempt);
  }
  throw new Error('a mail kept losing races');
}

/** What is not accepted repeats any delivery of it; what is accepted repeats accepted ones only. */
function listContentKeys({ mail, accepted }: AcceptedMail): string[] {
  const keys = [
    buildMailContentKey(mail, true),
    accepted ? undefined : buildMailContentKey(mail, false),
  ];
  return keys.filter((key) => key !== undefined);
}

/** One read answers everything that a decision about the mail asks. */
export function lookUpMailContext(
  { lookup }: Pick<MailIntakeDependencies, 'lookup'>,
  mail: ParsedMail | undefined,
  clues: ThreadClues,
  idempotencyKeys: readonly string[],
  now: Instant,
): Promise<IntakeLookupResult> {
  const addresses = [mail?.from[0]?.address, mail?.forwarded?.from.address];
  return lookup.lookUp(
    {
      idempotencyKeys,
      messageIds: [...clues.messageIds, ...(mail?.messageId === undefined ? [] : [mail.messageId])],
      ...(clues.number === undefined ? {} : { number: clues.number }),
      addresses: addresses.filter((address): address is EmailAddress => address !== undefined),
    },
    now,
  );
}

/** A mail goes where it belongs, or opens an inquiry with links to what it refers to. */
async function openOrContinue(
  intake: MailIntakeDependencies,
  acceptedMail: AcceptedMail,
  clues: ThreadClues,
  known: IntakeLookupResult,
  now: Instant,
): Promise<MailOutcome | Refusal | MailRetry> {
  const { notification, mail, marks, authenticated } = acceptedMail;
  const address = mail.from[0]?.address;
  const person = address === undefined ? undefined : known.people.get(address);
  const { machine } = marks;
  const sender = { authenticated, machine, ...(person === undefined ? {} : { person }) };
  const target = await findThreadTarget(intake.ledger, clues, known, mail, sender, now);
  if (target?.continues) return continueInquiryByMail(intake, acceptedMail, target, known, now);
  const quarantineDecision = decideMachineQuarantine(acceptedMail, intake);
  if (quarantineDecision !== undefined) {
    return quarantineMail(intake, notification, quarantineDecision, now, acceptedMail);
  }
  const links = target === undefined ? [] : [target.loaded.inquiry.id];
  return openInquiryByMail(intake, acceptedMail, known, links, now);
}

/** What belongs to no inquiry, and is not let open one. */
function decideMachineQuarantine(
  { marks }: AcceptedMail,
  { stage: mailSettings }: MailIntakeDependencies,
): QuarantineDecision | undefined {
  if (marks.loop) {
    const detail = 'our own mail came back, of no inquiry that it continues';
    return { reason: 'loop', detail, tellSender: false };
  }
  if (marks.machine && mailSettings.policy.automatedFirstContact === 'quarantine') {
    return { reason: 'unlisted-sender', detail: "a machine's first mail", tellSender: false };
  }
  return undefined;
}
