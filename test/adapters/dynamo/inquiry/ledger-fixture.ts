import { setTimeout } from 'node:timers/promises';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoInquiryLedger } from '../../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import type { TableItem, tableKeys } from '../../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../../adapters/s3/content-store.ts';
import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import {
  type CommandDependencies,
  type InquiryDecision,
  planAppend,
} from '../../../../core/inquiry/decide-and-append.ts';
import type { EventOf } from '../../../../core/inquiry/events/events.ts';
import type { LoadedInquiry, PendingAppend } from '../../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import {
  shippedCalendars,
  shippedPolicies,
  shippedServiceLevels,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import type { InquiryId, Instant } from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import { readSpecimenWith, specimenMorning } from '../../../support/specimens.ts';
import { bucketNames, type StartedEngines, startEngines } from '../../../support/start-engines.ts';

export type LedgerFixture = {
  readonly engines: StartedEngines;
  readonly ledger: DynamoInquiryLedger;
  readonly commandDependencies: CommandDependencies;
  readonly readItem: (key: ReturnType<typeof tableKeys.snapshot>) => Promise<TableItem | undefined>;
  readonly readItems: (id: InquiryId, prefix: string) => Promise<TableItem[]>;
  /**
   * Opens an inquiry with these events after its opening; returns the lease of the last append.
   * It has no service level targets, so its alarms are those of its own lifecycle.
   */
  readonly openInquiry: (
    ...decisions: readonly InquiryDecision[]
  ) => Promise<LoadedInquiry & { id: InquiryId }>;
};

const withoutTargets = new ServiceLevels(
  [
    {
      ...shippedPolicies,
      body: {
        ...shippedPolicies.body,
        policies: Object.fromEntries(
          Object.entries(shippedPolicies.body.policies).map(([id, one]) => [
            id,
            { ...one, clocks: {} },
          ]),
        ),
        chains: [],
      },
    },
  ],
  [shippedCalendars],
);

/** Starts the real ledger on the embedded engines. */
export async function startLedgerFixture(): Promise<LedgerFixture> {
  const engines = await startEngines();
  const ledger = new DynamoInquiryLedger(
    engines.table,
    new S3ContentStore(engines.s3, bucketNames.content),
  );
  const commandDependencies = {
    ledger,
    random: nodeRandomness,
    pause: setTimeout as CommandDependencies['pause'],
  };
  const { client, name } = engines.table;
  return {
    engines,
    ledger,
    commandDependencies,
    readItem: async (Key) =>
      (await client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }))).Item,
    readItems: async (id, prefix) => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: `INQ#${id}` }, ':prefix': { S: prefix } },
          ConsistentRead: true,
        }),
      );
      return Items ?? [];
    },
    openInquiry: async (...decisions) => {
      const id = nodeRandomness.inquiryId(specimenMorning);
      const add = async (before: LoadedInquiry | undefined, decision: InquiryDecision) =>
        appendOrThrow(
          ledger,
          planAppendOrThrow(id, before, decision, specimenMorning, withoutTargets),
        );
      await add(undefined, { events: [makeOpening()] });
      for (const decision of decisions) await add(await ledger.load(id), decision);
      return { id, ...(await loadInquiry(ledger, id)) };
    },
  };
}

/** An opening event with a number of its own. */
export function makeOpening(): EventOf<'InquiryReceived'> {
  return readSpecimenWith('InquiryReceived', {
    number: makeInquiryNumber(nodeRandomness.bytes(7)),
  });
}

/** Plans an append as the kernel does; throws where it is refused. */
export function planAppendOrThrow(
  id: InquiryId,
  before: LoadedInquiry | undefined,
  decision: InquiryDecision,
  now: Instant = specimenMorning,
  serviceLevels: ServiceLevels = shippedServiceLevels,
): PendingAppend {
  const pendingAppend = planAppend(id, before, decision, { serviceLevels }, now);
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  return pendingAppend;
}

export async function loadInquiry(
  ledger: DynamoInquiryLedger,
  id: InquiryId,
): Promise<LoadedInquiry> {
  const found = await ledger.load(id);
  if (found === undefined) throw new TypeError(`${id} is not in the ledger`);
  return found;
}

async function appendOrThrow(
  ledger: DynamoInquiryLedger,
  pendingAppend: PendingAppend,
): Promise<void> {
  const outcome = await ledger.append(pendingAppend);
  if (!outcome.appended) throw new TypeError(`refused for ${outcome.conflict}`);
}
