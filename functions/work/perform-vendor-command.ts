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
import { VendorCommandMessage } from '../contract/vendor.ts';
import { buildVendorSystemActor } from '../edge/access/verify-signed-request.ts';
import { problemTable, queueOutcomeOf } from '../edge/problem/refusal-status.ts';
import { makeQueueHandler, type QueueContext, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
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
type HandledVendorCommand = {
  readonly answer: VendorCommandMessage;
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
  return makeQueueHandler({
    message: VendorCommandMessage,
    handle: (answer, context) => handleVendorCommand(deps, answer, context),
    logger,
    meter,
  });
}

async function handleVendorCommand(
  deps: Deps,
  answer: VendorCommandMessage,
  context: QueueContext,
): Promise<RecordOutcome> {
  const now = deps.now();
  const terms = await deps.terms.read();
  const id = deps.env.ANSWER_QUEUES.get(context.queueArn);
  const desk = id === undefined ? undefined : findDesk(terms, id);
  if (desk?.vendor === undefined) throw new TypeError(`${context.queueArn} is of no vendor's desk`);
  const { vendor } = desk;
  const actor = { ...buildVendorSystemActor(vendor, terms), desks: [desk.id] };
  const handled = { answer, actor, vendor, terms, traceId: context.messageId, now };
  const { id: answerId, inquiryId } = answer;
  const sent = { id: answerId, vendor, inquiryId, command: toVendorCommand(answer) };
  const messageId = deps.random.id(now);
  const outcome = await performVendorCommand(deps, sent, { actor, terms, now, messageId });
  if (isRefusal(outcome) && queueOutcomeOf(outcome.refused) === 'retry') return outcome;
  await recordAudit(deps, handled, outcome);
  const code = isRefusal(outcome) ? outcome.refused : undefined;
  logStep(deps.logger, { step: `work.answer-${answer.command}`, inquiryId, desk: desk.id, code });
  const isTold = await notifyVendorSystem(deps, handled, outcome);
  if (!isTold) return 'retry';
  return isRefusal(outcome) ? outcome : 'done';
}

function toVendorCommand(answer: VendorCommandMessage): VendorCommand {
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
async function recordAudit(
  deps: Deps,
  handled: HandledVendorCommand,
  outcome: VendorCommandResult | Refusal,
): Promise<void> {
  const { answer, actor, vendor, traceId } = handled;
  const { sub, name, role } = actor;
  if (answer.command === 'heartbeat' && !isRefusal(outcome)) return;
  const refused = isRefusal(outcome) ? outcome.refused : undefined;
  const done = isRefusal(outcome) ? {} : outcome;
  await deps.audit.append([
    {
      at: deps.now(),
      actor: { sub, name, role, vendor },
      action: findAuditAction(answer),
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

function findAuditAction(answer: VendorCommandMessage): AuditAction {
  if (answer.command !== 'message') return answer.command;
  return answer.kind === 'public' ? 'reply' : 'note';
}

/** Tells what the vendor's system has to know; false where it could not be reached just now. */
async function notifyVendorSystem(
  deps: Deps,
  handled: HandledVendorCommand,
  outcome: VendorCommandResult | Refusal,
): Promise<boolean> {
  const { terms, vendor, now } = handled;
  const content = buildAnswerContent(handled.answer, outcome);
  if (content === undefined) return true;
  const signing = { keys: await deps.keys.of('vendor'), mac: deps.mac };
  // A message that was refused may be done when it comes again, which is other news.
  const messageKind = isRefusal(outcome) ? 'refused' : 'answer';
  const message = { id: `${messageKind}_${handled.answer.id}`, content };
  const call = writeVendorMessage(signing, terms, vendor, message, now);
  if (call === undefined) return true;
  const told = await deps.webhooks.post(call);
  logStep(deps.logger, { step: `vendor.${told.outcome}`, inquiryId: handled.answer.inquiryId });
  // What it refuses to hear is in the log and the audit.
  return told.outcome === 'sent' || told.outcome === 'refused';
}

function buildAnswerContent(
  { id, inquiryId, command }: VendorCommandMessage,
  outcome: VendorCommandResult | Refusal,
) {
  const about = { id, inquiryId, command };
  if (isRefusal(outcome)) {
    return { type: 'command.refused', ...about, code: outcome.refused, detail: outcome.detail };
  }
  if (command !== 'claim' || outcome.claim === undefined) return undefined;
  return { type: 'inquiry.claimed', ...about, ...outcome.claim };
}
