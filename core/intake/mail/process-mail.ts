import { isRefusal, type Refusal } from '../../inquiry/refusal.ts';
import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import type { IntakeAnswer } from '../ports.ts';
import type { Suspicion } from './build-quarantine-event.ts';
import {
  type Again,
  continueInquiry,
  openInquiry,
  quarantine,
  recordDuplicate,
} from './decide-mail.ts';
import { type ThreadClues, threadClues } from './find-thread-clues.ts';
import { findTarget } from './find-thread-target.ts';
import { judgeSender } from './judge-sender.ts';
import { isUnreadable, type ReadMail, type UnreadableMail } from './mail.ts';
import {
  contentOnce,
  type Filing,
  type MailIntake,
  marksOf,
  marksUnread,
  objectOnce,
  type Taken,
} from './mail-idempotency.ts';
import { type MailNotification, settledKey, verdictsOf } from './mail-notification.ts';

const attemptLimit = 6;
const pauseMilliseconds = 20;

/**
 * Takes in one mail that SES stored: gives it its fate, once, and moves it to where it is kept.
 *
 * Safe to repeat and to race: a second delivery of the same object changes nothing, and another
 * delivery of the same message is a `duplicate`. Throws when something outside fails or the mail
 * keeps losing races, and is then to be called again. Refuses `transient.conflict` only.
 */
export async function takeMail(
  intake: MailIntake,
  notification: MailNotification,
  now: Instant,
): Promise<Taken | Refusal> {
  const { objectKey } = notification.receipt.action;
  const raw =
    (await intake.rawMails.get(objectKey)) ?? (await intake.rawMails.get(settledKey(notification)));
  if (raw === undefined) throw new Error(`no raw mail under ${objectKey}`);
  const read = await intake.reader.read(raw);
  return settled(intake, notification, () => giveFate(intake, notification, read, now));
}

/**
 * Quarantines a mail unread, one that has twice killed or failed its reader; changes nothing when
 * the mail has its fate already.
 */
export async function quarantineUnread(
  intake: MailIntake,
  notification: MailNotification,
  now: Instant,
): Promise<Taken | Refusal> {
  const detail = 'reading it failed twice';
  return settled(intake, notification, () =>
    quarantineOnce(intake, notification, { reason: 'poison', detail, tellSender: false }, now),
  );
}

async function settled(
  intake: MailIntake,
  notification: MailNotification,
  take: () => Promise<Taken | Refusal>,
): Promise<Taken | Refusal> {
  const taken = await take();
  // Without a fate it stays where the reconciler looks.
  if (isRefusal(taken)) return taken;
  // The reconciler knows another instant of it than its first notification did.
  const to = taken.raw ?? settledKey(notification);
  await intake.rawMails.settle(notification.receipt.action.objectKey, to);
  return taken;
}

async function giveFate(
  intake: MailIntake,
  notification: MailNotification,
  read: ReadMail | UnreadableMail,
  now: Instant,
): Promise<Taken | Refusal> {
  const verdicts = verdictsOf(notification);
  if (isUnreadable(read)) {
    const { noAutoReply } = marksUnread(notification, intake.stage);
    const suspicion = suspicionOf(read, verdicts.dmarc === 'PASS' && !noAutoReply);
    return quarantineOnce(intake, notification, suspicion, now);
  }
  const { stage } = intake;
  const marks = marksOf(notification, read, stage);
  const judgement = judgeSender(read, verdicts, stage.mailDomain, stage.policy);
  const filing = { notification, mail: read, marks, authenticated: false, ...judgement };
  if (!judgement.accepted) {
    const { reason, detail } = judgement;
    return quarantineOnce(intake, notification, { reason, detail, tellSender: false }, now, filing);
  }
  return file(intake, filing, now);
}

function suspicionOf({ unreadable, detail }: UnreadableMail, answerable: boolean): Suspicion {
  return unreadable === 'unparseable'
    ? { reason: 'unreadable', detail, tellSender: false }
    : { reason: 'over-limit', detail, tellSender: answerable };
}

function quarantineOnce(
  intake: MailIntake,
  notification: MailNotification,
  suspicion: Suspicion,
  now: Instant,
  filing?: Filing,
): Promise<Taken | Refusal> {
  return oncePerMail(intake, notification, filing, now, noClues, () =>
    quarantine(intake, notification, suspicion, now, filing),
  );
}

