import { isRefusal, type Refusal } from '../../inquiry/refusal.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { MailIntakeDependencies } from '../ports.ts';
import { appendMail } from './append-mail.ts';
import { decideMail } from './decide-mail.ts';
import { type IncomingMail, judgeIncomingMail } from './incoming-mail.ts';
import { lookUpMail, type MailOutcome } from './known-mail.ts';
import { archiveKeyOf, type MailNotification } from './mail-notification.ts';

const attemptLimit = 6;
const pauseMilliseconds = 20;

/**
 * Processes one mail that SES stored: gives it its fate, once, and archives it.
 *
 * Safe to repeat and to race: a second delivery of the same object changes nothing, and another
 * delivery of the same message is a `duplicate`. Refuses `transient.conflict` only.
 * @throws when something outside fails or the mail keeps losing races; call it again then
 */
export async function processMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const read = await intake.reader.read(await getRawMail(intake, notification));
  const incoming = judgeIncomingMail(notification, read, intake.settings, intake.readToken);
  return giveFate(intake, incoming, now);
}

/**
 * Quarantines a mail unread after reading it has failed twice; changes nothing when the mail has
 * its fate already.
 */
export function quarantineUnreadMail(
  intake: MailIntakeDependencies,
  notification: MailNotification,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  const detail = 'reading it failed twice';
  const quarantine = { reason: 'poison', detail, tellSender: false } as const;
  return giveFate(intake, { notification, quarantine }, now);
}

async function getRawMail(
  { rawMails }: MailIntakeDependencies,
  notification: MailNotification,
): Promise<Uint8Array> {
  const { objectKey } = notification.receipt.action;
  // An earlier run may have archived it without its message being deleted.
  const raw = (await rawMails.get(objectKey)) ?? (await rawMails.get(archiveKeyOf(notification)));
  if (raw === undefined) throw new Error(`no raw mail under ${objectKey}`);
  return raw;
}

async function giveFate(
  intake: MailIntakeDependencies,
  incoming: IncomingMail,
  now: Instant,
): Promise<MailOutcome | Refusal> {
  for (let attempt = 1; attempt <= attemptLimit; attempt += 1) {
    const known = await lookUpMail(intake, incoming, now);
    const decision = decideMail(incoming, known, intake.settings.policy, now);
    const outcome = await appendMail(intake, incoming, known, decision, now);
    // Without a fate it stays under `incoming/`, where the reconciler looks.
    if (outcome !== 'retry')
      return isRefusal(outcome) ? outcome : archive(intake, incoming, outcome);
    await intake.pause(intake.random.fraction() * pauseMilliseconds * attempt);
  }
  throw new Error('a mail kept losing races');
}

async function archive(
  { rawMails }: MailIntakeDependencies,
  { notification }: IncomingMail,
  outcome: MailOutcome,
): Promise<MailOutcome> {
  // The day in the key is the first notification's; the reconciler's has another instant.
  const to = outcome.raw ?? archiveKeyOf(notification);
  await rawMails.archive(notification.receipt.action.objectKey, to);
  return outcome;
}
