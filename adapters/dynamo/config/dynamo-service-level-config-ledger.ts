import { createQueuedJob, type JobId } from '../../../core/job/job.ts';
import type {
  PendingConfigVersion,
  ServiceLevelConfigLedger,
} from '../../../core/sla/configuration/config-ports.ts';
import { buildJobItem } from '../job/job-items.ts';
import { type DynamoTable, type TableItem, tableKeys } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import { buildHeadUpdate } from './config-items.ts';

/**
 * The versions of calendars and policies in DynamoDB.
 *
 * A version, the head that points to it, and the job that follows from it are written in one
 * transaction, so that no version is ever without its recomputation.
 */
export class DynamoServiceLevelConfigLedger implements ServiceLevelConfigLedger {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async put(
    { kind, version, head }: PendingConfigVersion,
    { id, startedBy }: Parameters<ServiceLevelConfigLedger['put']>[1],
  ): Promise<boolean> {
    const job = createQueuedJob(
      {
        id: id as JobId,
        jobKind: 'sla-recomputation',
        startedBy,
        input: `${kind}@${version.version}`,
      },
      version.recordedAt,
    );
    const TableName = this.#table.name;
    const ConditionExpression = 'attribute_not_exists(pk)';
    const put = (Item: TableItem) => ({ Put: { TableName, Item, ConditionExpression } });
    return writeUnlessRaced(this.#table, [
      put({
        ...tableKeys.config(kind, version.version),
        kind: { S: 'config' },
        data: { S: JSON.stringify(version) },
      }),
      buildHeadUpdate(this.#table, kind, version.version, head),
      put(buildJobItem(job)),
    ]);
  }
}
