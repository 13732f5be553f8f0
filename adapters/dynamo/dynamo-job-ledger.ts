import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { plusSeconds } from '../../core/inquiry/ids.ts';
import { type Job, type JobId, jobAlarmAt, type LineResult } from '../../core/job/job.ts';
import type { JobChange, JobLedger } from '../../core/job/ports.ts';
import {
  alarmShards,
  dataOf,
  epochSeconds,
  type Item,
  indexKeys,
  keys,
  shardOf,
  type Table,
} from './table.ts';

/** How long a job can be looked up: half a year after its start. */
const lifeSeconds = 180 * 86_400;

/**
 * Jobs in DynamoDB: the job, its settled lines in one item per checkpoint, and an item for each
 * announcement, whose insertion the relay turns into a message.
 */
export class DynamoJobLedger implements JobLedger {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async start(job: Job): Promise<void> {
    await this.#table.client.send(
      new PutItemCommand({
        TableName: this.#table.name,
        Item: jobItem(job),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  }

  async find(id: JobId): Promise<Job | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({ TableName: this.#table.name, Key: keys.job(id), ConsistentRead: true }),
    );
    return dataOf<Job>(Item);
  }

  async lines(id: JobId): Promise<LineResult[]> {
    const lines: LineResult[] = [];
    let start: Item | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lines)',
          ExpressionAttributeValues: { ':pk': keys.job(id).pk, ':lines': { S: 'LINES#' } },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) lines.push(...(dataOf<LineResult[]>(item) ?? []));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
    return lines;
  }

  async change(before: Job, after: Job, { settled, announce }: JobChange = {}): Promise<boolean> {
    const put = (item: Item) => ({ Put: { TableName: this.#table.name, Item: item } });
    const { pk } = keys.job(after.id);
    const expiresAt = epochSeconds(plusSeconds(after.createdAt, lifeSeconds));
    try {
      await this.#table.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Put: {
                TableName: this.#table.name,
                Item: jobItem(after),
                ConditionExpression: 'version = :version',
                ExpressionAttributeValues: { ':version': { N: String(before.version) } },
              },
            },
            ...(settled === undefined || settled.length === 0
              ? []
              : [
                  put({
                    pk,
                    sk: { S: `LINES#${padded(before.checkpoint)}` },
                    kind: { S: 'job-lines' },
                    data: { S: JSON.stringify(settled) },
                    expiresAt,
                  }),
                ]),
            ...(announce === undefined
              ? []
              : [
                  put({
                    pk,
                    sk: { S: `NEWS#${padded(after.version)}` },
                    kind: { S: 'job' },
                    expiresAt,
                  }),
                ]),
          ],
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLost(error)) return false;
      throw error;
    }
  }
}

/** Somebody else changed the job, or is about to. */
function isLost(error: TransactionCanceledException): boolean {
  return (error.CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
  );
}

function jobItem(job: Job): Item {
  const alarm = jobAlarmAt(job);
  return {
    ...keys.job(job.id),
    kind: { S: 'job' },
    version: { N: String(job.version) },
    data: { S: JSON.stringify(job) },
    expiresAt: epochSeconds(plusSeconds(job.createdAt, lifeSeconds)),
    ...(alarm === undefined
      ? {}
      : {
          alPk: { S: indexKeys.alarm(shardOf(job.id, alarmShards)) },
          alSk: { S: `${alarm}#${job.id}` },
        }),
  };
}

function padded(count: number): string {
  return String(count).padStart(8, '0');
}
