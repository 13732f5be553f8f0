import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../core/inquiry/clock/clock.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Receipt } from '../../../core/inquiry/outbox/receipt.ts';
import type { InquiryLedger } from '../../../core/inquiry/ports.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import type { InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import type { PastInquiry } from '../../../core/routing/simulation/simulated-routing.ts';
import type {
  PastInquiries,
  PastInquiryOutcome,
  PastInquiryPage,
} from '../../../core/routing/simulation/simulation-ports.ts';
import { messageOf } from '../inquiry/dynamo-inquiry-ledger.ts';
import {
  type DynamoTable,
  dataOf,
  getItems,
  readStringAttribute,
  receiptShards,
  type TableItem,
  tableKeys,
} from '../table.ts';

/** Two rounds fill a page: receipts spread evenly over the shards, and some open nothing. */
const readRounds = 2;
/** One page covers at most this many quiet days. */
const pageDays = 31;
const dayMilliseconds = 86_400_000;
/** How many batches of 100 items are read in parallel. */
const parallelBatches = 4;
const batchItems = 100;
/** Most inquiries are received and then routed, with nothing in between. */
const firstEvents = 2;
const moreEvents = 50;
/** The longest inquiries have some hundred events. */
const eventLimit = 10_000;

/** A part of a day's receipts. */
type ReceiptPage = { readonly ids: readonly InquiryId[]; readonly next?: string };

/**
 * Past inquiries in DynamoDB, found by the receipts of each day and read by their first events.
 *
 * An input that intake has not accepted has no receipt and no inquiry. So the only inquiries left
 * out are those received before the period and released from quarantine in it; they count in the
 * period of their receipt.
 */
export class DynamoPastInquiries implements PastInquiries {
  readonly #table: DynamoTable;
  readonly #ledger: Pick<InquiryLedger, 'events'>;
  readonly #pageInquiries: number;
  /** Receipts read from one shard at once. */
  readonly #shardLimit: number;

  /** @param pageInquiries how many inquiries fill a page */
  constructor(table: DynamoTable, ledger: Pick<InquiryLedger, 'events'>, pageInquiries = 640) {
    this.#table = table;
    this.#ledger = ledger;
    this.#pageInquiries = pageInquiries;
    this.#shardLimit = Math.ceil(pageInquiries / receiptShards / readRounds);
  }

  async readPage(from: Instant, until: Instant, after?: string): Promise<PastInquiryPage> {
    const ids = new Set<InquiryId>();
    let next: string | undefined = after ?? from;
    for (let days = 0; next !== undefined && ids.size < this.#pageInquiries; days += 1) {
      if (days === pageDays) break;
      const receiptPage: ReceiptPage = await this.#readReceiptPage(next, until);
      for (const id of receiptPage.ids) ids.add(id);
      next = receiptPage.next;
    }
    const inquiries = await this.#readUntilRouted([...ids]);
    return {
      inquiries,
      missing: ids.size - inquiries.length,
      ...(next === undefined ? {} : { next }),
    };
  }

  async readOutcomes(
    ids: readonly InquiryId[],
  ): Promise<ReadonlyMap<InquiryId, PastInquiryOutcome>> {
    const snapshots = await this.#readItems(ids.map(tableKeys.snapshot));
    const outcomes = snapshots.map(
      async (item): Promise<[InquiryId, PastInquiryOutcome] | undefined> => {
        const inquiry = dataOf<Inquiry>(item);
        if (inquiry === undefined) return undefined;
        const { id, status, desk } = inquiry;
        const clocks = await this.#readFirstCycles(inquiry);
        return [id, { status, clocks, ...(desk === undefined ? {} : { desk }) }];
      },
    );
    return new Map((await Promise.all(outcomes)).filter((outcome) => outcome !== undefined));
  }

