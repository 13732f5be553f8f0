import * as z from 'zod';
import { recordChange } from '../../core/access/access-record.ts';
import type { AuditAction, AuditLog } from '../../core/access/audit-entry.ts';
import { parseDurationSeconds } from '../../core/inquiry/clock/business-duration.ts';
import { writeVendorMessage } from '../../core/inquiry/outbox/vendor-message.ts';
import type { WebhookPoster } from '../../core/inquiry/outbox/webhook.ts';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import { findDesk, type Terms, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
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
  /** Pairs of an answers queue's ARN and its desk: the queue tells whose message it is. */
  ANSWER_QUEUES: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
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

/** A message that is being handled. */
type HandledVendorCommand = {
  readonly answer: VendorCommandMessage;
  readonly actor: Actor;
  readonly vendor: VendorId;
  readonly terms: Terms;
  readonly traceId: string;
  readonly now: Instant;
};

/**
 * Makes the consumer of answers queues: a message of a vendor's system is performed like a signed
 * request, at the queue's desk.
 *
 * Refusals, and the fence of a claim, are sent back by webhook if the vendor has one.
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
  const request = { id: answerId, vendor, inquiryId, command: toVendorCommand(answer) };
  const messageId = deps.random.id(now);
  const outcome = await performVendorCommand(deps, request, { actor, terms, now, messageId });
  if (isRefusal(outcome) && queueOutcomeOf(outcome.refused) === 'retry') return outcome;
  await recordAudit(deps, handled, outcome);
  const code = isRefusal(outcome) ? outcome.refused : undefined;
  logStep(deps.logger, { step: `work.answer-${answer.command}`, inquiryId, desk: desk.id, code });
  const isNotified = await notifyVendorSystem(deps, handled, outcome);
  if (!isNotified) return 'retry';
  return isRefusal(outcome) ? outcome : 'done';
}

function toVendorCommand(answer: VendorCommandMessage): VendorCommand {
  const { id: _, inquiryId: __, ...fields } = answer;
  switch (fields.command) {
    case 'message': {
      const { kind, text, fence } = fields;
      return { command: kind === 'public' ? 'reply' : 'note', text, fence };
    }
    case 'wait': {
      const { remindAfter, ...rest } = fields;
      if (remindAfter === undefined) return rest;
      return { ...rest, remindAfterSeconds: parseDurationSeconds(remindAfter) };
    }
    default:
      return fields;
  }
}

/** Records who did what, as for HTTP requests; a heartbeat only when it is refused. */
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

/** Sends the vendor's system what it has to know; false when it cannot be reached just now. */
async function notifyVendorSystem(
  deps: Deps,
  handled: HandledVendorCommand,
  outcome: VendorCommandResult | Refusal,
): Promise<boolean> {
  const { terms, vendor, now } = handled;
  const content = buildAnswerContent(handled.answer, outcome);
  if (content === undefined) return true;
  const signing = { keys: await deps.keys.of('vendor'), mac: deps.mac };
  // A refused message may succeed when it comes again, so the two outcomes need different ids.
  const messageKind = isRefusal(outcome) ? 'refused' : 'answer';
  const message = { id: `${messageKind}_${handled.answer.id}`, content };
  const call = writeVendorMessage(signing, terms, vendor, message, now);
  if (call === undefined) return true;
  const postOutcome = await deps.webhooks.post(call);
  logStep(deps.logger, {
    step: `vendor.${postOutcome.outcome}`,
    inquiryId: handled.answer.inquiryId,
  });
  // What the system refuses to accept is in the log and the audit.
  return postOutcome.outcome === 'sent' || postOutcome.outcome === 'refused';
}

function buildAnswerContent(
  { id, inquiryId, command }: VendorCommandMessage,
  outcome: VendorCommandResult | Refusal,
) {
  const common = { id, inquiryId, command };
  if (isRefusal(outcome)) {
    return { type: 'command.refused', ...common, code: outcome.refused, detail: outcome.detail };
  }
  if (command !== 'claim' || outcome.claim === undefined) return undefined;
  return { type: 'inquiry.claimed', ...common, ...outcome.claim };
}
