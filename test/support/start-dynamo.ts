import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { startDynamoEngine } from '../../local/engines/dynamo-engine.ts';

/** The region and credentials that no local engine checks. */
export const localClientConfig = {
  region: 'ap-northeast-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

export type StartedDynamo = {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly table: DynamoTable;
  stop(): Promise<void>;
};

const indexes = {
  worklist: ['wlPk', 'wlSk'],
  agent: ['agPk', 'agSk'],
  requester: ['rqPk', 'rqSk'],
  alarms: ['alPk', 'alSk'],
} as const;

/**
 * Starts the embedded DynamoDB in memory with the one table, empty, under a name of its own; with
 * `AWS_ENDPOINT_URL_DYNAMODB` set, makes the table in what listens there.
 *
 * In memory each write reads all stream records so far: a thousand items are fine, many more slow.
 */
export async function startDynamo(): Promise<StartedDynamo> {
  const external = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const engine = await startDynamoEngine({ file: undefined, endpoint: external });
  const client = new DynamoDBClient({ ...localClientConfig, endpoint: engine.endpoint });
  const name = `toritsugi-${randomUUID()}`;
  await client.send(new CreateTableCommand(makeTableDefinition(name)));
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    }),
  );
  return {
    endpoint: engine.endpoint,
    client,
    table: { client, name },
    stop: async () => {
      client.destroy();
      await engine.stop();
    },
  };
}

/** Tells of each command that a client is given, by its name such as `GetItemCommand`. */
export function onClientCommand(client: DynamoDBClient, listener: (name: string) => void): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        listener(commandName ?? '');
        return next(args);
      },
    { step: 'initialize' },
  );
}

function makeTableDefinition(name: string): CreateTableCommandInput {
  const attributes = ['pk', 'sk', ...Object.values(indexes).flat()];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((attribute) => ({
      AttributeName: attribute,
      AttributeType: 'S',
    })),
    KeySchema: makeKeySchema('pk', 'sk'),
    GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, [hash, range]]) => ({
      IndexName,
      KeySchema: makeKeySchema(hash, range),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  };
}

function makeKeySchema(hash: string, range: string): CreateTableCommandInput['KeySchema'] {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
