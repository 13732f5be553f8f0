import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { JobNotice } from '../../../core/inquiry/outbox/job-notice.ts';
import type { JobNoticeLedger, JobNoticeStep } from '../../../core/notice/ports.ts';
import { type DynamoTable, dataOf, listSortKeys, tableKeys } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import { buildJobNoticeItem } from './job-items.ts';

/** Notices of jobs in DynamoDB, each an item beside its job. */
export class DynamoJobNotices implements JobNoticeLedger {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async find(jobId: string, key: string): Promise<JobNotice | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.jobNotice(jobId, key),
        ConsistentRead: true,
      }),
    );
    return dataOf<JobNotice>(Item);
  }

  async keysOf({ jobId, seq }: Pick<JobNotice, 'jobId' | 'seq'>): Promise<string[]> {
    const key = tableKeys.jobNotice(jobId, `${String(seq).padStart(8, '0')}#`);
    const keys = await listSortKeys(this.#table, key);
    return keys.map((one) => one.slice('NOTICE#'.length));
  }

  applyStep({ before, after, children = [] }: JobNoticeStep): Promise<boolean> {
    const TableName = this.#table.name;
    return writeUnlessRaced(this.#table, [
      {
        Put: {
          TableName,
          Item: buildJobNoticeItem(after),
          ConditionExpression: '#state = :state AND attempts = :attempts',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':state': { S: before.state },
            ':attempts': { N: String(before.attempts) },
          },
        },
      },
      ...children.map((child) => ({
        Put: {
          TableName,
          Item: buildJobNoticeItem(child),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      })),
    ]);
  }
}
