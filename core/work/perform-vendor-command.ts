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
import type { Circumstances } from './actor.ts';
import { livingClaimOf } from './claim/decide-claim.ts';
import type { CommandOf } from './commands.ts';
import { decideWhole } from './decide/decide.ts';
import { confirmHolder, performCommand, performedBy } from './perform-command.ts';

/** The commands that a vendor's system sends as messages. */
export type AnsweringCommand = CommandOf<
  'claim' | 'heartbeat' | 'release' | 'transfer' | 'wait' | 'resume' | 'resolve' | 'reply' | 'note'
>;

/** A command with the id under which its sender wants it done once. */
export type SentAnswer = {
  readonly id: string;
  readonly vendor: VendorId;
  readonly inquiryId: InquiryId;
  readonly command: AnsweringCommand;
};

/** `repeated` where it has been done before; a claim's fence and end both times. */
export type Answered = {
  readonly performed?: CommandResult;
  readonly repeated?: true;
  readonly claim?: { readonly fence: number; readonly until: string };
};

export type TakingAnswers = CommandDependencies & { readonly answers: AnswerStore };

/** Longer than any queue keeps a message, dead letters that are sent back included. */
const rememberedSeconds = 30 * 86_400;

/** What ends the holding of an inquiry may take it up as well. */
type Ending = CommandOf<'transfer' | 'wait' | 'resolve'>;

/**
 * Performs a command that came as a message, which may come twice or late: once, by its id.
 *
 * What ends the work on an inquiry that still waits needs no fence: it claims it first. Everything
 * else is as it is for who sends it by HTTP, fences included.
 */
export async function takeAnswer(
  taking: TakingAnswers,
  answer: SentAnswer,
  circumstances: Circumstances,
): Promise<Answered | Refusal> {
  const { id, vendor, inquiryId, command } = answer;
  const key = `vendor#${vendor}#${id}`;
  if (command.command === 'heartbeat') {
    const confirmed = await confirmHolder(taking, inquiryId, command, circumstances);
    return isRefusal(confirmed) ? confirmed : {};
  }
  if (command.command === 'claim') return claimOnce(taking, key, inquiryId, circumstances);
  const before = await taking.answers.find(key);
  if (before !== undefined) return { repeated: true };
  const done = await unlessDone(taking, key, async () => {
    const whole = await withFence(taking, key, inquiryId, command, circumstances);
    if (isRefusal(whole)) return whole;
    return performCommand(taking, inquiryId, whole, circumstances, () =>
      remembered(key, 'done', circumstances),
    );
  });
  if (isRefusal(done)) return done;
  return typeof done === 'string' ? { repeated: true } : { performed: done };
}

/** What was remembered, where the same message was taken beside this one and did it first. */
async function unlessDone(
  { answers }: TakingAnswers,
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

async function withFence(
  taking: TakingAnswers,
  key: string,
  inquiryId: InquiryId,
  command: AnsweringCommand,
  circumstances: Circumstances,
): Promise<AnsweringCommand | Refusal> {
  if (!isEnding(command) || command.fence !== undefined) return command;
  const refused = await refusedOnceClaimed(taking, inquiryId, command, circumstances);
  if (refused !== undefined) return refused;
  // A message may come again after the claim of its first coming has run out.
  for (let coming = 1; ; coming += 1) {
    const claimed = await claimOnce(taking, `${key}#claim#${coming}`, inquiryId, circumstances);
    if (isRefusal(claimed)) return claimed;
    const isOver = claimed.repeated && claimed.claim && claimed.claim.until <= circumstances.now;
    if (!isOver) return { ...command, fence: claimed.claim?.fence };
  }
}

/** Why a command would be refused of who has claimed the inquiry, which then need not be claimed. */
async function refusedOnceClaimed(
  { ledger }: TakingAnswers,
  inquiryId: InquiryId,
  command: Ending,
  circumstances: Circumstances,
): Promise<Refusal | undefined> {
  const loaded = await ledger.load(inquiryId);
  if (loaded === undefined) return undefined;
  const { terms, now } = circumstances;
  const rung = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const claim = decideWhole(rung, { command: 'claim' }, circumstances);
  if (isRefusal(claim) || claim.events.length === 0) return undefined;
  const claimed = performedBy(claim);
  const whole = { ...command, fence: claimed.lease?.fence };
  const trial = decideWhole(claimed, whole, circumstances);
  return isRefusal(trial) ? trial : undefined;
}

function isEnding(command: AnsweringCommand): command is Ending {
  return ['transfer', 'wait', 'resolve'].includes(command.command);
}

/** Claims it, or finds the claim that this very message has made before. */
async function claimOnce(
  taking: TakingAnswers,
  key: string,
  inquiryId: InquiryId,
  circumstances: Circumstances,
): Promise<Answered | Refusal> {
  const before = await taking.answers.find(key);
  if (before !== undefined) return { repeated: true, claim: JSON.parse(before) };
  const claimed = await unlessDone(taking, key, async () => {
    const performed = await performCommand(
      taking,
      inquiryId,
      { command: 'claim' },
      circumstances,
      (done) => remembered(key, JSON.stringify(claimOf(done, circumstances)), circumstances),
    );
    return isRefusal(performed) || performed.events.length > 0
      ? performed
      : refuse('work.already-claimed', 'You hold the inquiry: name the fence of the claim.');
  });
  if (isRefusal(claimed)) return claimed;
  if (typeof claimed === 'string') return { repeated: true, claim: JSON.parse(claimed) };
  return { performed: claimed, claim: claimOf(claimed, circumstances) };
}

function claimOf({ inquiry, lease }: CommandResult, { actor }: Circumstances) {
  const living = livingClaimOf(actor.sub, inquiry, lease);
  if (living === undefined) throw new TypeError('a claim has given no lease');
  return { fence: living.fence, until: living.until };
}

function remembered(key: string, value: string, { now }: Circumstances) {
  return { key, value, expiresAt: addSeconds(now, rememberedSeconds) };
}
