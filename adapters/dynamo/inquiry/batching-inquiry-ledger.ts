import { setImmediate } from 'node:timers/promises';
import type { AppendOutcome, PendingAppend } from '../../../core/inquiry/ports.ts';
import { DynamoInquiryLedger } from './dynamo-inquiry-ledger.ts';

/** DynamoDB allows no more items in one transaction. */
const itemLimit = 100;

/** Appends that share a transaction, and whether it was written. */
type AppendBatch = {
  readonly pendingAppends: PendingAppend[];
  items: number;
  written: Promise<boolean>;
};

/**
 * The inquiry ledger for callers that append to many inquiries at once, as the alarm function does
 * for a batch.
 *
 * Appends that start in the same turn of the event loop share one transaction. If that fails for
 * any reason, each is made by itself, so that none suffers from another's conflict or fault; one
 * that was written though it seemed to fail then conflicts with its own version.
 */
export class BatchingInquiryLedger extends DynamoInquiryLedger {
  #batch: AppendBatch | undefined;

  override async append(...pendingAppends: readonly PendingAppend[]): Promise<AppendOutcome> {
    const [only, ...more] = pendingAppends;
    if (only === undefined || more.length > 0 || !isPlainAppend(only)) {
      return super.append(...pendingAppends);
    }
    return (await this.#joinBatch(only)) ? { appended: true } : super.append(only);
  }

  async #joinBatch(pendingAppend: PendingAppend): Promise<boolean> {
    const items = countItems(pendingAppend);
    const open = this.#batch;
    const batch =
      open !== undefined && hasRoom(open, pendingAppend, items) ? open : this.#openBatch();
    batch.pendingAppends.push(pendingAppend);
    batch.items += items;
    return batch.written;
  }

  #openBatch(): AppendBatch {
    const batch: AppendBatch = { pendingAppends: [], items: 0, written: Promise.resolve(false) };
    batch.written = this.#writeBatch(batch);
    this.#batch = batch;
    return batch;
  }

  async #writeBatch(batch: AppendBatch): Promise<boolean> {
    await setImmediate();
    if (this.#batch === batch) this.#batch = undefined;
    // A single append is made once, by itself.
    if (batch.pendingAppends.length < 2) return false;
    try {
      return (await super.append(...batch.pendingAppends)).appended;
    } catch {
      return false;
    }
  }
}

/** Whether it continues an inquiry and can conflict over nothing else. */
function isPlainAppend({
  before,
  idempotencyRecords,
  threads,
  receipt,
  pendingClaim,
}: PendingAppend): boolean {
  return (
    [idempotencyRecords, threads, receipt, pendingClaim].every((one) => one === undefined) &&
    !!before
  );
}

function countItems({ events, notices, verdicts, volumes = [], lease }: PendingAppend): number {
  const written = events.length + notices.length + verdicts.length + volumes.length;
  return 1 + written + (lease === undefined ? 0 : 1);
}

function hasRoom(batch: AppendBatch, { id }: PendingAppend, items: number): boolean {
  // A transaction may not name an item twice.
  return batch.items + items <= itemLimit && batch.pendingAppends.every((one) => one.id !== id);
}
