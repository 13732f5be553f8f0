import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { LeaseChange } from '../../../core/inquiry/ports.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { tableKeys } from '../table.ts';

/** Builds what a change of the lease writes, or checks, in its append's transaction. */
export function buildLeaseWrite(
  table: string,
  id: string,
  change: LeaseChange,
  at: Instant,
): TransactWriteItem {
  const fence = { ':fence': { N: String(change.change === 'grant' ? 0 : change.fence) } };
  const ExpressionAttributeNames = { '#until': 'until' };
  switch (change.change) {
    case 'grant': {
      const { lease } = change;
      return {
        Put: {
          TableName: table,
          Item: {
            ...tableKeys.lease(id),
            kind: { S: 'lease' },
            agent: { S: lease.agent },
            desk: { S: lease.desk },
            fence: { N: String(lease.fence) },
            until: { S: lease.until },
            confirmed: { BOOL: lease.confirmed },
          },
          ConditionExpression: 'attribute_not_exists(pk) OR #until <= :at',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ':at': { S: at } },
        },
      };
    }
    case 'end':
      return {
        Delete: {
          TableName: table,
          Key: tableKeys.lease(id),
          ConditionExpression: 'fence = :fence',
          ExpressionAttributeValues: fence,
        },
      };
    case 'expire':
      return {
        Delete: {
          TableName: table,
          Key: tableKeys.lease(id),
          ConditionExpression: 'attribute_not_exists(pk) OR (fence = :fence AND #until <= :at)',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ...fence, ':at': { S: change.by } },
        },
      };
    case 'hold':
      return {
        ConditionCheck: {
          TableName: table,
          Key: tableKeys.lease(id),
          ConditionExpression: 'fence = :fence AND #until > :at',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ...fence, ':at': { S: change.at } },
        },
      };
    default:
      return change satisfies never;
  }
}
