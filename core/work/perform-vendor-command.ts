import {
  applyAlarmDecision,
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
  IdempotencyConflict,
} from '../inquiry/decide-and-append.ts';
import type { AnswerStore } from '../inquiry/outbox/answer-store.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { InquiryId, VendorId } from '../inquiry/values/ids.ts';
import { addSeconds } from '../inquiry/values/ids.ts';
import type { CommandContext } from './actor.ts';
import { findLivingClaim } from './claim/decide-claim.ts';
import type { CommandOf } from './commands.ts';
import { planCommand } from './decide/decide.ts';
import { confirmHolder, performCommand, toCommandResult } from './perform-command.ts';

/** The commands that a vendor's system sends as messages. */
export type VendorCommand = CommandOf<
  'claim' | 'heartbeat' | 'release' | 'transfer' | 'wait' | 'resume' | 'resolve' | 'reply' | 'note'
>;

/** A command with the id under which its sender wants it done once. */
export type VendorCommandRequest = {
  readonly id: string;
  readonly vendor: VendorId;
  readonly inquiryId: InquiryId;
  readonly command: VendorCommand;
};

/** `repeated` where it has been done before; a claim's fence and end both times. */
export type VendorCommandResult = {
  readonly performed?: CommandResult;
  readonly repeated?: true;
  readonly claim?: { readonly fence: number; readonly until: string };
};

export type VendorCommandDependencies = CommandDependencies & { readonly answers: AnswerStore };

/** Longer than any queue keeps a message, dead letters that are sent back included. */
const idempotencySeconds = 30 * 86_400;

/** What ends the holding of an inquiry may take it up as well. */
type EndingCommand = CommandOf<'transfer' | 'wait' | 'resolve'>;

/**
 * Performs a command that came as a message, which may come twice or late: once, by its id.
 *
 * What ends the work on an inquiry that still waits needs no fence: it claims it first. Everything
 * else is as it is for who sends it by HTTP, fences included.
 */
export async function performVendorCommand(
  deps: VendorCommandDependencies,
  answer: VendorCommandRequest,
  context: CommandContext,
): Promise<VendorCommandResult | Refusal> {
  const { id, vendor, inquiryId, command } = answer;
  const key = `vendor#${vendor}#${id}`;
  if (command.command === 'heartbeat') {
    const confirmed = await confirmHolder(deps, inquiryId, command, context);
    return isRefusal(confirmed) ? confirmed : {};
  }
  if (command.command === 'claim') return claimOnce(deps, key, inquiryId, context);
  const before = await deps.answers.find(key);
  if (before !== undefined) return { repeated: true };
  const done = await performUnlessDone(deps, key, async () => {
    const whole = await addFence(deps, key, inquiryId, command, context);
    if (isRefusal(whole)) return whole;
    return performCommand(deps, inquiryId, whole, context, () =>
      buildIdempotencyRecord(key, 'done', context),
    );
  });
  if (isRefusal(done)) return done;
  return typeof done === 'string' ? { repeated: true } : { performed: done };
}

/** What was remembered, where the same message was taken beside this one and did it first. */
async function performUnlessDone(
  { answers }: VendorCommandDependencies,
  key: string,
  perform: () => Promise<CommandResult | Refusal>,
): Promise<CommandResult | Refusal | string> {
  try {
    const outcome = await perform();
    return isRefusal(outcome) ? ((await answers.find(key)) ?? outcome) : outcome;
  } catch (error) {
    const isTaken = error instanceof IdempotencyConflict && error.conflict === 'once';
    const winner = isTaken ? await answers.find(key) : undefined;
    if (winner === undefined) throw error;
    return winner;
  }
}

async function addFence(
  deps: VendorCommandDependencies,
  key: string,
  inquiryId: InquiryId,
  command: VendorCommand,
  context: CommandContext,
): Promise<VendorCommand | Refusal> {
  if (!isEndingCommand(command) || command.fence !== undefined) return command;
  const refused = await findRefusalOnceClaimed(deps, inquiryId, command, context);
  if (refused !== undefined) return refused;
  // A message may come again after the claim of its first coming has run out.
  for (let coming = 1; ; coming += 1) {
    const claimed = await claimOnce(deps, `${key}#claim#${coming}`, inquiryId, context);
    if (isRefusal(claimed)) return claimed;
    const isOver = claimed.repeated && claimed.claim && claimed.claim.until <= context.now;
    if (!isOver) return { ...command, fence: claimed.claim?.fence };
  }
}

/** Why a command would be refused of who has claimed the inquiry, which then need not be claimed. */
async function findRefusalOnceClaimed(
  { ledger }: VendorCommandDependencies,
  inquiryId: InquiryId,
  command: EndingCommand,
  context: CommandContext,
): Promise<Refusal | undefined> {
  const loaded = await ledger.load(inquiryId);
  if (loaded === undefined) return undefined;
  const { terms, now } = context;
  const afterAlarms = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const claim = planCommand(afterAlarms, { command: 'claim' }, context);
  if (isRefusal(claim) || claim.events.length === 0) return undefined;
  const claimed = toCommandResult(claim);
  const whole = { ...command, fence: claimed.lease?.fence };
  const trial = planCommand(claimed, whole, context);
  return isRefusal(trial) ? trial : undefined;
}

function isEndingCommand(command: VendorCommand): command is EndingCommand {
  return ['transfer', 'wait', 'resolve'].includes(command.command);
}

/** Claims it, or finds the claim that this very message has made before. */
async function claimOnce(
  deps: VendorCommandDependencies,
  key: string,
  inquiryId: InquiryId,
  context: CommandContext,
): Promise<VendorCommandResult | Refusal> {
  const before = await deps.answers.find(key);
  if (before !== undefined) return { repeated: true, claim: JSON.parse(before) };
  const claimed = await performUnlessDone(deps, key, async () => {
    const performed = await performCommand(deps, inquiryId, { command: 'claim' }, context, (done) =>
      buildIdempotencyRecord(key, JSON.stringify(vendorClaimOf(done, context)), context),
    );
    return isRefusal(performed) || performed.events.length > 0
      ? performed
      : refuse('work.already-claimed', 'You hold the inquiry: name the fence of the claim.');
  });
  if (isRefusal(claimed)) return claimed;
  if (typeof claimed === 'string') return { repeated: true, claim: JSON.parse(claimed) };
  return { performed: claimed, claim: vendorClaimOf(claimed, context) };
}

function vendorClaimOf({ inquiry, lease }: CommandResult, { actor }: CommandContext) {
  const living = findLivingClaim(actor.sub, inquiry, lease);
  if (living === undefined) throw new TypeError('a claim has given no lease');
  return { fence: living.fence, until: living.until };
}

function buildIdempotencyRecord(key: string, value: string, { now }: CommandContext) {
  return { key, value, expiresAt: addSeconds(now, idempotencySeconds) };
}