function file(intake: MailIntake, filing: Filing, now: Instant): Promise<Taken | Refusal> {
  const { notification, mail } = filing;
  const clues = threadClues(mail, notification.receipt.recipients, intake.readToken);
  return oncePerMail(intake, notification, filing, now, clues, (known) =>
    thread(intake, filing, clues, known, now),
  );
}

const noClues: ThreadClues = { messageIds: [] };

/** Looks up what is known and decides by it, from the beginning again whenever somebody was faster. */
async function oncePerMail(
  intake: MailIntake,
  notification: MailNotification,
  filing: Filing | undefined,
  now: Instant,
  clues: ThreadClues,
  decide: (known: IntakeAnswer) => Promise<Taken | Refusal | Again>,
): Promise<Taken | Refusal> {
  const object = objectOnce(notification);
  const contents = filing === undefined ? [] : contentKeys(filing);
  for (let attempt = 1; attempt <= attemptLimit; attempt += 1) {
    const known = await lookUp(intake, filing?.mail, clues, [object, ...contents], now);
    const already = known.once.get(object);
    if (already !== undefined) return JSON.parse(already) as Taken;
    const first = contents.map((key) => known.once.get(key)).find((value) => value !== undefined);
    if (first !== undefined && filing !== undefined) {
      return recordDuplicate(intake, filing, JSON.parse(first) as Taken, now);
    }
    const taken = await decide(known);
    if (taken !== 'again') return taken;
    await intake.pause(intake.random.fraction() * pauseMilliseconds * attempt);
  }
  throw new Error('a mail kept losing races');
}

/** What is not accepted repeats any delivery of it; what is accepted repeats accepted ones only. */
function contentKeys({ mail, accepted }: Filing): string[] {
  const keys = [contentOnce(mail, true), accepted ? undefined : contentOnce(mail, false)];
  return keys.filter((key) => key !== undefined);
}

/** One read answers everything that a decision about the mail asks. */
export function lookUp(
  { lookup }: Pick<MailIntake, 'lookup'>,
  mail: ReadMail | undefined,
  clues: ThreadClues,
  once: readonly string[],
  now: Instant,
): Promise<IntakeAnswer> {
  const addresses = [mail?.from[0]?.address, mail?.forwarded?.from.address];
  return lookup.lookUp(
    {
      once,
      messageIds: [...clues.messageIds, ...(mail?.messageId === undefined ? [] : [mail.messageId])],
      ...(clues.number === undefined ? {} : { number: clues.number }),
      addresses: addresses.filter((address): address is EmailAddress => address !== undefined),
    },
    now,
  );
}

/** A mail goes where it belongs, or opens an inquiry with links to what it refers to. */
async function thread(
  intake: MailIntake,
  filing: Filing,
  clues: ThreadClues,
  known: IntakeAnswer,
  now: Instant,
): Promise<Taken | Refusal | Again> {
  const { notification, mail, marks, authenticated } = filing;
  const address = mail.from[0]?.address;
  const person = address === undefined ? undefined : known.people.get(address);
  const { machine } = marks;
  const sender = { authenticated, machine, ...(person === undefined ? {} : { person }) };
  const target = await findTarget(intake.ledger, clues, known, mail, sender, now);
  if (target?.continues) return continueInquiry(intake, filing, target, known, now);
  const suspicion = suspicionAboutMachine(filing, intake);
  if (suspicion !== undefined) {
    return quarantine(intake, notification, suspicion, now, filing);
  }
  const links = target === undefined ? [] : [target.loaded.inquiry.id];
  return openInquiry(intake, filing, known, links, now);
}

/** What belongs to no inquiry, and is not let open one. */
function suspicionAboutMachine({ marks }: Filing, { stage }: MailIntake): Suspicion | undefined {
  if (marks.loop) {
    const detail = 'our own mail came back, of no inquiry that it continues';
    return { reason: 'loop', detail, tellSender: false };
  }
  if (marks.machine && stage.policy.automatedFirstContact === 'quarantine') {
    return { reason: 'unlisted-sender', detail: "a machine's first mail", tellSender: false };
  }
  return undefined;
}
