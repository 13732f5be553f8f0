import type { PersonRegistry } from '../../access/ports.ts';
import type { CommandDependencies } from '../../inquiry/decide-and-append.ts';
import { type Notice, noticeKeyOf } from '../../inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../../inquiry/outbox/queue-messages.ts';
import type { SendOutcome, WebhookPoster } from '../../inquiry/outbox/webhook.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import { escalationFacts } from '../content/escalation-facts.ts';
import type { MailSender, NoticeStep, OwedNotice } from '../ports.ts';
import { givenBack, sentAs, settled, type Taking, takeNotice } from './begin-notice-attempt.ts';
import { askAllowance } from './check-send-allowance.ts';
import { isGathering } from './notice-bursts.ts';
import { type Destination, type Resolved, resolveRecipient } from './resolve-recipient.ts';
import { type Writing, writeMail } from './write-mail.ts';
import { type Calling, writeCall } from './write-webhook-call.ts';

/** What sending needs from outside. */
export type Sender = Writing &
  Calling &
  Pick<CommandDependencies, 'random' | 'pause'> & {
    readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>;
    readonly mail: MailSender;
    readonly webhooks: WebhookPoster;
  };

/**
 * What became of a notice. `repeated`: sent again, perhaps a second time. `held`: another notice
 * speaks for it, as `gathering` does for others. `later`: nothing was sent, and trying again helps.
 * `uncertain`: it may have been sent; its alarm brings it back.
 */
export type Fate =
  | 'unknown'
  | 'settled'
  | 'sent'
  | 'repeated'
  | 'expanded'
  | 'withheld'
  | 'held'
  | 'gathering'
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
 * A webhook that cannot be reached for so long is given up: by then the next step of its chain has
 * told others, and the queue would soon give up too.
 */
const webhookPatienceSeconds = 1200;

/**
 * Sends a notice: takes it, sends the message, and records what it was answered.
 *
 * Repeating it does nothing once the notice is settled or while another sender has it.
 */
export async function sendNotice(
  sender: Sender,
  news: NoticeQueueMessage,
  now: Instant,
): Promise<NoticeFate> {
  const owed = await sender.ledger.load(news.inquiryId, news.notice);
  if (owed === undefined) return { fate: 'unknown' };
  const { notice, inquiry } = owed;
  const taking = takeNotice(notice, now);
  if (taking.take === 'nothing' || isGathering(notice, now)) return { fate: 'settled', owed };
  if (taking.take === 'fail') return end(sender, owed, taking.after);
  if (isMoot(sender, owed, now)) {
    return end(sender, owed, settled(notice, 'withheld', 'what it warns of is over'));
  }
  const to = await resolveRecipient(notice, inquiry, sender.people, sender.terms, now);
  switch (to.resolved) {
    case 'nobody':
      return end(sender, owed, settled(notice, 'withheld', to.why));
    case 'several':
      return expand(sender, owed, to.recipients, now);
    case 'mailbox':
    case 'webhook':
      return sendTo(sender, owed, to, taking, now);
    default:
      return to satisfies never;
  }
}

