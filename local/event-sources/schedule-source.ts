import { randomUUID } from 'node:crypto';
import type { HostClock } from '../clock.ts';
import type { ScheduleResource } from '../deployment/read-triggers.ts';
import { ACCOUNT_ID, REGION } from '../deployment/region.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { FunctionEventSource } from './event-source.ts';

/** Soon after the start, so that what fell due while the host was down need not wait. */
const FIRST_MILLISECONDS = 1000;

/** Runs a schedule's functions; a run longer than its interval delays the next. */
export function makeScheduleSource(
  schedule: ScheduleResource,
  runtime: FunctionRuntime,
  clock: HostClock,
): FunctionEventSource {
  let running: Promise<void> | undefined;
  let isOwed = false;
  let cancelTimers: (() => void)[] = [];

  function fire(): void {
    isOwed = true;
    running ??= runOwed().finally(() => {
      running = undefined;
    });
  }

  async function runOwed(): Promise<void> {
    while (isOwed) {
      isOwed = false;
      await runOnce();
    }
  }

  async function runOnce(): Promise<void> {
    await Promise.allSettled(
      schedule.targets.map(({ target, input }) =>
        runtime.invoke(
          target,
          input === undefined ? makeScheduledEvent(schedule, clock) : JSON.parse(input),
        ),
      ),
    );
  }

  return {
    start: () => {
      cancelTimers = [
        clock.runAt(clock.now() + FIRST_MILLISECONDS, fire),
        clock.runEvery(schedule.everySeconds, fire),
      ];
    },
    stop: async () => {
      for (const end of cancelTimers) end();
      isOwed = false;
      await running;
    },
    isIdle: () => running === undefined,
  };
}

function makeScheduledEvent(schedule: ScheduleResource, clock: HostClock) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT_ID,
    time: `${clock.date().toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [schedule.arn],
    detail: {},
  };
}
