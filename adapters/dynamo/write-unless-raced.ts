import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { TransientError } from '../../core/inquiry/transient-error.ts';
import { type DynamoTable, getItems, type TableItem } from './table.ts';

/**
 * Writes all or nothing in one transaction.
 *
 * When nobody answers, not even after the client's own repetitions, it looks for what the
 * transaction puts: found as it was put, all of it was written.
 * @throws TransactionCanceledException when a condition failed or another writer was faster
 * @throws TransientError when it was not written, or nobody knows
 */
export async function writeTransaction(
  table: DynamoTable,
  writes: readonly TransactWriteItem[],
): Promise<void> {
  try {
    await table.client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
  } catch (error) {
    if (!(error instanceof TransientError) || !(await isWritten(table, writes))) throw error;
  }
}

const attemptLimit = 3;
const pauseMilliseconds = 20;

/**
 * Writes all or nothing in one transaction.
 *
 * While another writer is changing one of the items it waits a little and tries again, since that
 * one may yet fail.
 * @returns false when another writer has changed one of the items
 * @throws TransientError `transient.conflict` when others kept changing them
 */
export async function writeUnlessRaced(
  table: DynamoTable,
  writes: readonly TransactWriteItem[],
): Promise<boolean> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    try {
      await writeTransaction(table, writes);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      if (hasReason(error, 'ConditionalCheckFailed')) return false;
      if (!hasReason(error, 'TransactionConflict')) throw error;
      await setTimeout(Math.random() * pauseMilliseconds * 2 ** attempt);
    }
  }
  throw new TransientError('transient.conflict', 'others kept changing the same items');
}

/** Waits for a single write, and returns whether its condition was met. */
export async function isConditionMet(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

export function hasReason(
  { CancellationReasons }: TransactionCanceledException,
  code: 'ConditionalCheckFailed' | 'TransactionConflict',
): boolean {
  return (CancellationReasons ?? []).some(({ Code }) => Code === code);
}

/**
 * Looks for an item that only this transaction puts: an event, which nobody changes again, or else
 * the first with a condition.
 */
async function isWritten(
  table: DynamoTable,
  writes: readonly TransactWriteItem[],
): Promise<boolean> {
  const puts = writes.flatMap(({ Put }) => (Put?.ConditionExpression === undefined ? [] : [Put]));
  const put = puts.find(({ Item }) => Item?.['kind']?.S === 'event') ?? puts[0];
  const { pk, sk } = put?.Item ?? {};
  if (put?.Item === undefined || pk?.S === undefined || sk?.S === undefined) return false;
  try {
    const [item] = await getItems(table, [{ pk: { S: pk.S }, sk: { S: sk.S } }]);
    return item !== undefined && isDeepStrictEqual(textsOf(item), textsOf(put.Item));
  } catch {
    // Then it stays unknown.
    return false;
  }
}

/** An item without what is compressed, which comes back in another form. */
function textsOf(item: TableItem): TableItem {
  return Object.fromEntries(Object.entries(item).filter(([, { B }]) => B === undefined));
}
