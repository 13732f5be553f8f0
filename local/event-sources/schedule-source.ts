import { randomUUID } from 'node:crypto';
import type { Schedule } from '../deployment/read-triggers.ts';
import { ACCOUNT, REGION } from '../deployment/region.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { EventSource } from './event-source.ts';

/** Soon after the start, so that what fell due while the host was down is not kept waiting. */
const FIRST_MILLISECONDS = 1000;

/** Runs a schedule's functions; a run that outlasts its interval delays the next, as one worker would. */
export function makeScheduleSource(schedule: Schedule, runtime: FunctionRuntime): EventSource {
  const underWay = new Set<Promise<void>>();
  let timers: NodeJS.Timeout[] = [];

  function fire(): void {
    if (underWay.size > 0) return;
    const run = runOnce();
    underWay.add(run);
    void run.finally(() => underWay.delete(run));
  }

  async function runOnce(): Promise<void> {
    await Promise.allSettled(
      schedule.targets.map(({ target, input }) =>
        runtime.invoke(target, input === undefined ? eventOf(schedule) : JSON.parse(input)),
      ),
    );
  }

  return {
    start: () => {
      timers = [
        setTimeout(fire, FIRST_MILLISECONDS),
        setInterval(fire, schedule.everySeconds * 1000),
      ];
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(underWay);
    },
    idle: () => underWay.size === 0,
  };
}

function eventOf(schedule: Schedule) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [schedule.arn],
    detail: {},
  };
}
