import { setImmediate } from 'node:timers/promises';
import type { AppendOutcome, PendingAppend } from '../../../core/inquiry/ports.ts';
import { DynamoInquiryLedger } from './dynamo-inquiry-ledger.ts';

/** DynamoDB takes no more items in one transaction. */
const itemLimit = 100;

/** Appends that go together, and what became of all of them. */
type Group = { readonly appendings: PendingAppend[]; items: number; written: Promise<boolean> };

/**
 * The inquiry ledger for who appends to many inquiries at once, as the ringer does of a batch.
 *
 * Appends that start in the same turn of the event loop share one transaction. Where that fails, for
 * whatever reason, each is made by itself, so none is touched by another's conflict or fault; one
 * that was written though it seemed to fail meets its own version.
 */
export class GatheringInquiryLedger extends DynamoInquiryLedger {
  #group: Group | undefined;

  override async append(...appendings: readonly PendingAppend[]): Promise<AppendOutcome> {
    const [only, ...more] = appendings;
    if (only === undefined || more.length > 0 || !isPlain(only)) {
      return super.append(...appendings);
    }
    return (await this.#join(only)) ? { appended: true } : super.append(only);
  }

  async #join(appending: PendingAppend): Promise<boolean> {
    const items = itemsOf(appending);
    const open = this.#group;
    const group = open !== undefined && hasRoom(open, appending, items) ? open : this.#begin();
    group.appendings.push(appending);
    group.items += items;
    return group.written;
  }

  #begin(): Group {
    const group: Group = { appendings: [], items: 0, written: Promise.resolve(false) };
    group.written = this.#write(group);
    this.#group = group;
    return group;
  }

  async #write(group: Group): Promise<boolean> {
    await setImmediate();
    if (this.#group === group) this.#group = undefined;
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
function isPlain({
  before,
  idempotencyRecords: once,
  threads,
  receipt,
  pendingClaim,
}: PendingAppend): boolean {
  return [once, threads, receipt, pendingClaim].every((one) => one === undefined) && !!before;
}

function itemsOf({ events, notices, verdicts, volumes = [], lease }: PendingAppend): number {
  const written = events.length + notices.length + verdicts.length + volumes.length;
  return 1 + written + (lease === undefined ? 0 : 1);
}

function hasRoom(group: Group, { id }: PendingAppend, items: number): boolean {
  // A transaction names no item twice.
  return group.items + items <= itemLimit && group.appendings.every((one) => one.id !== id);
}
