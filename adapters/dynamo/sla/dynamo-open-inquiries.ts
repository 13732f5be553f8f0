import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { LoadedInquiry } from '../../../core/inquiry/ports.ts';
import type { OpenInquiries } from '../../../core/sla/configuration/config-ports.ts';
import { buildLoadedInquiry } from '../inquiry/dynamo-inquiry-ledger.ts';
import {
  alarmShards,
  type DynamoTable,
  getItems,
  indexPartitions,
  readStringAttribute,
  tableKeys,
} from '../table.ts';

/**
 * The open inquiries in the `alarms` index, in the order of their alarms, without notices and jobs.
 *
 * An inquiry whose alarm is postponed while its shard is read comes again; none is missed, since
 * only an append brings an alarm forward, and each append computes clocks by the terms in force.
 */
export class DynamoOpenInquiries implements OpenInquiries {
  readonly shards = alarmShards;
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async readPage(
    shard: number,
    limit: number,
    after = '',
  ): Promise<{ readonly loaded: readonly LoadedInquiry[]; readonly next?: string }> {
    const answer = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        IndexName: 'alarms',
        KeyConditionExpression: 'alPk = :shard AND alSk > :after',
        ExpressionAttributeValues: {
          ':shard': { S: indexPartitions.alarm(shard) },
          // A key must not be empty; instants begin with a digit, which sorts after `-`.
          ':after': { S: after || '-' },
        },
        Limit: limit,
      }),
    );
    const items = answer.Items ?? [];
    const ids = items
      .filter((item) => readStringAttribute(item, 'sk') === 'SNAPSHOT')
      .map((item) => readStringAttribute(item, 'pk')?.slice('INQ#'.length) ?? '');
    const stored = await getItems(
      this.#table,
      ids.flatMap((id) => [tableKeys.snapshot(id), tableKeys.lease(id)]),
    );
    const loaded = ids.flatMap(
      (_, index) => buildLoadedInquiry(stored[index * 2], stored[index * 2 + 1]) ?? [],
    );
    const next = readStringAttribute(items.at(-1), 'alSk');
    return answer.LastEvaluatedKey === undefined || next === undefined
      ? { loaded }
      : { loaded, next };
  }
}
