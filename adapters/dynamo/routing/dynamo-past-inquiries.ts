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

/** Receipts are even over their shards, and some open nothing: a page's are read by two turns. */
const readRounds = 2;
/** Quiet days are gathered up to so many. */
const pageDays = 31;
const dayMilliseconds = 86_400_000;
/** So many batches of 100 items are read side by side. */
const batches = 4;
const batchItems = 100;
/** Most inquiries are received and routed, and nothing in between. */
const firstEvents = 2;
const moreEvents = 50;
/** The longest lives have some hundred events. */
const eventLimit = 10_000;

/** Some of a day's receipts. */
type ReceiptPage = { readonly ids: readonly InquiryId[]; readonly next?: string };

/**
 * Past inquiries in DynamoDB, found by the receipts of the days and read by their first events.
 *
 * What intake has not accepted has no receipt and no inquiry, so nothing else is left out than what
 * was received before the period and released from quarantine in it, which counts in the period of
 * its receipt.
 */
export class DynamoPastInquiries implements PastInquiries {
  readonly #table: DynamoTable;
  readonly #ledger: Pick<InquiryLedger, 'events'>;
  readonly #pageInquiries: number;
  /** Receipts of one shard that are read at once. */
  readonly #shardLimit: number;

  /** @param pageInquiries with so many found, a page is full */
  constructor(table: DynamoTable, ledger: Pick<InquiryLedger, 'events'>, pageInquiries = 640) {
    this.#table = table;
    this.#ledger = ledger;
    this.#pageInquiries = pageInquiries;
    this.#shardLimit = Math.ceil(pageInquiries / receiptShards / readRounds);
  }

  async readPage(from: Instant, until: Instant, after?: string): Promise<PastInquiryPage> {
    const found = new Set<InquiryId>();
    let next: string | undefined = after ?? from;
    for (let days = 0; next !== undefined && found.size < this.#pageInquiries; days += 1) {
      if (days === pageDays) break;
      const receiptPage: ReceiptPage = await this.#readReceiptPage(next, until);
      for (const id of receiptPage.ids) found.add(id);
      next = receiptPage.next;
    }
    const inquiries = await this.#readUntilRouted([...found]);
    return {
      inquiries,
      missing: found.size - inquiries.length,
      ...(next === undefined ? {} : { next }),
    };
  }

  async readOutcomes(
    ids: readonly InquiryId[],
  ): Promise<ReadonlyMap<InquiryId, PastInquiryOutcome>> {
    const snapshots = await this.#readItems(ids.map(tableKeys.snapshot));
    const lives = snapshots.map(
      async (item): Promise<[InquiryId, PastInquiryOutcome] | undefined> => {
        const inquiry = dataOf<Inquiry>(item);
        if (inquiry === undefined) return undefined;
        const { id, status, desk } = inquiry;
        const clocks = await this.#readFirstCycles(inquiry);
        return [id, { status, clocks, ...(desk === undefined ? {} : { desk }) }];
      },
    );
    return new Map((await Promise.all(lives)).filter((life) => life !== undefined));
  }

  /** Receipts from a place on, in order over all shards, up to the end of the day. */
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
              // A place is an instant, or that with `#` and an id, and all of them are after this.
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
    // A shard that was cut hides what comes after its last receipt.
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

  /** With their events up to being routed, or all where they have not been. */
  async #readUntilRouted(ids: readonly InquiryId[]): Promise<PastInquiry[]> {
    const wanted = ids.flatMap((id) => [tableKeys.event(id, 1), tableKeys.event(id, firstEvents)]);
    const items = await this.#readItems(wanted);
    const inquiries = await Promise.all(
      ids.map(async (id, index): Promise<PastInquiry | undefined> => {
        const first = items.slice(index * firstEvents, (index + 1) * firstEvents);
        const events = first.flatMap((item) => dataOf<InquiryEvent>(item) ?? []);
        if (events.length === 0) return undefined;
        const isShort = events.some((event) => messageOf(event)?.bodyKey !== undefined);
        const isWhole = events.length < firstEvents || events.some(isRoutingEvent);
        return { id, events: isWhole && !isShort ? events : await this.#readEventsUntilRouted(id) };
      }),
    );
    return inquiries.filter((inquiry) => inquiry !== undefined);
  }

  /** By the ledger, which has the bodies that are kept apart. */
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

  async #readItems(wanted: Parameters<typeof getItems>[1]): Promise<(TableItem | undefined)[]> {
    const parts: (typeof wanted)[] = [];
    for (let start = 0; start < wanted.length; start += batchItems) {
      parts.push(wanted.slice(start, start + batchItems));
    }
    const found: (TableItem | undefined)[] = [];
    for (let start = 0; start < parts.length; start += batches) {
      const some = parts.slice(start, start + batches);
      const read = await Promise.all(some.map((part) => getItems(this.#table, part)));
      found.push(...read.flat());
    }
    return found;
  }
}

function placeOf(item: TableItem | undefined): string {
  return readStringAttribute(item, 'sk') ?? '';
}

/** The inquiry that an input opened, at once or when it was released. */
function openedInquiriesOf(item: TableItem): InquiryId[] {
  const fates = dataOf<Receipt>(item)?.fates ?? [];
  return fates.flatMap(({ fate, inquiryId }) =>
    fate === 'opened' && inquiryId !== undefined ? [inquiryId] : [],
  );
}

function isRoutingEvent({ type }: InquiryEvent): boolean {
  return type === 'InquiryRouted';
}
