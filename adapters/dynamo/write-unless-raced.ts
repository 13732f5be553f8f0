import {
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoTable } from './table.ts';

/**
 * Writes all or nothing in one transaction.
 *
 * @returns false when another writer has changed one of the items, or is changing it
 */
export async function writeUnlessRaced(
  { client }: Pick<DynamoTable, 'client'>,
  writes: readonly TransactWriteItem[],
): Promise<boolean> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException && isLostRace(error)) return false;
    throw error;
  }
}

function isLostRace({ CancellationReasons }: TransactionCanceledException): boolean {
  return (CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
  );
}
