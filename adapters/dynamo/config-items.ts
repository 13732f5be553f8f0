import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import type { ConfigKind } from '../../core/sla/config.ts';
import { dataOf, type Item, keys, type Table } from './table.ts';

/** The numbers of the newest versions, 0 while there is only the shipped one. */
export type ConfigHead = Readonly<Record<ConfigKind, number>>;

export async function readConfigHead({ client, name }: Table): Promise<ConfigHead> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: name, Key: keys.configHead, ConsistentRead: true }),
  );
  return {
    policies: Number(Item?.['policies']?.N ?? 0),
    calendars: Number(Item?.['calendars']?.N ?? 0),
  };
}

/** The versions of a kind after one, in the order in which they were put. */
export async function configVersions<Version>(
  { client, name }: Table,
  kind: ConfigKind,
  after: number,
  schema: z.ZodType<Version>,
): Promise<Version[]> {
  const { pk, sk } = keys.config(kind, after);
  const versions: Version[] = [];
  let start: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: { ':pk': pk, ':after': sk },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const item of answer.Items ?? []) versions.push(schema.parse(dataOf<unknown>(item)));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return versions;
}
