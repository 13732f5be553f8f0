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

/** A command with its sender's id, under which it is performed only once. */
export type VendorCommandRequest = {
  readonly id: string;
  readonly vendor: VendorId;
  readonly inquiryId: InquiryId;
  readonly command: VendorCommand;
};

/** `repeated` when it was performed before; a claim's fence and end are returned both times. */
export type VendorCommandResult = {
  readonly performed?: CommandResult;
  readonly repeated?: true;
  readonly claim?: { readonly fence: number; readonly until: string };
};

export type VendorCommandDependencies = CommandDependencies & { readonly answers: AnswerStore };

/** Longer than any queue keeps a message, including dead letters that are sent back. */
const idempotencySeconds = 30 * 86_400;

/** Commands that end the work on an inquiry, and claim it first where nobody holds it. */
type EndingCommand = CommandOf<'transfer' | 'wait' | 'resolve'>;

/**
 * Performs a command that came as a message, perhaps late or twice, only once by its id.
 *
 * A command that ends the work on a waiting inquiry needs no fence: it claims the inquiry first.
 * Everything else is as over HTTP, fences included.
 */
export async function performVendorCommand(
  deps: VendorCommandDependencies,
  request: VendorCommandRequest,
  context: CommandContext,
): Promise<VendorCommandResult | Refusal> {
  const { id, vendor, inquiryId, command } = request;
  const key = `vendor#${vendor}#${id}`;
  if (command.command === 'heartbeat') {
    const confirmed = await confirmHolder(deps, inquiryId, command, context);
    return isRefusal(confirmed) ? confirmed : {};
  }
  if (command.command === 'claim') return claimOnce(deps, key, inquiryId, context);
  const storedAnswer = await deps.answers.find(key);
  if (storedAnswer !== undefined) return { repeated: true };
  const outcome = await performUnlessDone(deps, key, async () => {
    const fencedCommand = await addFence(deps, key, inquiryId, command, context);
    if (isRefusal(fencedCommand)) return fencedCommand;
    return performCommand(deps, inquiryId, fencedCommand, context, () =>
      buildIdempotencyRecord(key, 'done', context),
    );
  });
  if (isRefusal(outcome)) return outcome;
  return typeof outcome === 'string' ? { repeated: true } : { performed: outcome };
}

/** Performs a command, or returns the stored answer if the same message was faster elsewhere. */
async function performUnlessDone(
  { answers }: VendorCommandDependencies,
  key: string,
  perform: () => Promise<CommandResult | Refusal>,
): Promise<CommandResult | Refusal | string> {
  try {
    const outcome = await perform();
    return isRefusal(outcome) ? ((await answers.find(key)) ?? outcome) : outcome;
  } catch (error) {
    const isRepeated = error instanceof IdempotencyConflict && error.conflict === 'once';
    const storedAnswer = isRepeated ? await answers.find(key) : undefined;
    if (storedAnswer === undefined) throw error;
    return storedAnswer;
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
  const refusal = await findRefusalOnceClaimed(deps, inquiryId, command, context);
  if (refusal !== undefined) return refusal;
  // A message may come again after its first claim has expired.
  for (let claimCount = 1; ; claimCount += 1) {
    const claimed = await claimOnce(deps, `${key}#claim#${claimCount}`, inquiryId, context);
    if (isRefusal(claimed)) return claimed;
    const isOver = claimed.repeated && claimed.claim && claimed.claim.until <= context.now;
    if (!isOver) return { ...command, fence: claimed.claim?.fence };
  }
}

/** Finds why a command would be refused even after a claim, so that nothing is claimed in vain. */
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
  const fencedCommand = { ...command, fence: claimed.lease?.fence };
  const trial = planCommand(claimed, fencedCommand, context);
  return isRefusal(trial) ? trial : undefined;
}

function isEndingCommand(command: VendorCommand): command is EndingCommand {
  return ['transfer', 'wait', 'resolve'].includes(command.command);
}

/** Claims an inquiry, or returns the claim that the same message made before. */
async function claimOnce(
  deps: VendorCommandDependencies,
  key: string,
  inquiryId: InquiryId,
  context: CommandContext,
): Promise<VendorCommandResult | Refusal> {
  const storedAnswer = await deps.answers.find(key);
  if (storedAnswer !== undefined) return { repeated: true, claim: JSON.parse(storedAnswer) };
  const claimed = await performUnlessDone(deps, key, async () => {
    const result = await performCommand(deps, inquiryId, { command: 'claim' }, context, (done) =>
      buildIdempotencyRecord(key, JSON.stringify(vendorClaimOf(done, context)), context),
    );
    return isRefusal(result) || result.events.length > 0
      ? result
      : refuse('work.already-claimed', 'You hold the inquiry: name the fence of the claim.');
  });
  if (isRefusal(claimed)) return claimed;
  if (typeof claimed === 'string') return { repeated: true, claim: JSON.parse(claimed) };
  return { performed: claimed, claim: vendorClaimOf(claimed, context) };
}

function vendorClaimOf({ inquiry, lease }: CommandResult, { actor }: CommandContext) {
  const claimLease = findLivingClaim(actor.sub, inquiry, lease);
  if (claimLease === undefined) throw new TypeError('a claim has given no lease');
  return { fence: claimLease.fence, until: claimLease.until };
}

function buildIdempotencyRecord(key: string, value: string, { now }: CommandContext) {
  return { key, value, expiresAt: addSeconds(now, idempotencySeconds) };
}
