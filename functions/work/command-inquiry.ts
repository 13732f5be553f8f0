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
import { StageDesks, type Terms, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
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
  answerOnce,
  type HttpHandler,
  type HttpOptions,
  httpHandler,
  type PartsOf,
  route,
} from '../edge/http/http.ts';
import { idOfRef } from '../edge/http/resolve-inquiry-id.ts';
import type { ParamsOf } from '../edge/http/route-contract.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

const contracts = { ...work, ...unmaskings };

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

export type CommandDeps = PostMessageDependencies & { readonly terms: TermsInForce } & Omit<
    HttpOptions,
    'routes'
  >;
type Deps = CommandDeps & { readonly people: PersonRegistry };

/** What every command's request has. */
type Request = {
  readonly actor: Actor;
  readonly params: ParamsOf<typeof contracts.closeInquiry>;
  readonly now: Instant;
  readonly ifMatch?: number;
  readonly answerKey?: AnswerKey;
};

/** Makes the routes of the commands on an inquiry. */
export function makeHandler(deps: Deps): HttpHandler {
  const act = acting(deps);
  const holder = asHolder(deps);
  return httpHandler({
    ...deps,
    routes: [
      route(contracts.releaseInquiry, holder.release),
      route(contracts.declineInquiry, (r) => act(r, { command: 'decline', ...r.body })),
      route(contracts.transferInquiry, holder.transfer),
      route(contracts.waitForRequester, holder.wait),
      route(contracts.resumeInquiry, holder.resume),
      route(contracts.resolveInquiry, holder.resolve),
      route(contracts.settleMessage, (r) => act(r, { command: 'no-reply-needed', ...r.body })),
      route(contracts.reopenInquiry, (r) => act(r, { command: 'reopen', ...r.body })),
      route(contracts.withdrawInquiry, (r) => act(r, { command: 'withdraw', ...r.body })),
      route(contracts.closeInquiry, (r) => act(r, { command: 'close' })),
      route(contracts.rateInquiry, (r) => act(r, { command: 'rate', ...r.body })),
      route(contracts.amendInquiry, (r) => amended(deps, r, r.body)),
      route(contracts.mergeInquiry, (r) => merged(deps, r, r.body.into)),
      route(contracts.postMessage, holder.post),
      route(contracts.heartbeat, holder.heartbeat),
      asking(deps),
      settling(deps),
    ],
  });
}

/** The commands of who holds an inquiry, a vendor's system too. */
export function asHolder(deps: CommandDeps) {
  const act = acting(deps);
  return {
    release: (r: PartsOf<typeof work.releaseInquiry>) => act(r, { command: 'release', ...r.body }),
    transfer: (r: PartsOf<typeof work.transferInquiry>) => transferred(deps, r, r.body),
    wait: (r: PartsOf<typeof work.waitForRequester>) => act(r, waitOf(r.body)),
    resume: (r: PartsOf<typeof work.resumeInquiry>) => act(r, { command: 'resume', ...r.body }),
    resolve: (r: PartsOf<typeof work.resolveInquiry>) => act(r, { command: 'resolve', ...r.body }),
    post: posting(deps),
    heartbeat: confirming(deps),
  };
}

function acting(deps: CommandDeps) {
  return (request: Request, command: Command) =>
    commanded(deps, request, (id, circumstances, remember) =>
      performCommand(deps, id, command, circumstances, remember),
    );
}

type Perform = (
  id: CommandResult['inquiry']['id'],
  circumstances: CommandContext,
  remember: AnswerRecorder,
) => Promise<CommandResult | Refusal>;

/** Performs a command and shows the inquiry as it then is. */
function commanded(deps: CommandDeps, request: Request, perform: Perform) {
  return commandedWith(deps, request, perform, () => ({}));
}

/** Likewise, and says more in the answer by the terms of the moment. */
async function commandedWith<More extends object>(
  deps: CommandDeps,
  request: Request,
  perform: Perform,
  more: (terms: Terms) => More,
) {
  const { actor, now, answerKey } = request;
  const terms = await deps.terms.read();
  const id = await idOfRef(deps.ledger, request.params.id);
  if (isRefusal(id)) return id;
  const answer = (performed: CommandResult) => {
    const view = showCommandResult(performed, actor, terms, now);
    const seen = changedBy(actor, performed);
    const etag = isInquiryStub(view) ? {} : { etag: performed.inquiry.version };
    return { status: 200 as const, body: { ...view, ...more(terms) }, ...etag, seen };
  };
  const performed = await perform(id, circumstancesOf(deps, terms, request), (done) =>
    answerOnce(answerKey, answer(done)),
  );
  if (isRefusal(performed)) return performed;
  report(deps, performed);
  return { ...answer(performed), ...storedWith(answerKey, performed) };
}

function transferred(
  deps: CommandDeps,
  request: Request,
  given: z.output<(typeof contracts.transferInquiry)['body']>,
) {
  return commandedWith(
    deps,
    request,
    (id, circumstances, remember) =>
      performCommand(deps, id, { command: 'transfer', ...given }, circumstances, remember),
    (terms) => ({ warnings: listTransferWarnings(given.desk, terms, request.now) }),
  );
}

function amended(deps: Deps, request: Request, changes: InquiryAmendment) {
  return commanded(deps, request, (id, circumstances, remember) =>
    amendInquiry(deps, id, changes, circumstances, remember),
  );
}

async function merged(deps: Deps, request: Request, ref: Request['params']['id']) {
  const into = await idOfRef(deps.ledger, ref);
  if (isRefusal(into))
    return refuse('work.merge-target', 'There is no such inquiry to merge into.');
  return commanded(deps, request, (id, circumstances, remember) =>
    mergeInquiries(deps, id, into, circumstances, remember),
  );
}

