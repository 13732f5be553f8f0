import * as z from 'zod';
import { type AccessRecord, recordChange } from '../../core/access/access-record.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import {
  isInquiryStub,
  viewMessage,
  viewUnmaskingRequest,
} from '../../core/access/view-inquiry.ts';
import { parseDurationSeconds } from '../../core/inquiry/clock/business-duration.ts';
import type { CommandResult } from '../../core/inquiry/decide-and-append.ts';
import type { AnswerKey } from '../../core/inquiry/outbox/answer-store.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { Terms, TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { Actor, CommandContext } from '../../core/work/actor.ts';
import { amendInquiry, type InquiryAmendment } from '../../core/work/amend-inquiry.ts';
import type { Command } from '../../core/work/commands.ts';
import { listTransferWarnings } from '../../core/work/decide/transfer-warnings.ts';
import { mergeInquiries } from '../../core/work/merge-inquiries.ts';
import {
  type AnswerRecorder,
  confirmHolder,
  performCommand,
} from '../../core/work/perform-command.ts';
import { type PostMessageDependencies, postMessage } from '../../core/work/post-message.ts';
import { showCommandResult } from '../../core/work/read/show-inquiry.ts';
import { findRequestedUnmasking, requestUnmasking } from '../../core/work/request-unmasking.ts';
import * as unmaskings from '../contract/unmasking.ts';
import * as work from '../contract/work.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type RequestParts,
} from '../edge/http/http.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';
import type { RequestParams } from '../edge/http/route-contract.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

const contracts = { ...work, ...unmaskings };

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

export type CommandRouteDependencies = PostMessageDependencies & {
  readonly terms: TermsInForce;
} & Omit<HttpOptions, 'routes'>;
type Deps = CommandRouteDependencies & { readonly people: PersonRegistry };

/** The parts that every command's request has. */
type CommandRequest = {
  readonly actor: Actor;
  readonly params: RequestParams<typeof contracts.closeInquiry>;
  readonly now: Instant;
  readonly ifMatch?: number;
  readonly answerKey?: AnswerKey;
};

/** Makes the routes of the commands on an inquiry. */
export function makeHandler(deps: Deps): HttpHandler {
  const act = makeCommandHandler(deps);
  const holder = makeHolderHandlers(deps);
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.releaseInquiry, holder.release),
      defineRoute(contracts.declineInquiry, (r) => act(r, { command: 'decline', ...r.body })),
      defineRoute(contracts.transferInquiry, holder.transfer),
      defineRoute(contracts.waitForRequester, holder.wait),
      defineRoute(contracts.resumeInquiry, holder.resume),
      defineRoute(contracts.resolveInquiry, holder.resolve),
      defineRoute(contracts.markNoReplyNeeded, (r) =>
        act(r, { command: 'no-reply-needed', ...r.body }),
      ),
      defineRoute(contracts.reopenInquiry, (r) => act(r, { command: 'reopen', ...r.body })),
      defineRoute(contracts.withdrawInquiry, (r) => act(r, { command: 'withdraw', ...r.body })),
      defineRoute(contracts.closeInquiry, (r) => act(r, { command: 'close' })),
      defineRoute(contracts.rateInquiry, (r) => act(r, { command: 'rate', ...r.body })),
      defineRoute(contracts.amendInquiry, (r) => handleAmend(deps, r, r.body)),
      defineRoute(contracts.mergeInquiry, (r) => handleMerge(deps, r, r.body.into)),
      defineRoute(contracts.postMessage, holder.post),
      defineRoute(contracts.sendHeartbeat, holder.heartbeat),
      makeRequestUnmaskingRoute(deps),
      makeDecideUnmaskingRoute(deps),
    ],
  });
}

/** Makes the handlers of the holder's commands, which vendors' systems use too. */
export function makeHolderHandlers(deps: CommandRouteDependencies) {
  const act = makeCommandHandler(deps);
  return {
    release: (r: RequestParts<typeof work.releaseInquiry>) =>
      act(r, { command: 'release', ...r.body }),
    transfer: (r: RequestParts<typeof work.transferInquiry>) => handleTransfer(deps, r, r.body),
    wait: (r: RequestParts<typeof work.waitForRequester>) => act(r, buildWaitCommand(r.body)),
    resume: (r: RequestParts<typeof work.resumeInquiry>) =>
      act(r, { command: 'resume', ...r.body }),
    resolve: (r: RequestParts<typeof work.resolveInquiry>) =>
      act(r, { command: 'resolve', ...r.body }),
    post: makePostMessageHandler(deps),
    heartbeat: makeHeartbeatHandler(deps),
  };
}

