import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  ScanCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { ImageRow, ItemKey } from './item-image.ts';
import { formatItem, type TableItem } from './item-json.ts';
import { TransferError } from './transfer-error.ts';

export interface StageTable {
  readonly client: DynamoDBClient;
  readonly name: string;
}

/** Describes a table that has the keys of a stage's. */
export async function describeStageTable({ client, name }: StageTable): Promise<TableDescription> {
  const table = await client
    .send(new DescribeTableCommand({ TableName: name }))
    .then(({ Table }) => Table)
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
  if (table === undefined) throw new TransferError(`There is no table ${name}.`);
  const keys = (table.KeySchema ?? []).map(({ AttributeName }) => AttributeName);
  if (keys.join() !== 'pk,sk') {
    throw new TransferError(`${name} is not the table of a stage: its keys are ${keys.join()}.`);
  }
  return table;
}

export function keyOf(item: TableItem): ItemKey {
  return { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
}

/** Reads a whole table, strongly consistent, in parallel segments; a page is at most 1 MB. */
export async function scanTable(
  { client, name }: StageTable,
  segments: number,
  takePage: (rows: readonly ImageRow[]) => void,
): Promise<void> {
  async function scanSegment(segment: number): Promise<void> {
    let start: TableItem | undefined;
    do {
      const page = await client.send(
        new ScanCommand({
          ...{ TableName: name, ConsistentRead: true, ExclusiveStartKey: start },
          ...{ Segment: segment, TotalSegments: segments },
        }),
      );
      takePage((page.Items ?? []).map((item) => ({ ...keyOf(item), item: formatItem(item) })));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  await Promise.all(Array.from({ length: segments }, (_, segment) => scanSegment(segment)));
}
