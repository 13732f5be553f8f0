import type { PersonRegistry } from '../access/ports.ts';
import type { Instant } from '../inquiry/ids.ts';
import type { NoticeNews } from '../inquiry/news.ts';
import { isAutomatic, type Notice } from '../inquiry/notice.ts';
import type { Performing } from '../inquiry/perform.ts';
import { audienceOf } from './audience.ts';
import { fullWindow, withSending } from './limits.ts';
import type { MailSender, NoticeStep, OutgoingMail, OwedNotice } from './ports.ts';
import { type Mailbox, type Resolved, resolveRecipient } from './resolve-recipient.ts';
import { givenBack, sentAs, settled, takeNotice } from './take-notice.ts';
import { type Writing, writeMail } from './write-mail.ts';

/** What sending needs from outside. */
export type Sender = Writing &
  Pick<Performing, 'random' | 'pause'> & {
    readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>;
    readonly mail: MailSender;
  };

/**
 * What became of a notice. `repeated`: sent again, perhaps a second time. `later`: nothing was sent,
 * and trying again helps. `uncertain`: it may have been sent; its alarm brings it back.
 */
export type Fate =
  | 'unknown'
  | 'settled'
  | 'sent'
  | 'repeated'
  | 'expanded'
  | 'withheld'
  | 'failed'
  | 'later'
  | 'uncertain';

export type NoticeFate = {
  readonly fate: Fate;
  readonly owed?: OwedNotice;
  /** Why it was withheld or failed, or the code with which sending was refused. */
  readonly why?: string;
};

/** How often a step is tried again when others count mail to the same address at the same time. */
const stepLimit = 8;
const pauseMilliseconds = 10;

/**
 * Sends a notice: takes it, sends the mail, and records under which Message-ID it went.
 *
 * Repeating it does nothing once the notice is settled or while another sender has it.
 */
export async function sendNotice(
  sender: Sender,
  news: NoticeNews,
  now: Instant,
): Promise<NoticeFate> {
  const owed = await sender.ledger.load(news.inquiryId, news.notice);
  if (owed === undefined) return { fate: 'unknown' };
  const { notice, inquiry } = owed;
  const taking = takeNotice(notice, now);
  if (taking.take === 'nothing') return { fate: 'settled', owed };
  if (taking.take === 'fail') return end(sender, owed, taking.after);
  const to = await resolveRecipient(notice, inquiry, sender.people);
  switch (to.resolved) {
    case 'nobody':
      return end(sender, owed, settled(notice, 'withheld', to.why));
    case 'several':
      return expand(sender, owed, to.recipients, now);
    case 'mailbox': {
      // Written before it is taken, so that only the sending itself can end uncertainly.
      const mail = await writeMail(sender, owed, to, now);
      const taken = await take(sender, owed, taking.taken, to, now);
      if (taken !== 'taken') return taken;
      const fate = await deliver(sender, { ...owed, notice: taking.taken }, mail, now);
      return fate.fate === 'sent' && taking.repeated ? { ...fate, fate: 'repeated' } : fate;
    }
    default:
      return to satisfies never;
  }
}

/** Settles a notice that is not sent. */
async function end(sender: Sender, owed: OwedNotice, after: Notice): Promise<NoticeFate> {
  const outcome = await sender.ledger.step({ before: owed.notice, after });
  if (outcome === 'busy') return { fate: 'later', owed };
  if (outcome === 'changed') return { fate: 'settled', owed };
  return {
    fate: after.state === 'failed' ? 'failed' : 'withheld',
    owed,
    ...(after.remark === undefined ? {} : { why: after.remark }),
  };
}

async function expand(
  sender: Sender,
  owed: OwedNotice,
  recipients: Extract<Resolved, { resolved: 'several' }>['recipients'],
  now: Instant,
): Promise<NoticeFate> {
  const { sendingUntil: _, remark: __, ...before } = owed.notice;
  const children = recipients.map(
    (recipient): Notice => ({ ...before, recipient, state: 'pending', owedAt: now, attempts: 0 }),
  );
  const after: Notice = { ...before, state: 'expanded' };
  const outcome = await sender.ledger.step({ before: owed.notice, after, children });
  if (outcome === 'busy') return { fate: 'later', owed };
  return { fate: outcome === 'changed' ? 'settled' : 'expanded', owed };
}

/** Takes the notice and, for automatic mail, counts it in the same transaction. */
async function take(
  sender: Sender,
  owed: OwedNotice,
  taken: Notice,
  { address }: Mailbox,
  now: Instant,
): Promise<'taken' | NoticeFate> {
  const { notice, inquiry } = owed;
  for (let attempt = 0; attempt < stepLimit; attempt += 1) {
    const step: NoticeStep = { before: notice, after: taken };
    const counted = isAutomatic(notice.kind) ? await sender.ledger.sendings(address) : undefined;
    const full = counted && fullWindow(counted.sendings, inquiry.id, now);
    if (full !== undefined) {
      return end(sender, owed, settled(notice, 'withheld', `limit on automatic mail: ${full}`));
    }
    const sendings = counted && {
      address,
      was: counted,
      now: {
        revision: counted.revision + 1,
        sendings: withSending(counted.sendings, { at: now, inquiryId: inquiry.id }),
      },
    };
    const outcome = await sender.ledger.step(sendings ? { ...step, sendings } : step);
    if (outcome === 'stepped') return 'taken';
    if (outcome === 'changed') return { fate: 'settled', owed };
    await pauseAfter(sender, attempt);
  }
  return { fate: 'later', owed };
}

async function deliver(
  sender: Sender,
  owed: OwedNotice,
  mail: OutgoingMail,
  now: Instant,
): Promise<NoticeFate> {
  const { notice } = owed;
  const sent = await sender.mail.send(mail);
  switch (sent.outcome) {
    case 'sent': {
      const after = sentAs(notice, sent.wireId, now);
      const recorded = await record(sender, {
        before: notice,
        after,
        thread: audienceOf(notice.kind),
      });
      return { fate: recorded ? 'sent' : 'uncertain', owed: { ...owed, notice: after } };
    }
    case 'refused':
      return end(sender, owed, settled(notice, 'failed', `refused by SES: ${sent.code}`));
    case 'unavailable':
      await sender.ledger.step({ before: notice, after: givenBack(notice) });
      return { fate: 'later', owed, why: sent.code };
    case 'unknown':
      return { fate: 'uncertain', owed, why: sent.code };
    default:
      return sent satisfies never;
  }
}

async function record(sender: Sender, step: NoticeStep): Promise<boolean> {
  for (let attempt = 0; attempt < stepLimit; attempt += 1) {
    const outcome = await sender.ledger.step(step);
    if (outcome !== 'busy') return outcome === 'stepped';
    await pauseAfter(sender, attempt);
  }
  return false;
}

function pauseAfter({ random, pause }: Sender, attempt: number): Promise<void> {
  return pause(random.fraction() * pauseMilliseconds * 2 ** attempt);
}