function posting(deps: CommandDeps) {
  return async (request: PartsOf<typeof work.postMessage>) => {
    const { actor, body, answerKey } = request;
    const { kind, attachments = [], ...given } = body;
    const id = await idOfRef(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const circumstances = circumstancesOf(deps, await deps.terms.read(), request);
    const answer = (performed: CommandResult) => {
      const { inquiry } = performed;
      const { at, by, message } = postedIn(performed, circumstances.messageId);
      const { settings } = circumstances.terms;
      const view = viewMessage(message, actor, { at, by, inquiry, settings });
      if (view === undefined) throw new TypeError('a message is hidden from its author');
      const seen = changedBy(actor, performed);
      return { status: 201 as const, body: view, etag: performed.inquiry.version, seen };
    };
    const posted = await postMessage(
      deps,
      id,
      { command: kind === 'public' ? 'reply' : 'note', ...given },
      attachments,
      circumstances,
      (done) => answerOnce(answerKey, answer(done)),
    );
    if (isRefusal(posted)) return posted;
    report(deps, posted);
    return { ...answer(posted), ...storedWith(answerKey, posted) };
  };
}

function confirming(deps: CommandDeps) {
  return async (request: PartsOf<typeof work.heartbeat>) => {
    const id = await idOfRef(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const command = { command: 'heartbeat', ...request.body } as const;
    const circumstances = circumstancesOf(deps, await deps.terms.read(), request);
    const confirmed = await confirmHolder(deps, id, command, circumstances);
    return isRefusal(confirmed) ? confirmed : { status: 200 as const, body: confirmed };
  };
}

function asking(deps: Deps) {
  return route(contracts.askUnmasking, async (request) => {
    const { actor, body, answerKey } = request;
    const id = await idOfRef(deps.ledger, request.params.id);
    if (isRefusal(id)) return id;
    const circumstances = circumstancesOf(deps, await deps.terms.read(), request);
    const command = { command: 'ask-unmasking', ...body } as const;
    const answer = (performed: CommandResult) => ({
      status: 201 as const,
      body: viewUnmaskingRequest(findRequestedUnmasking(performed, command, circumstances)),
      etag: performed.inquiry.version,
      seen: changedBy(actor, performed),
    });
    const asked = await requestUnmasking(deps, id, command, circumstances, (done) =>
      answerOnce(answerKey, answer(done)),
    );
    if (isRefusal(asked)) return asked;
    report(deps, asked);
    return { ...answer(asked), ...storedWith(answerKey, asked) };
  });
}

function settling(deps: Deps) {
  return route(contracts.settleUnmasking, async (request) => {
    const { actor, body, params, answerKey } = request;
    const id = await idOfRef(deps.ledger, params.id);
    if (isRefusal(id)) return id;
    const circumstances = circumstancesOf(deps, await deps.terms.read(), request);
    const { unmasking } = params;
    const command = { command: 'settle-unmasking', unmasking, ...body } as const;
    const answer = (performed: CommandResult) => ({
      status: 200 as const,
      body: viewUnmaskingRequest(settledIn(performed, unmasking)),
      etag: performed.inquiry.version,
      seen: changedBy(actor, performed),
    });
    const settled = await performCommand(deps, id, command, circumstances, (done) =>
      answerOnce(answerKey, answer(done)),
    );
    if (isRefusal(settled)) return settled;
    report(deps, settled);
    return { ...answer(settled), ...storedWith(answerKey, settled) };
  });
}

function settledIn({ inquiry }: CommandResult, unmasking: string) {
  const wish = inquiry.unmaskings?.find(({ id }) => id === unmasking);
  if (wish === undefined) throw new TypeError('an unmasking was settled without its event');
  return wish;
}

function waitOf({
  remindAfter,
  ...given
}: z.output<(typeof contracts.waitForRequester)['body']>): Command {
  const remind =
    remindAfter === undefined ? {} : { remindAfterSeconds: parseDurationSeconds(remindAfter) };
  return { command: 'wait', ...given, ...remind };
}

function circumstancesOf({ random }: CommandDeps, terms: Terms, request: Request): CommandContext {
  const { actor, now, ifMatch } = request;
  const seen = ifMatch === undefined ? {} : { ifMatch };
  return { actor, terms, now, messageId: random.id(now), ...seen };
}

/** The inquiry itself, and the one that it was merged into. */
function changedBy(actor: Actor, { inquiry, events }: CommandResult): AccessRecord[] {
  const changed = recordChange(actor, inquiry);
  const merged = events.find((event) => event.type === 'InquiryMerged');
  if (merged?.type !== 'InquiryMerged') return [changed];
  return [changed, { ...changed, id: merged.into, number: merged.intoNumber }];
}

function postedIn({ events }: CommandResult, id: string) {
  for (const event of events) {
    if (!('message' in event) || event.message?.id !== id) continue;
    return { at: event.at, by: event.by, message: event.message };
  }
  throw new TypeError('a message was posted without its event');
}

/** Whether the answer stands in the command's own transaction. */
function storedWith(answerKey: AnswerKey | undefined, { events }: CommandResult) {
  return answerKey === undefined || events.length === 0 ? {} : { stored: true as const };
}

function report({ logger }: CommandDeps, { inquiry, events }: CommandResult): void {
  for (const { type } of events) {
    const { id, number, desk } = inquiry;
    logStep(logger, { step: `work.${type}`, inquiryId: id, number, desk });
  }
}