function makeCommandHandler(deps: CommandRouteDependencies) {
  return (request: CommandRequest, command: Command) =>
    handleCommand(deps, request, (id, context, recordAnswer) =>
      performCommand(deps, id, command, context, recordAnswer),
    );
}

type PerformCommand = (
  id: CommandResult['inquiry']['id'],
  context: CommandContext,
  recordAnswer: AnswerRecorder,
) => Promise<CommandResult | Refusal>;

/** Performs a command and shows the inquiry after it. */
function handleCommand(
  deps: CommandRouteDependencies,
  request: CommandRequest,
  perform: PerformCommand,
) {
  return handleCommandWith(deps, request, perform, () => ({}));
}

/** Likewise, with more fields in the answer, made from the terms in force. */
async function handleCommandWith<More extends object>(
  deps: CommandRouteDependencies,
  request: CommandRequest,
  perform: PerformCommand,
  more: (terms: Terms) => More,
) {
  const { actor, now, answerKey } = request;
  const terms = await deps.terms.read();
  const id = await resolveInquiryId(deps.ledger, request.params.id);
  if (isRefusal(id)) return id;
  const answer = (result: CommandResult) => {
    const view = showCommandResult(result, actor, terms, now);
    const seen = recordChanges(actor, result);
    const etag = isInquiryStub(view) ? {} : { etag: result.inquiry.version };
    return { status: 200 as const, body: { ...view, ...more(terms) }, ...etag, seen };
  };
  const result = await perform(id, buildCommandContext(deps, terms, request), (done) =>
    buildAnswerRecord(answerKey, answer(done)),
  );
  if (isRefusal(result)) return result;
  logEvents(deps, result);
  return { ...answer(result), ...storedWith(answerKey, result) };
}

function handleTransfer(
  deps: CommandRouteDependencies,
  request: CommandRequest,
  body: z.output<(typeof contracts.transferInquiry)['body']>,
) {
  return handleCommandWith(
    deps,
    request,
    (id, context, recordAnswer) =>
      performCommand(deps, id, { command: 'transfer', ...body }, context, recordAnswer),
    (terms) => ({ warnings: listTransferWarnings(body.desk, terms, request.now) }),
  );
}

function handleAmend(deps: Deps, request: CommandRequest, changes: InquiryAmendment) {
  return handleCommand(deps, request, (id, context, recordAnswer) =>
    amendInquiry(deps, id, changes, context, recordAnswer),
  );
}

async function handleMerge(
  deps: Deps,
  request: CommandRequest,
  ref: CommandRequest['params']['id'],
) {
  const into = await resolveInquiryId(deps.ledger, ref);
  if (isRefusal(into))
    return refuse('work.merge-target', 'There is no such inquiry to merge into.');
  return handleCommand(deps, request, (id, context, recordAnswer) =>
    mergeInquiries(deps, id, into, context, recordAnswer),
  );
}

