import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { DirectoryInUseError, type StageStorage } from '../local/data-directory.ts';
import { REGION } from '../local/deployment/region.ts';
import { createStorage, type OpenStorage, openStorage } from '../local/open-storage.ts';
import type { Stage } from './export-stage.ts';
import type { Direction, StageChoice } from './transfer-arguments.ts';
import { TransferError } from './transfer-error.ts';

export interface OpenStage extends Stage {
  readonly isLocal: boolean;
  /** Nothing can write to it, because this process alone has its data directory. */
  readonly isAtRest: boolean;
  close(): Promise<void>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** A new table on demand refuses some requests at first; the pauses grow to 20 s. */
const PATIENCE = { maxAttempts: 10 };

/** Opens the stage to export, or the one to import into. */
export async function openStage(
  direction: Direction,
  choice: StageChoice,
  environment: Environment,
  context: Readonly<Record<string, unknown>> = {},
): Promise<OpenStage> {
  if (choice.data === undefined) return connectStage(choice, environment);
  const options = {
    dataDir: choice.data,
    dynamoEndpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'] || undefined,
    root: ROOT,
    context,
  };
  const storage =
    direction === 'export'
      ? await openStorage(options)
      : await createStorage(options).catch(explainUse);
  if (storage === undefined) {
    throw new TransferError(`No host was started with ${choice.data} yet.`);
  }
  return connectStorage(storage, choice);
}

function explainUse(error: unknown): never {
  if (!(error instanceof DirectoryInUseError)) throw error;
  throw new TransferError(
    'A host is running on this data folder. Stop it: while an import is under way, nothing may use the stage.',
  );
}

/** Connects to AWS, or to the endpoints that the environment names, as the SDK does by itself. */
function connectStage(choice: StageChoice, environment: Environment): OpenStage {
  const hasEndpoint =
    environment['AWS_ENDPOINT_URL_S3'] !== undefined ||
    environment['AWS_ENDPOINT_URL'] !== undefined;
  return {
    ...makeStage(
      new DynamoDBClient(PATIENCE),
      new DynamoDBStreamsClient(PATIENCE),
      new S3Client({
        ...PATIENCE,
        // An endpoint of one address cannot have the bucket in its host name.
        forcePathStyle: hasEndpoint,
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
      choice,
    ),
    ...{ isLocal: false, isAtRest: false },
  };
}

function connectStorage(storage: OpenStorage, choice: StageChoice): OpenStage {
  const common = {
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const stage = makeStage(
    new DynamoDBClient({ ...common, endpoint: storage.dynamoUrl }),
    new DynamoDBStreamsClient({ ...common, endpoint: storage.dynamoUrl }),
    new S3Client({
      ...common,
      endpoint: storage.objectUrl,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    }),
    {
      table: choice.table ?? storage.table,
      mailBucket: choice.mailBucket ?? storage.mailBucket,
      contentBucket: choice.contentBucket ?? storage.contentBucket,
    },
  );
  return {
    ...stage,
    isLocal: true,
    isAtRest: !storage.isRunning,
    close: async () => {
      await stage.close();
      await storage.close();
    },
  };
}

function makeStage(
  dynamo: DynamoDBClient,
  streams: DynamoDBStreamsClient,
  s3: S3Client,
  names: Partial<Pick<StageStorage, 'table' | 'mailBucket' | 'contentBucket'>>,
): Stage & { close(): Promise<void> } {
  const { table, mailBucket, contentBucket } = names;
  if (table === undefined || mailBucket === undefined || contentBucket === undefined) {
    throw new TransferError(
      'The host does not say what its table and buckets are called. Name them.',
    );
  }
  return {
    table: { client: dynamo, name: table },
    streams,
    buckets: { client: s3, names: { mail: mailBucket, content: contentBucket } },
    close: async () => {
      for (const client of [dynamo, streams, s3]) client.destroy();
    },
  };
}
