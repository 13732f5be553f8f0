import * as z from 'zod';
import { recordChange } from '../../core/access/access-record.ts';
import type { AuditAction, AuditLog } from '../../core/access/audit-entry.ts';
import { parseDurationSeconds } from '../../core/inquiry/clock/business-duration.ts';
import { writeVendorMessage } from '../../core/inquiry/outbox/vendor-message.ts';
import type { WebhookPoster } from '../../core/inquiry/outbox/webhook.ts';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import {
  findDesk,
  StageDesks,
  type Terms,
  type TermsInForce,
} from '../../core/inquiry/terms/terms.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import { DeskId, type Instant, type VendorId } from '../../core/inquiry/values/ids.ts';
import type { Actor } from '../../core/work/actor.ts';
import {
  performVendorCommand,
  type VendorCommand,
  type VendorCommandDependencies,
  type VendorCommandResult,
} from '../../core/work/perform-vendor-command.ts';
import { VendorAnswer } from '../contract/vendor.ts';
import { vendorSystem } from '../edge/access/verify-signed-request.ts';
import { problemTable, queueVerdictOf } from '../edge/problem/refusal-status.ts';
import { type QueueContext, type QueueHandler, queueHandler } from '../edge/queue/queue.ts';
import type { Verdict } from '../edge/queue/record-outcome.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
  /** Pairs of an answers queue's ARN and its desk: where a message came from says whose it is. */
  ANSWER_QUEUES: z
    .string()
    .transform((written) => JSON.parse(written) as unknown)
    .pipe(z.array(z.tuple([z.string(), DeskId])))
    .transform((pairs) => new Map(pairs)),
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

type Deps = VendorCommandDependencies & {
  readonly env: Pick<Env, 'ANSWER_QUEUES'>;
  readonly terms: TermsInForce;
  readonly keys: SigningKeys;
  readonly mac: MacFunction;
  readonly webhooks: WebhookPoster;
  readonly audit: AuditLog;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
};

/** A message on its way through. */
type Taken = {
  readonly answer: VendorAnswer;
  readonly actor: Actor;
  readonly vendor: VendorId;
  readonly terms: Terms;
  readonly traceId: string;
  readonly now: Instant;
};

/**
 * Makes the consumer of answers queues: what a vendor's system sends there is performed as if it had
 * sent it signed, at the desk that the queue is of.
 *
 * Refusals, and the fence of a claim, are told back by webhook where the vendor has one.
 */
export function makeHandler(deps: Deps): QueueHandler {
  const { logger, meter } = deps;
  return queueHandler({
    message: VendorAnswer,
    handle: (answer, context) => take(deps, answer, context),
    logger,
    meter,
  });
}

async function take(deps: Deps, answer: VendorAnswer, context: QueueContext): Promise<Verdict> {
  const now = deps.now();
  const terms = await deps.terms.read();
  const id = deps.env.ANSWER_QUEUES.get(context.queueArn);
  const desk = id === undefined ? undefined : findDesk(terms, id);
  if (desk?.vendor === undefined) throw new TypeError(`${context.queueArn} is of no vendor's desk`);
  const { vendor } = desk;
  const actor = { ...vendorSystem(vendor, terms), desks: [desk.id] };
  const taken = { answer, actor, vendor, terms, traceId: context.messageId, now };
  const { id: answerId, inquiryId } = answer;
  const sent = { id: answerId, vendor, inquiryId, command: commandOf(answer) };
  const messageId = deps.random.id(now);
  const outcome = await performVendorCommand(deps, sent, { actor, terms, now, messageId });
  if (isRefusal(outcome) && queueVerdictOf(outcome.refused) === 'retry') return outcome;
  await record(deps, taken, outcome);
  const code = isRefusal(outcome) ? outcome.refused : undefined;
  logStep(deps.logger, { step: `work.answer-${answer.command}`, inquiryId, desk: desk.id, code });
  const isTold = await tellBack(deps, taken, outcome);
  if (!isTold) return 'retry';
  return isRefusal(outcome) ? outcome : 'done';
}

function commandOf(answer: VendorAnswer): VendorCommand {
  const { id: _, inquiryId: __, ...given } = answer;
  switch (given.command) {
    case 'message': {
      const { kind, text, fence } = given;
      return { command: kind === 'public' ? 'reply' : 'note', text, fence };
    }
    case 'wait': {
      const { remindAfter, ...rest } = given;
      if (remindAfter === undefined) return rest;
      return { ...rest, remindAfterSeconds: parseDurationSeconds(remindAfter) };
    }
    default:
      return given;
  }
}

/** Records who did what, as for what comes by HTTP; a heartbeat only where it is refused. */
async function record(
  deps: Deps,
  taken: Taken,
  outcome: VendorCommandResult | Refusal,
): Promise<void> {
  const { answer, actor, vendor, traceId } = taken;
  const { sub, name, role } = actor;
  if (answer.command === 'heartbeat' && !isRefusal(outcome)) return;
  const refused = isRefusal(outcome) ? outcome.refused : undefined;
  const done = isRefusal(outcome) ? {} : outcome;
  await deps.audit.append([
    {
      at: deps.now(),
      actor: { sub, name, role, vendor },
      action: actionOf(answer),
      inquiries: [
        done.performed === undefined
          ? { id: answer.inquiryId, right: [] }
          : recordChange(actor, done.performed.inquiry),
      ],
      route: 'SQS answers',
      outcome: {
        status: refused === undefined ? 200 : problemTable[refused].status,
        ...(refused === undefined ? {} : { code: refused }),
      },
      ...(done.repeated === undefined ? {} : { repeated: done.repeated }),
      traceId,
    },
  ]);
}

function actionOf(answer: VendorAnswer): AuditAction {
  if (answer.command !== 'message') return answer.command;
  return answer.kind === 'public' ? 'reply' : 'note';
}

/** Tells what the vendor's system has to know; false where it could not be reached just now. */
async function tellBack(
  deps: Deps,
  taken: Taken,
  outcome: VendorCommandResult | Refusal,
): Promise<boolean> {
  const { terms, vendor, now } = taken;
  const content = contentOf(taken.answer, outcome);
  if (content === undefined) return true;
  const signing = { keys: await deps.keys.of('vendor'), mac: deps.mac };
  // A message that was refused may be done when it comes again, which is other news.
  const news = isRefusal(outcome) ? 'refused' : 'answer';
  const message = { id: `${news}_${taken.answer.id}`, content };
  const call = writeVendorMessage(signing, terms, vendor, message, now);
  if (call === undefined) return true;
  const told = await deps.webhooks.post(call);
  logStep(deps.logger, { step: `vendor.${told.outcome}`, inquiryId: taken.answer.inquiryId });
  // What it refuses to hear is in the log and the audit.
  return told.outcome === 'sent' || told.outcome === 'refused';
}

function contentOf(
  { id, inquiryId, command }: VendorAnswer,
  outcome: VendorCommandResult | Refusal,
) {
  const about = { id, inquiryId, command };
  if (isRefusal(outcome)) {
    return { type: 'command.refused', ...about, code: outcome.refused, detail: outcome.detail };
  }
  if (command !== 'claim' || outcome.claim === undefined) return undefined;
  return { type: 'inquiry.claimed', ...about, ...outcome.claim };
}
