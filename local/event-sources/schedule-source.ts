import { randomUUID } from 'node:crypto';
import type { HostClock } from '../clock.ts';
import type { Schedule } from '../deployment/read-triggers.ts';
import { ACCOUNT, REGION } from '../deployment/region.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { EventSource } from './event-source.ts';

/** Soon after the start, so that what fell due while the host was down is not kept waiting. */
const FIRST_MILLISECONDS = 1000;

/** Runs a schedule's functions; a run that outlasts its interval delays the next, as one worker would. */
export function makeScheduleSource(
  schedule: Schedule,
  runtime: FunctionRuntime,
  clock: HostClock,
): EventSource {
  let running: Promise<void> | undefined;
  let isOwed = false;
  let endings: (() => void)[] = [];

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
        runtime.invoke(target, input === undefined ? eventOf(schedule, clock) : JSON.parse(input)),
      ),
    );
  }

  return {
    start: () => {
      endings = [
        clock.at(clock.now() + FIRST_MILLISECONDS, fire),
        clock.every(schedule.everySeconds, fire),
      ];
    },
    stop: async () => {
      for (const end of endings) end();
      isOwed = false;
      await running;
    },
    idle: () => running === undefined,
  };
}

function eventOf(schedule: Schedule, clock: HostClock) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${clock.date().toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [schedule.arn],
    detail: {},
  };
}
