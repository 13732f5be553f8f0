import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoVerdictLedger } from '../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import {
  type CommandDependencies,
  type CommandResult,
  decideAndAppend,
  planAppend,
} from '../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../core/inquiry/snapshot.ts';
import type { Terms } from '../../core/inquiry/terms/terms.ts';
import { addSeconds, DeskId, type InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import type { Command } from '../../core/work/commands.ts';
import { performCommand } from '../../core/work/perform-command.ts';
import {
  type ActorName,
  deskListTerms,
  helpDeskActors,
  makeRoutedEvent,
  receivedEvent,
} from '../core/help-desk.ts';
import { bucketNames, startEngines } from './start-engines.ts';

/** The real ledger, with inquiries whose events happen when a test says. */
export async function startServiceLevelFixture() {
  const engines = await startEngines();
  const { table, s3 } = engines;
  const ledger = new DynamoInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  const commandDependencies: CommandDependencies = {
    ledger,
    random: nodeRandomness,
    pause: (milliseconds) => setTimeout(milliseconds),
  };

  /** Performs a command of an agent or the requester; throws where it is refused. */
  async function issueCommand(
    id: InquiryId,
    by: ActorName,
    command: Command,
    now: Instant,
  ): Promise<CommandResult> {
    const commandContext = {
      actor: helpDeskActors[by],
      terms: deskListTerms,
      now,
      messageId: nodeRandomness.id(now),
    };
    return expectDone(await performCommand(commandDependencies, id, command, commandContext));
  }

  return {
    ...{ engines, table, ledger, commandDependencies, issueCommand },
    verdicts: new DynamoVerdictLedger(table),
    /** Opens an inquiry and routes it to a desk, in one append; to none when it is null. */
    open: (at: Instant, desk: string | null = 'bpo', priority: Inquiry['priority'] = 'critical') =>
      openInquiryAt(ledger, deskListTerms, at, desk, priority),
    /** Appends the events that have become due by then. */
    fireAlarms: async (
      id: InquiryId,
      now: Instant,
      by: Terms = deskListTerms,
    ): Promise<CommandResult> =>
      expectDone(await decideAndAppend(commandDependencies, id, by, now, () => ({ events: [] }))),
    /** Claims it and confirms the claim. */
    claim: async (id: InquiryId, by: ActorName, now: Instant): Promise<number> => {
      const { lease } = await issueCommand(id, by, { command: 'claim' }, now);
      if (lease === undefined) throw new TypeError('a claim gives a lease');
      return lease.fence;
    },
    stop: engines.stop,
  };
}

export type ServiceLevelFixture = Awaited<ReturnType<typeof startServiceLevelFixture>>;

/** The opening of an inquiry, and its routing unless it comes to no desk. */
export function makeOpeningEvents(
  at: Instant,
  desk: string | null,
  priority: Inquiry['priority'],
): InquiryEvent[] {
  if (receivedEvent.type !== 'InquiryReceived') throw new TypeError('it is received');
  const announceAt = addSeconds(at, 86_400);
  const content = {
    ...receivedEvent.received,
    acknowledge: false,
    receivedAt: at,
    priority,
    announceAt,
  };
  const number = makeInquiryNumber(nodeRandomness.bytes(7));
  const opening: InquiryEvent = { ...receivedEvent, at, number, received: content };
  if (desk === null) return [opening];
  const routed = makeRoutedEvent(DeskId.parse(desk));
  if (routed.type !== 'InquiryRouted') throw new TypeError('it is routed');
  return [opening, { ...routed, at, priority, announceAt }];
}

async function openInquiryAt(
  ledger: DynamoInquiryLedger,
  by: Terms,
  at: Instant,
  desk: string | null,
  priority: Inquiry['priority'],
): Promise<Inquiry> {
  const id = nodeRandomness.inquiryId(at);
  const pendingAppend = planAppend(
    id,
    undefined,
    { events: makeOpeningEvents(at, desk, priority) },
    by,
    at,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const outcome = await ledger.append(pendingAppend);
  if (!outcome.appended) throw new TypeError(outcome.conflict);
  return pendingAppend.after;
}

function expectDone<Outcome>(outcome: Outcome): Exclude<Outcome, { refused: unknown }> {
  if (isRefusal(outcome)) throw new TypeError(`${outcome.refused}: ${outcome.detail}`);
  return outcome as Exclude<Outcome, { refused: unknown }>;
}
