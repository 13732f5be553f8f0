import type { HostClock } from '../clock.ts';
import type { SqsQueue, StoredMessage } from './fauxqs-stores.ts';

/**
 * Makes a queue delay and date its messages by the host's clock; fauxqs knows only the system's.
 * Visibility still follows the system's clock: a function takes its real time.
 */
export function delayQueueByClock(queue: SqsQueue, clock: HostClock): void {
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    // A message received before is moving to the dead-letter queue and keeps its dates.
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
