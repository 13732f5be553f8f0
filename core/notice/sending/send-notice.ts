import type { PersonRegistry } from '../../access/ports.ts';
import type { CommandDependencies } from '../../inquiry/decide-and-append.ts';
import { type Notice, noticeKeyOf } from '../../inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../../inquiry/outbox/queue-messages.ts';
import type { SendOutcome, WebhookPoster } from '../../inquiry/outbox/webhook.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import { computeEscalationFacts } from '../content/escalation-facts.ts';
import type { MailSender, NoticeStep, NoticeStepOutcome, OwedNotice } from '../ports.ts';
import {
  beginNoticeAttempt,
  concludeNotice,
  markNoticeSent,
  type NoticeAttempt,
  returnNotice,
} from './begin-notice-attempt.ts';
import { checkSendAllowance } from './check-send-allowance.ts';
import { isGatheringDigest } from './notice-bursts.ts';
import {
  type NoticeDestination,
  type ResolvedRecipient,
  resolveRecipient,
} from './resolve-recipient.ts';
import { type WriteMailDependencies, writeMail } from './write-mail.ts';
import { type WriteWebhookCallDependencies, writeWebhookCall } from './write-webhook-call.ts';

export type SendNoticeDependencies = WriteMailDependencies &
  WriteWebhookCallDependencies &
  Pick<CommandDependencies, 'random' | 'pause'> & {
    readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>;
    readonly mail: MailSender;
    readonly webhooks: WebhookPoster;
  };

/**
 * The outcome of an attempt. `settled`: nothing is left to do, or another sender has it.
 * `repeated`: sent, perhaps for the second time. `held`: another notice stands for it; `gathering`:
 * it stands for others. `later`: nothing was sent, and trying again helps. `uncertain`: it may have
 * been sent; its alarm brings it back.
 */
export type NoticeOutcome =
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

export type SendNoticeResult = {
  readonly outcome: NoticeOutcome;
  readonly owed?: OwedNotice;
  /** Why it was withheld or failed, or the code with which sending was refused. */
  readonly why?: string;
};

/** How often a step is tried again when others count mail to the same address at the same time. */
const stepLimit = 8;
const pauseMilliseconds = 10;

/**
 * A webhook that cannot be reached for so long is given up: by then the next step of its chain has
 * notified others, and the queue would soon give up too.
 */
const webhookWaitLimitSeconds = 1200;

/**
 * Sends a notice: marks it as being sent, sends the message, and records the answer.
 *
 * Repeating it does nothing once the notice is concluded or while another sender has it.
 */
export async function sendNotice(
  deps: SendNoticeDependencies,
  queueMessage: NoticeQueueMessage,
  now: Instant,
): Promise<SendNoticeResult> {
  const owed = await deps.ledger.load(queueMessage.inquiryId, queueMessage.notice);
  if (owed === undefined) return { outcome: 'unknown' };
  const { notice, inquiry } = owed;
  const sendingAttempt = beginNoticeAttempt(notice, now);
  if (sendingAttempt.take === 'nothing' || isGatheringDigest(notice, now))
    return { outcome: 'settled', owed };
  if (sendingAttempt.take === 'fail') return recordConclusion(deps, owed, sendingAttempt.after);
  if (isMoot(deps, owed, now)) {
    return recordConclusion(
      deps,
      owed,
      concludeNotice(notice, 'withheld', 'what it warns of is over'),
    );
  }
  const to = await resolveRecipient(notice, inquiry, deps.people, deps.terms, now);
  switch (to.resolved) {
    case 'nobody':
      return recordConclusion(deps, owed, concludeNotice(notice, 'withheld', to.why));
    case 'several':
      return expandNotice(deps, owed, to.recipients, now);
    case 'mailbox':
    case 'webhook':
      return sendToDestination(deps, owed, to, sendingAttempt, now);
    default:
      return to satisfies never;
  }
}

/** A warning is useless once its escalation is over; a miss or an emergency is reported anyway. */
function isMoot(
  { terms }: SendNoticeDependencies,
  { notice, inquiry, event }: OwedNotice,
  now: Instant,
): boolean {
  // A digest stands for others, too.
  if (notice.kind !== 'sla-warning' || notice.digest !== undefined) return false;
  return computeEscalationFacts(inquiry, event, terms.serviceLevels, now)?.state === 'over';
}

/** Records the end of a notice that is not sent. */
async function recordConclusion(
  deps: SendNoticeDependencies,
  owed: OwedNotice,
  after: Notice,
): Promise<SendNoticeResult> {
  const outcome = await applyStep(deps, { before: owed.notice, after });
  if (outcome === 'busy') return { outcome: 'later', owed };
  if (outcome === 'changed') return { outcome: 'settled', owed };
  return {
    outcome: after.state === 'failed' ? 'failed' : 'withheld',
    owed,
    ...(after.remark === undefined ? {} : { why: after.remark }),
  };
}