function makePostMessageHandler(deps: CommandRouteDependencies) {
  return async (request: RequestParts<typeof work.postMessage>) => {
    const { actor, body, answerKey } = request;
    const { kind, attachments = [], ...given } = body;
    const id = await resolveInquiryId(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const context = buildCommandContext(deps, await deps.terms.read(), request);
    const answer = (result: CommandResult) => {
      const { inquiry } = result;
      const { at, by, message } = findPostedMessage(result, context.messageId);
      const { settings } = context.terms;
      const view = viewMessage(message, actor, { at, by, inquiry, settings });
      if (view === undefined) throw new TypeError('a message is hidden from its author');
      const seen = recordChanges(actor, result);
      return { status: 201 as const, body: view, etag: result.inquiry.version, seen };
    };
    const posted = await postMessage(
      deps,
      id,
      { command: kind === 'public' ? 'reply' : 'note', ...given },
      attachments,
      context,
      (done) => buildAnswerRecord(answerKey, answer(done)),
    );
    if (isRefusal(posted)) return posted;
    logEvents(deps, posted);
    return { ...answer(posted), ...storedWith(answerKey, posted) };
  };
}

function makeHeartbeatHandler(deps: CommandRouteDependencies) {
  return async (request: RequestParts<typeof work.sendHeartbeat>) => {
    const id = await resolveInquiryId(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const command = { command: 'heartbeat', ...request.body } as const;
    const context = buildCommandContext(deps, await deps.terms.read(), request);
    const confirmed = await confirmHolder(deps, id, command, context);
    return isRefusal(confirmed) ? confirmed : { status: 200 as const, body: confirmed };
  };
}

function makeRequestUnmaskingRoute(deps: Deps) {
  return defineRoute(contracts.requestUnmasking, async (request) => {
    const { actor, body, answerKey } = request;
    const id = await resolveInquiryId(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const context = buildCommandContext(deps, await deps.terms.read(), request);
    const command = { command: 'ask-unmasking', ...body } as const;
    const answer = (result: CommandResult) => ({
      status: 201 as const,
      body: viewUnmaskingRequest(findRequestedUnmasking(result, command, context)),
      etag: result.inquiry.version,
      seen: recordChanges(actor, result),
    });
    const requested = await requestUnmasking(deps, id, command, context, (done) =>
      buildAnswerRecord(answerKey, answer(done)),
    );
    if (isRefusal(requested)) return requested;
    logEvents(deps, requested);
    return { ...answer(requested), ...storedWith(answerKey, requested) };
  });
}

function makeDecideUnmaskingRoute(deps: Deps) {
  return defineRoute(contracts.decideUnmasking, async (request) => {
    const { actor, body, params, answerKey } = request;
    const id = await resolveInquiryId(deps.ledger, params.id);
    if (isRefusal(id)) return id;
    const context = buildCommandContext(deps, await deps.terms.read(), request);
    const { unmasking } = params;
    const command = { command: 'settle-unmasking', unmasking, ...body } as const;
    const answer = (result: CommandResult) => ({
      status: 200 as const,
      body: viewUnmaskingRequest(findDecidedUnmasking(result, unmasking)),
      etag: result.inquiry.version,
      seen: recordChanges(actor, result),
    });
    const decided = await performCommand(deps, id, command, context, (done) =>
      buildAnswerRecord(answerKey, answer(done)),
    );
    if (isRefusal(decided)) return decided;
    logEvents(deps, decided);
    return { ...answer(decided), ...storedWith(answerKey, decided) };
  });
}

function findDecidedUnmasking({ inquiry }: CommandResult, unmasking: string) {
  const decided = inquiry.unmaskings?.find(({ id }) => id === unmasking);
  if (decided === undefined) throw new TypeError('an unmasking was settled without its event');
  return decided;
}

function buildWaitCommand({
  remindAfter,
  ...given
}: z.output<(typeof contracts.waitForRequester)['body']>): Command {
  const remind =
    remindAfter === undefined ? {} : { remindAfterSeconds: parseDurationSeconds(remindAfter) };
  return { command: 'wait', ...given, ...remind };
}

function buildCommandContext(
  { random }: CommandRouteDependencies,
  terms: Terms,
  request: CommandRequest,
): CommandContext {
  const { actor, now, ifMatch } = request;
  const precondition = ifMatch === undefined ? {} : { ifMatch };
  return { actor, terms, now, messageId: random.id(now), ...precondition };
}

/** Records the inquiry itself, and the one that it was merged into. */
function recordChanges(actor: Actor, { inquiry, events }: CommandResult): AccessRecord[] {
  const changed = recordChange(actor, inquiry);
  const merged = events.find((event) => event.type === 'InquiryMerged');
  if (merged?.type !== 'InquiryMerged') return [changed];
  return [changed, { ...changed, id: merged.into, number: merged.intoNumber }];
}

function findPostedMessage({ events }: CommandResult, id: string) {
  for (const event of events) {
    if (!('message' in event) || event.message?.id !== id) continue;
    return { at: event.at, by: event.by, message: event.message };
  }
  throw new TypeError('a message was posted without its event');
}

/** Whether the answer is stored in the command's own transaction. */
function storedWith(answerKey: AnswerKey | undefined, { events }: CommandResult) {
  return answerKey === undefined || events.length === 0 ? {} : { stored: true as const };
}

function logEvents({ logger }: CommandRouteDependencies, { inquiry, events }: CommandResult): void {
  for (const { type } of events) {
    const { id, number, desk } = inquiry;
    logStep(logger, { step: `work.${type}`, inquiryId: id, number, desk });
  }
}
