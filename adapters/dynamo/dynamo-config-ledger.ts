import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { type JobId, queuedJob } from '../../core/job/job.ts';
import type { ConfigLedger, ConfigPut } from '../../core/sla/config-ports.ts';
import { isLostRace, jobItem } from './job-items.ts';
import { type Item, keys, type Table } from './table.ts';

/**
 * The versions of calendars and policies in DynamoDB.
 *
 * A version, the head that names it the newest, and the job that follows from it are written in one
 * transaction, so that no version is ever without its recomputation.
 */
export class DynamoConfigLedger implements ConfigLedger {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async put(
    { kind, version, head }: ConfigPut,
    { id, startedBy }: Parameters<ConfigLedger['put']>[1],
  ): Promise<boolean> {
    const job = queuedJob(
      {
        id: id as JobId,
        jobKind: 'sla-recomputation',
        startedBy,
        input: `${kind}@${version.version}`,
      },
      version.recordedAt,
    );
    const isFirst = head.calendars === 0 && head.policies === 0;
    const TableName = this.#table.name;
    const ConditionExpression = 'attribute_not_exists(pk)';
    const put = (Item: Item) => ({ Put: { TableName, Item, ConditionExpression } });
    const heads = { ...head, [kind]: version.version };
    try {
      await this.#table.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            put({
              ...keys.config(kind, version.version),
              kind: { S: 'config' },
              data: { S: JSON.stringify(version) },
            }),
            {
              Put: {
                TableName,
                Item: {
                  ...keys.configHead,
                  kind: { S: 'config' },
                  calendars: { N: String(heads.calendars) },
                  policies: { N: String(heads.policies) },
                },
                ...(isFirst
                  ? { ConditionExpression }
                  : {
                      ConditionExpression: 'calendars = :calendars AND policies = :policies',
                      ExpressionAttributeValues: {
                        ':calendars': { N: String(head.calendars) },
                        ':policies': { N: String(head.policies) },
                      },
                    }),
              },
            },
            put(jobItem(job)),
          ],
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error)) return false;
      throw error;
    }
  }
}