  /** Reads receipts from a place on, in order over all shards, up to the end of the day. */
  async #readReceiptPage(place: string, until: Instant): Promise<ReceiptPage> {
    const day = place.slice(0, 10);
    const shards = await Promise.all(
      Array.from({ length: receiptShards }, async (_, shard) => {
        const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.name,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :until',
            ExpressionAttributeValues: {
              ':pk': { S: `RCPT#${day}#${shard}` },
              // `!` skips the place itself, an instant or a sort key, but no receipt after it.
              ':from': { S: `${place}!` },
              ':until': { S: until },
            },
            ConsistentRead: true,
            Limit: this.#shardLimit,
          }),
        );
        return { items: Items, isCut: LastEvaluatedKey !== undefined };
      }),
    );
    // A shard that was cut off hides what comes after its last receipt.
    const ends = shards.flatMap(({ items, isCut }) => (isCut ? [placeOf(items.at(-1))] : []));
    const end = ends.length === 0 ? undefined : ends.reduce((a, b) => (a < b ? a : b));
    const items = shards
      .flatMap((shard) => shard.items)
      .filter((item) => end === undefined || placeOf(item) <= end)
      .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
    const ids = items.flatMap(openedInquiriesOf);
    if (end !== undefined) return { ids, next: end };
    const tomorrow = new Date(Date.parse(`${day}T00:00:00.000Z`) + dayMilliseconds).toISOString();
    return tomorrow < until ? { ids, next: tomorrow } : { ids };
  }

  /** Reads inquiries with their events up to the first routing, or with all if never routed. */
  async #readUntilRouted(ids: readonly InquiryId[]): Promise<PastInquiry[]> {
    const keys = ids.flatMap((id) => [tableKeys.event(id, 1), tableKeys.event(id, firstEvents)]);
    const items = await this.#readItems(keys);
    const inquiries = await Promise.all(
      ids.map(async (id, index): Promise<PastInquiry | undefined> => {
        const first = items.slice(index * firstEvents, (index + 1) * firstEvents);
        const events = first.flatMap((item) => dataOf<InquiryEvent>(item) ?? []);
        if (events.length === 0) return undefined;
        const hasStoredBody = events.some((event) => messageOf(event)?.bodyKey !== undefined);
        const isWhole = events.length < firstEvents || events.some(isRoutingEvent);
        return {
          id,
          events: isWhole && !hasStoredBody ? events : await this.#readEventsUntilRouted(id),
        };
      }),
    );
    return inquiries.filter((inquiry) => inquiry !== undefined);
  }

  /** Reads through the ledger, which also loads the bodies stored in the content bucket. */
  async #readEventsUntilRouted(id: InquiryId): Promise<InquiryEvent[]> {
    const events: InquiryEvent[] = [];
    for (;;) {
      const page = await this.#ledger.events(id, events.length, moreEvents);
      for (const { event } of page) {
        events.push(event);
        if (isRoutingEvent(event)) return events;
      }
      if (page.length < moreEvents) return events;
    }
  }

  async #readFirstCycles({ id, clocks }: Inquiry): Promise<readonly Clock[]> {
    if (clocks.every(({ cycle }) => cycle === 1)) return clocks;
    const recorded = await this.#ledger.events(id, 0, eventLimit);
    const last = new Map<Clock['clock'], Clock>();
    for (const { event } of recorded) {
      for (const clock of event.clocks ?? []) if (clock.cycle === 1) last.set(clock.clock, clock);
    }
    return [...last.values()];
  }

  async #readItems(keys: Parameters<typeof getItems>[1]): Promise<(TableItem | undefined)[]> {
    const parts: (typeof keys)[] = [];
    for (let start = 0; start < keys.length; start += batchItems) {
      parts.push(keys.slice(start, start + batchItems));
    }
    const items: (TableItem | undefined)[] = [];
    for (let start = 0; start < parts.length; start += parallelBatches) {
      const group = parts.slice(start, start + parallelBatches);
      const read = await Promise.all(group.map((part) => getItems(this.#table, part)));
      items.push(...read.flat());
    }
    return items;
  }
}

function placeOf(item: TableItem | undefined): string {
  return readStringAttribute(item, 'sk') ?? '';
}

/** The inquiries that an input opened, at once or on release from quarantine. */
function openedInquiriesOf(item: TableItem): InquiryId[] {
  const fates = dataOf<Receipt>(item)?.fates ?? [];
  return fates.flatMap(({ fate, inquiryId }) =>
    fate === 'opened' && inquiryId !== undefined ? [inquiryId] : [],
  );
}

function isRoutingEvent({ type }: InquiryEvent): boolean {
  return type === 'InquiryRouted';
}
