import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { startDynamoEngine } from '../../local/engines/dynamo-engine.ts';

const ignore = () => {};
const signature =
  'AWS4-HMAC-SHA256 Credential=local/20260101/ap-northeast-1/local/aws4_request, SignedHeaders=host, Signature=0';

/**
 * The local engines require a signature but do not check it. All requests share one: making one
 * takes about half the time of a call.
 */
const signer: NonNullable<DynamoDBClientConfig['signer']> = {
  sign: async (request) => {
    request.headers['authorization'] = signature;
    request.headers['x-amz-date'] = '20260101T000000Z';
    return request;
  },
};

/** The region, the credentials, and what else spares a client of the local engines work. */
export const localClientConfig = {
  region: 'ap-northeast-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  /** @see adapters/sdk/client-options.ts */
  logger: { debug: ignore, warn: ignore } as unknown as Console,
  signer,
};

/** A client of a DynamoDB on this machine. */
export function makeLocalDynamoClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...localClientConfig, endpoint, cacheMiddleware: true });
}

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
 * `AWS_ENDPOINT_URL_DYNAMODB` set, creates the table at that endpoint.
 *
 * The table has no stream, which only a host reads: in memory each write would read all records of
 * the stream so far.
 */
export async function startDynamo(): Promise<StartedDynamo> {
  const external = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const engine = await startDynamoEngine({ file: undefined, endpoint: external });
  const client = makeLocalDynamoClient(engine.endpoint);
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        for (const listener of listeners.get(client) ?? []) listener(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
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

type CommandListener = (name: string) => void;

/** One list per client: a client builds its middleware once and takes no later listeners. */
const listeners = new WeakMap<DynamoDBClient, CommandListener[]>();

/** Reports each command that a client is given, by its name such as `GetItemCommand`. */
export function onClientCommand(client: DynamoDBClient, listener: CommandListener): void {
  listeners.set(client, [...(listeners.get(client) ?? []), listener]);
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
  };
}

function makeKeySchema(hash: string, range: string): CreateTableCommandInput['KeySchema'] {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
