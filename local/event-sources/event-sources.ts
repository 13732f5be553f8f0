import { setTimeout as pause } from 'node:timers/promises';
import type { HostClock } from '../clock.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DynamoEngine } from '../engines/dynamo-engine.ts';
import type { MessageEngine } from '../engines/message-engine.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { FunctionEventSource } from './event-source.ts';
import { makeQueueSource } from './queue-source.ts';
import { makeScheduleSource } from './schedule-source.ts';
import { openCheckpoints, type StreamCheckpoints } from './stream-checkpoints.ts';
import { makeStreamSource, skipStreamRecords } from './stream-source.ts';

export interface EventSourcesOptions {
  readonly deployment: Deployment;
  readonly runtime: FunctionRuntime;
  readonly messages: MessageEngine;
  readonly dynamo: DynamoEngine;
  readonly clock: HostClock;
  readonly checkpointFile: string;
  readonly retrySeconds: number;
  /** Begins streams behind what they hold now: some engines keep the records of a dropped table. */
  readonly skipStreamed: boolean;
  readonly report: (problem: string) => void;
}

/** Makes every event source mapping and schedule of the template. */
export async function makeEventSources(options: EventSourcesOptions) {
  const { runtime, clock } = options;
  const checkpoints = openCheckpoints(options.checkpointFile);
  const sources = new Map<string, FunctionEventSource>([
    ...makeQueueSources(options),
    ...(await makeStreamSources(options, checkpoints)),
    ...options.deployment.schedules.map(
      (schedule) => [schedule.name, makeScheduleSource(schedule, runtime, clock)] as const,
    ),
  ]);

  async function busy(): Promise<string[]> {
    const names: string[] = runtime.active > 0 ? ['a function'] : [];
    for (const [name, source] of sources) if (!(await source.isIdle())) names.push(name);
    return names;
  }

  return {
    start: () => {
      for (const source of sources.values()) source.start();
    },
    stop: async () => {
      await Promise.all([...sources.values()].map((source) => source.stop()));
      checkpoints.close();
    },
    /** Resolves when no source has work; throws with the names of those that have. */
    idle: async (milliseconds = 30_000) => {
      const until = performance.now() + milliseconds;
      for (;;) {
        const names = await busy();
        // A second look shows what a stream fed to the queues while they were asked.
        if (names.length === 0 && (await busy()).length === 0) return;
        if (performance.now() > until) throw new Error(`Still busy: ${names.join(', ')}.`);
        await pause(20);
      }
    },
  };
}

function makeQueueSources({ deployment, runtime, messages, retrySeconds }: EventSourcesOptions) {
  return deployment.queueMappings.map(
    (mapping) =>
      [
        `${mapping.sourceArn} → ${mapping.target}`,
        makeQueueSource({
          mapping,
          queue: messages.queueByArn(mapping.sourceArn),
          queueByArn: messages.queueByArn,
          runtime,
          retrySeconds,
        }),
      ] as const,
  );
}

async function makeStreamSources(options: EventSourcesOptions, checkpoints: StreamCheckpoints) {
  const { deployment, dynamo } = options;
  return Promise.all(
    deployment.streamMappings.map(async (mapping) => {
      const table = deployment.tables.find(({ streamArn }) => streamArn === mapping.sourceArn);
      if (table === undefined) throw new Error(`There is no table of ${mapping.sourceArn}.`);
      const target = deployment.functions.find(({ name }) => name === mapping.target);
      const streamOptions = {
        mapping,
        engineArn: await dynamo.streamArnOf(table),
        functionArn: target?.arn ?? mapping.target,
        call: dynamo.call,
        runtime: options.runtime,
        checkpoints,
        sendToFailureQueue: options.messages.send,
        report: options.report,
      };
      if (options.skipStreamed) await skipStreamRecords(streamOptions);
      const source = await makeStreamSource(streamOptions);
      return [`${mapping.sourceArn} → ${mapping.target}`, source] as const;
    }),
  );
}
