import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Job, JobId, JobLineResult } from '../../../core/job/job.ts';
import type { JobChange, JobLedger } from '../../../core/job/ports.ts';
import { type DynamoTable, dataOf, type TableItem, tableKeys } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import { buildJobItem, buildJobNoticeItem, jobExpiryOf } from './job-items.ts';

/**
 * Jobs in DynamoDB: the job, its line results in one item per checkpoint, and one item per
 * announcement, whose insertion the relay turns into a queue message.
 */
export class DynamoJobLedger implements JobLedger {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async start(job: Job): Promise<void> {
    // In a transaction, whose token tells the SDK's repetition from another job: a worker may have
    // changed the job by then.
    const isPut = await writeUnlessRaced(this.#table, [
      {
        Put: {
          TableName: this.#table.name,
          Item: buildJobItem(job),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ]);
    if (!isPut) throw new TypeError(`there is a job ${job.id} already`);
  }

  async find(id: JobId): Promise<Job | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.job(id),
        ConsistentRead: true,
      }),
    );
    return dataOf<Job>(Item);
  }

  async lines(id: JobId): Promise<JobLineResult[]> {
    const lines: JobLineResult[] = [];
    let start: TableItem | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lines)',
          ExpressionAttributeValues: { ':pk': tableKeys.job(id).pk, ':lines': { S: 'LINES#' } },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) lines.push(...(dataOf<JobLineResult[]>(item) ?? []));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
    return lines;
  }

  async change(
    before: Job,
    after: Job,
    { lineResults, announce, notices = [] }: JobChange = {},
  ): Promise<boolean> {
    const put = (item: TableItem) => ({ Put: { TableName: this.#table.name, Item: item } });
    const { pk } = tableKeys.job(after.id);
    const expiresAt = jobExpiryOf(after);
    return writeUnlessRaced(this.#table, [
      {
        Put: {
          TableName: this.#table.name,
          Item: buildJobItem(after),
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': { N: String(before.version) } },
        },
      },
      ...(lineResults === undefined || lineResults.length === 0
        ? []
        : [
            put({
              pk,
              sk: { S: `LINES#${padCount(before.checkpoint)}` },
              kind: { S: 'job-lines' },
              data: { S: JSON.stringify(lineResults) },
              expiresAt,
            }),
          ]),
      ...(announce === undefined
        ? []
        : [
            put({
              pk,
              sk: { S: `NEWS#${padCount(after.version)}` },
              kind: { S: 'job' },
              expiresAt,
            }),
          ]),
      ...notices.map((notice) => put(buildJobNoticeItem(notice))),
    ]);
  }
}

function padCount(count: number): string {
  return String(count).padStart(8, '0');
}