/** Replaces the notice by one for each recipient who has none of the same event and kind yet. */
async function expandNotice(
  deps: SendNoticeDependencies,
  owed: OwedNotice,
  recipients: Extract<ResolvedRecipient, { resolved: 'several' }>['recipients'],
  now: Instant,
): Promise<SendNoticeResult> {
  const { sendingUntil: _, remark: __, ...before } = owed.notice;
  const knownKeys = new Set(await deps.ledger.keysOf(before.inquiryId, before.seq));
  const children = recipients
    .map((recipient): Notice => {
      return { ...before, recipient, state: 'pending', owedAt: now, attempts: 0 };
    })
    .filter((child) => !knownKeys.has(noticeKeyOf(child)));
  const after: Notice = { ...before, state: 'expanded' };
  const outcome = await applyStep(deps, { before: owed.notice, after, children });
  if (outcome === 'busy') return { outcome: 'later', owed };
  return { outcome: outcome === 'changed' ? 'settled' : 'expanded', owed };
}

/** Counts the notice against its limits in the transaction that marks it, and then sends it. */
async function sendToDestination(
  deps: SendNoticeDependencies,
  owed: OwedNotice,
  to: NoticeDestination,
  sendingAttempt: Extract<NoticeAttempt, { take: 'send' }>,
  now: Instant,
): Promise<SendNoticeResult> {
  const { notice } = owed;
  let send: (() => Promise<SendOutcome>) | undefined;
  for (let attempt = 0; attempt < stepLimit; attempt += 1) {
    const allowance = await checkSendAllowance(deps.ledger, owed, to, now);
    if (!allowance.allowed) {
      const { fate, after, writing } = allowance;
      const outcome = await deps.ledger.applyStep({ before: notice, after, ...writing });
      if (outcome === 'changed') return { outcome: 'settled', owed };
      if (outcome === 'stepped') {
        return {
          outcome: fate,
          owed,
          ...(after.remark === undefined ? {} : { why: after.remark }),
        };
      }
    } else {
      // Written before the notice is marked, so that only the sending itself can end uncertainly.
      send ??= await prepareSend(deps, owed, to, now);
      const step = { before: notice, after: sendingAttempt.taken, ...allowance.counting };
      const outcome = await deps.ledger.applyStep(step);
      if (outcome === 'changed') return { outcome: 'settled', owed };
      if (outcome === 'stepped') {
        const fate = await deliverNotice(
          deps,
          { ...owed, notice: sendingAttempt.taken },
          to,
          send,
          now,
        );
        return fate.outcome === 'sent' && sendingAttempt.repeated
          ? { ...fate, outcome: 'repeated' }
          : fate;
      }
    }
    await pauseAfter(deps, attempt);
  }
  return { outcome: 'later', owed };
}

async function prepareSend(
  deps: SendNoticeDependencies,
  owed: OwedNotice,
  to: NoticeDestination,
  now: Instant,
): Promise<() => Promise<SendOutcome>> {
  if (to.resolved === 'webhook') {
    const call = await writeWebhookCall(deps, owed, to, now);
    return () => deps.webhooks.post(call);
  }
  const mail = await writeMail(deps, owed, to, now);
  return () => deps.mail.send(mail);
}

async function deliverNotice(
  deps: SendNoticeDependencies,
  owed: OwedNotice,
  to: NoticeDestination,
  send: () => Promise<SendOutcome>,
  now: Instant,
): Promise<SendNoticeResult> {
  const { notice } = owed;
  const isMail = to.resolved === 'mailbox';
  const sendOutcome = await send();
  switch (sendOutcome.outcome) {
    case 'sent': {
      const after = markNoticeSent(notice, sendOutcome, now);
      const thread = isMail ? { thread: audienceOf(notice.kind) } : {};
      const outcome = await applyStep(deps, { before: notice, after, ...thread });
      return {
        outcome: outcome === 'stepped' ? 'sent' : 'uncertain',
        owed: { ...owed, notice: after },
      };
    }
    case 'refused': {
      const by = isMail ? 'refused by SES' : 'refused';
      return recordConclusion(
        deps,
        owed,
        concludeNotice(notice, 'failed', `${by}: ${sendOutcome.code}`),
      );
    }
    case 'unavailable':
      if (!isMail && isPastWaitLimit(notice, now)) {
        return recordConclusion(
          deps,
          owed,
          concludeNotice(notice, 'failed', `not reached in time: ${sendOutcome.code}`),
        );
      }
      await applyStep(deps, { before: notice, after: returnNotice(notice) });
      return { outcome: 'later', owed, why: sendOutcome.code };
    case 'unknown':
      return { outcome: 'uncertain', owed, why: sendOutcome.code };
    default:
      return sendOutcome satisfies never;
  }
}

function isPastWaitLimit({ owedAt, digest }: Notice, now: Instant): boolean {
  return now >= addSeconds(digest?.until ?? owedAt, webhookWaitLimitSeconds);
}

/** Applies a step, several times while others count mail to the same address. */
async function applyStep(
  deps: SendNoticeDependencies,
  step: NoticeStep,
): Promise<NoticeStepOutcome> {
  for (let attempt = 0; attempt < stepLimit; attempt += 1) {
    const outcome = await deps.ledger.applyStep(step);
    if (outcome !== 'busy') return outcome;
    await pauseAfter(deps, attempt);
  }
  return 'busy';
}

function pauseAfter({ random, pause }: SendNoticeDependencies, attempt: number): Promise<void> {
  return pause(random.fraction() * pauseMilliseconds * 2 ** attempt);
}
