import { setImmediate } from 'node:timers/promises';
import type { AppendOutcome, PendingAppend } from '../../../core/inquiry/ports.ts';
import { DynamoInquiryLedger } from './dynamo-inquiry-ledger.ts';

/** DynamoDB takes no more items in one transaction. */
const itemLimit = 100;

/** Appends that go together, and what became of all of them. */
type AppendBatch = {
  readonly appendings: PendingAppend[];
  items: number;
  written: Promise<boolean>;
};

/**
 * The inquiry ledger for who appends to many inquiries at once, as the ringer does of a batch.
 *
 * Appends that start in the same turn of the event loop share one transaction. Where that fails, for
 * whatever reason, each is made by itself, so none is touched by another's conflict or fault; one
 * that was written though it seemed to fail meets its own version.
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
    const group =
      open !== undefined && hasRoom(open, pendingAppend, items) ? open : this.#openBatch();
    group.appendings.push(pendingAppend);
    group.items += items;
    return group.written;
  }

  #openBatch(): AppendBatch {
    const group: AppendBatch = { appendings: [], items: 0, written: Promise.resolve(false) };
    group.written = this.#writeBatch(group);
    this.#batch = group;
    return group;
  }

  async #writeBatch(group: AppendBatch): Promise<boolean> {
    await setImmediate();
    if (this.#batch === group) this.#batch = undefined;
    // Alone it is made once, by itself.
    if (group.appendings.length < 2) return false;
    try {
      return (await super.append(...group.appendings)).appended;
    } catch {
      return false;
    }
  }
}

/** It continues an inquiry, and nothing but that inquiry stands in its way. */
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

function hasRoom(group: AppendBatch, { id }: PendingAppend, items: number): boolean {
  // A transaction names no item twice.
  return group.items + items <= itemLimit && group.appendings.every((one) => one.id !== id);
}
