import type { HostClock } from '../clock.ts';
import type { TableResource } from '../deployment/read-tables.ts';
import type { DynamoCall } from './dynamo-call.ts';

/** DynamoDB itself deletes within days; here it is a small table, and reading it is cheap. */
const SWEEP_SECONDS = 10 * 60;

/** Deletes expired items now and then, as DynamoDB's time to live does; gives back how to end it. */
export function sweepExpired(
  tables: readonly TableResource[],
  call: DynamoCall,
  clock: HostClock,
  report: (problem: string) => void,
): () => Promise<void> {
  let sweeping: Promise<void> = Promise.resolve();
  const end = clock.runEvery(SWEEP_SECONDS, () => {
    sweeping = sweeping
      .then(() => Promise.all(tables.map((table) => sweepTable(table, call, clock.now() / 1000))))
      .then(() => undefined)
      .catch((error: unknown) => report(`Expired items could not be deleted: ${String(error)}`));
  });
  return () => {
    end();
    return sweeping;
  };
}

type Item = Record<string, Record<string, unknown>>;

export async function sweepTable(
  { name, keys, ttlAttribute }: TableResource,
  call: DynamoCall,
  nowSeconds: number,
): Promise<void> {
  if (ttlAttribute === undefined) return;
  const condition = {
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(nowSeconds)) } },
  };
  let start: unknown;
  do {
    const page = await call('DynamoDB_20120810.Scan', {
      TableName: name,
      FilterExpression: '#ttl < :now',
      ...condition,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    for (const item of (page['Items'] ?? []) as Item[]) {
      await call('DynamoDB_20120810.DeleteItem', {
        TableName: name,
        Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
        // It may have been given more time since it was read.
        ConditionExpression: '#ttl < :now',
        ...condition,
      }).catch((error: Error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error;
      });
    }
    start = page['LastEvaluatedKey'];
  } while (start !== undefined);
}
