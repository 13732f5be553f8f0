import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DeskId } from '../../../core/inquiry/values/ids.ts';
import type { DeskVolumes } from '../../../core/routing/ports.ts';
import { type DynamoTable, makeVolumePartition, type TableItem, volumeShards } from '../table.ts';

/** Volumes of vendors' contracts, counted from the entries that the inquiry ledger writes. */
export class DynamoDeskVolumes implements DeskVolumes {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  /** Reads every entry of the month; 1,000 of them are about 13 read units. */
  async count(desk: DeskId, month: string): Promise<number> {
    const shards = Array.from({ length: volumeShards }, (_, shard) => shard);
    const counts = await Promise.all(
      shards.map((shard) => this.#count(makeVolumePartition(desk, month, shard))),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #count(partition: string): Promise<number> {
    let count = 0;
    let start: TableItem | undefined;
    do {
      const answer: QueryCommandOutput = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: partition } },
          Select: 'COUNT',
          ExclusiveStartKey: start,
        }),
      );
      count += answer.Count ?? 0;
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
    return count;
  }
}
