import type { HostClock } from '../clock.ts';
import type { SqsQueue, StoredMessage } from './fauxqs-stores.ts';

/**
 * Has a queue delay its messages, and say when they were sent, by the host's clock; fauxqs knows
 * the system's only. Visibility goes on by that: a function takes the time that it takes.
 */
export function delayQueueByClock(queue: SqsQueue, clock: HostClock): void {
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    // One that was received before is on its way to the dead-letter queue, under its own dates.
    if (message.approximateReceiveCount === 0) adjustMessageTimes(message, clock);
    enqueue(message);
  };
  clock.onShift((seconds) => {
    for (const message of queue.delayedMessages) {
      if (message.delayUntil !== undefined) message.delayUntil -= (seconds * 1000) / clock.speed;
    }
    queue.processTimers();
  });
}

function adjustMessageTimes(message: StoredMessage, clock: HostClock): void {
  const { sentTimestamp, delayUntil } = message;
  if (delayUntil !== undefined) {
    message.delayUntil = sentTimestamp + (delayUntil - sentTimestamp) / clock.speed;
  }
  message.sentTimestamp = clock.now();
}
