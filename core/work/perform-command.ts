import {
  applyLeaseChange,
  type CommandDependencies,
  type CommandResult,
  decideAndAppend,
  planAppend,
} from '../inquiry/decide-and-append.ts';
import type { IdempotencyRecord, LoadedInquiry, PendingAppend } from '../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import { findDesk } from '../inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../inquiry/values/ids.ts';
import { addSeconds } from '../inquiry/values/ids.ts';
import type { CommandContext } from './actor.ts';
import { findLivingClaim } from './claim/decide-claim.ts';
import type { Command, CommandOf } from './commands.ts';
import { decide } from './decide/decide.ts';
import { followMerges } from './read/show-inquiry.ts';

/** Makes the record of a command's answer, which a repetition of the command gets. */
export type AnswerRecorder = (result: CommandResult) => IdempotencyRecord | undefined;

/**
 * Performs a command on one inquiry.
 *
 * Refuses what `decide` refuses, and `transient.conflict` after several lost races. The record that
 * `recordAnswer` makes is stored in the command's own transaction.
 * @param preloaded the inquiry if it has just been read, which saves a read
 * @throws IdempotencyConflict when the command has been performed before, or the agent has a claim
 *   already
 */
export async function performCommand(
  deps: CommandDependencies,
  id: InquiryId,
  command: Command,
  context: CommandContext,
  recordAnswer?: AnswerRecorder,
  preloaded?: LoadedInquiry,
): Promise<CommandResult | Refusal> {
  const { terms, now } = context;
  const outcome = await decideAndAppend(
    deps,
    id,
    terms,
    now,
    (loaded) => {
      const decision = decide(loaded, command, context);
      if (isRefusal(decision) || recordAnswer === undefined || decision.events.length === 0) {
        return decision;
      }
      const planned = planAppend(id, loaded, decision, terms, now);
      const idempotencyRecord = isRefusal(planned)
        ? undefined
        : recordAnswer(toCommandResult(planned));
      return idempotencyRecord === undefined
        ? decision
        : { ...decision, idempotencyRecords: [idempotencyRecord] };
    },
    preloaded,
  );
  return nameMergeTarget(deps, id, outcome);
}

/** The result of an append once it is written. */
export function toCommandResult(pendingAppend: PendingAppend): CommandResult {
  const lease = applyLeaseChange(pendingAppend.before?.lease, pendingAppend.lease);
  return {
    inquiry: pendingAppend.after,
    events: pendingAppend.events,
    ...(lease === undefined ? {} : { lease }),
  };
}

/** The lease, or the assignment, that a heartbeat has confirmed. */
export type HolderConfirmation = { readonly fence: number; readonly until?: Instant };

/**
 * Confirms that the holder is still there: prolongs the lease of a claim, accepts an assignment.
 *
 * Refuses `work.lease-lost` and `work.not-holder`.
 */
export async function confirmHolder(
  deps: CommandDependencies,
  id: InquiryId,
  command: CommandOf<'heartbeat'>,
  context: CommandContext,
): Promise<HolderConfirmation | Refusal> {
  const { actor, terms, now } = context;
  const result = await performCommand(deps, id, command, context);
  if (isRefusal(result)) return result;
  const lease = findLivingClaim(actor.sub, result.inquiry, result.lease);
  if (lease === undefined) return { fence: result.inquiry.fence };
  const desk = findDesk(terms, lease.desk);
  if (desk === undefined) return refuse('work.lease-lost', 'The desk is no more.');
  const prolonged = addSeconds(now, desk.leaseSeconds);
  const until = prolonged > lease.until ? prolonged : lease.until;
  return (await deps.ledger.prolong(id, lease, now, until))
    ? { fence: lease.fence, until }
    : refuse('work.lease-lost', 'The lease has ended.');
}

/** Names the number of the inquiry that now goes on, which `decide` cannot know. */
async function nameMergeTarget<Outcome>(
  { ledger }: CommandDependencies,
  id: InquiryId,
  outcome: Outcome | Refusal,
): Promise<Outcome | Refusal> {
  if (!isRefusal(outcome) || outcome.refused !== 'inquiry.merged') return outcome;
  const loaded = await ledger.load(id);
  if (loaded === undefined) return outcome;
  const { number } = await followMerges(ledger, loaded.inquiry);
  return refuse('inquiry.merged', `It has been merged into ${number}.`);
}
