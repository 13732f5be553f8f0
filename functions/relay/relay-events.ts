import * as z from 'zod';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { Outbox } from '../../core/relay/ports.ts';
import {
  buildRelayMessages,
  RelayedItem,
  type RelayMessage,
} from '../../core/relay/relay-messages.ts';
import { type RecordOutcome, reportRecordCrash } from '../edge/queue/record-outcome.ts';
import { makeStreamHandler, type StreamHandler } from '../edge/queue/stream.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  ROUTING_QUEUE_URL: z.url(),
  NOTICE_QUEUE_URL: z.url(),
  ALARM_QUEUE_URL: z.url(),
  JOB_QUEUE_URL: z.url(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/**
 * Makes the relay: each new event, notice and job in the table's stream becomes messages to the
 * queues of its consumers. An item is acknowledged once all its messages are sent.
 */
export function makeHandler(deps: {
  readonly env: Env;
  readonly outbox: Outbox;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
}): StreamHandler {
  const { env, outbox, logger, meter, now } = deps;
  const deskUrls = new Map(env.DESKS.map((desk) => [desk.id as string, desk.queueUrl]));

  function urlOf({ to }: RelayMessage): string | undefined {
    switch (to) {
      case 'routing':
        return env.ROUTING_QUEUE_URL;
      case 'notice':
        return env.NOTICE_QUEUE_URL;
      case 'alarm':
        return env.ALARM_QUEUE_URL;
      case 'job':
        return env.JOB_QUEUE_URL;
      default:
        return deskUrls.get(to.desk);
    }
  }

  /** Undefined for an item that cannot be read, which must not fail the others. */
  function readMessages(item: RelayedItem): RelayMessage[] | undefined {
    try {
      return buildRelayMessages(item, now());
    } catch (error) {
      reportRecordCrash(item.pk, error, logger, meter);
      return undefined;
    }
  }

  /** Sends messages and returns the indexes of those that failed: all if the queue itself fails. */
  async function sendMessages(
    url: string,
    deliveries: readonly { readonly delivery: RelayMessage }[],
  ): Promise<Iterable<number>> {
    try {
      return await outbox.send(
        url,
        deliveries.map(({ delivery }) => delivery),
      );
    } catch (error) {
      reportRecordCrash(url, error, logger, meter);
      return deliveries.keys();
    }
  }

  async function relay(items: readonly RelayedItem[]): Promise<RecordOutcome[]> {
    const byUrl = new Map<string, { item: number; delivery: RelayMessage }[]>();
    const failed = new Set<number>();
    for (const [item, relayed] of items.entries()) {
      const deliveries = readMessages(relayed);
      if (deliveries === undefined) failed.add(item);
      for (const delivery of deliveries ?? []) {
        const url = urlOf(delivery);
        if (url === undefined) {
          // The stage no longer has the desk; the inquiry stays in the ledger, where leads see it.
          logger.error('no queue for desk', { to: delivery.to });
          continue;
        }
        const queued = byUrl.get(url) ?? [];
        queued.push({ item, delivery });
        byUrl.set(url, queued);
      }
    }
    await Promise.all(
      [...byUrl].map(async ([url, deliveries]) => {
        for (const index of await sendMessages(url, deliveries)) {
          failed.add(deliveries[index]?.item ?? 0);
        }
      }),
    );
    return items.map((_, index) => (failed.has(index) ? 'retry' : 'done'));
  }

  return makeStreamHandler({ item: RelayedItem, handleRun: relay, logger, meter });
}