/** A warning is of use only while its clock runs; of a miss or an emergency people are told anyway. */
function isMoot({ terms }: Sender, { notice, inquiry, event }: OwedNotice, now: Instant): boolean {
  // Others count on one that speaks for them.
  if (notice.kind !== 'sla-warning' || notice.digest !== undefined) return false;
  return escalationFacts(inquiry, event, terms.serviceLevels, now)?.state === 'over';
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

/** Whoever has a notice of the same event and kind already gets no second one. */
async function expand(
  sender: Sender,
  owed: OwedNotice,
  recipients: Extract<Resolved, { resolved: 'several' }>['recipients'],
  now: Instant,
): Promise<NoticeFate> {
  const { sendingUntil: _, remark: __, ...before } = owed.notice;
  const known = new Set(await sender.ledger.keysOf(before.inquiryId, before.seq));
  const children = recipients
    .map((recipient): Notice => {
      return { ...before, recipient, state: 'pending', owedAt: now, attempts: 0 };
    })
    .filter((child) => !known.has(noticeKeyOf(child)));
  const after: Notice = { ...before, state: 'expanded' };
  const outcome = await sender.ledger.step({ before: owed.notice, after, children });
  if (outcome === 'busy') return { fate: 'later', owed };
  return { fate: outcome === 'changed' ? 'settled' : 'expanded', owed };
}

/** Takes the notice as far as the limits let it, counts it in the same transaction, and sends it. */
async function sendTo(
  sender: Sender,
  owed: OwedNotice,
  to: Destination,
  taking: Extract<Taking, { take: 'send' }>,
  now: Instant,
): Promise<NoticeFate> {
  const { notice } = owed;
  let send: (() => Promise<SendOutcome>) | undefined;
  for (let attempt = 0; attempt < stepLimit; attempt += 1) {
    const allowance = await askAllowance(sender.ledger, owed, to, now);
    if (!allowance.allowed) {
      const { fate, after, writing } = allowance;
      const outcome = await sender.ledger.step({ before: notice, after, ...writing });
      if (outcome === 'changed') return { fate: 'settled', owed };
      if (outcome === 'stepped') {
        return { fate, owed, ...(after.remark === undefined ? {} : { why: after.remark }) };
      }
    } else {
      // Written before it is taken, so that only the sending itself can end uncertainly.
      send ??= await written(sender, owed, to, now);
      const step = { before: notice, after: taking.taken, ...allowance.counting };
      const outcome = await sender.ledger.step(step);
      if (outcome === 'changed') return { fate: 'settled', owed };
      if (outcome === 'stepped') {
        const fate = await deliver(sender, { ...owed, notice: taking.taken }, to, send, now);
        return fate.fate === 'sent' && taking.repeated ? { ...fate, fate: 'repeated' } : fate;
      }
    }
    await pauseAfter(sender, attempt);
  }
  return { fate: 'later', owed };
}

async function written(
  sender: Sender,
  owed: OwedNotice,
  to: Destination,
  now: Instant,
): Promise<() => Promise<SendOutcome>> {
  if (to.resolved === 'webhook') {
    const call = await writeCall(sender, owed, to, now);
    return () => sender.webhooks.post(call);
  }
  const mail = await writeMail(sender, owed, to, now);
  return () => sender.mail.send(mail);
}

async function deliver(
  sender: Sender,
  owed: OwedNotice,
  to: Destination,
  send: () => Promise<SendOutcome>,
  now: Instant,
): Promise<NoticeFate> {
  const { notice } = owed;
  const isMail = to.resolved === 'mailbox';
  const sent = await send();
  switch (sent.outcome) {
    case 'sent': {
      const after = sentAs(notice, sent, now);
      const thread = isMail ? { thread: audienceOf(notice.kind) } : {};
      const recorded = await record(sender, { before: notice, after, ...thread });
      return { fate: recorded ? 'sent' : 'uncertain', owed: { ...owed, notice: after } };
    }
    case 'refused': {
      const by = isMail ? 'refused by SES' : 'refused';
      return end(sender, owed, settled(notice, 'failed', `${by}: ${sent.code}`));
    }
    case 'unavailable':
      if (!isMail && isPast(notice, now)) {
        return end(sender, owed, settled(notice, 'failed', `not reached in time: ${sent.code}`));
      }
      await sender.ledger.step({ before: notice, after: givenBack(notice) });
      return { fate: 'later', owed, why: sent.code };
    case 'unknown':
      return { fate: 'uncertain', owed, why: sent.code };
    default:
      return sent satisfies never;
  }
}

function isPast({ owedAt, digest }: Notice, now: Instant): boolean {
  return now >= addSeconds(digest?.until ?? owedAt, webhookPatienceSeconds);
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
