import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HostReply, HostRequest } from './separate-host-child.ts';

/** A host in its own process, so that measuring does not slow it down. */
export type SeparateHost = {
  readonly pid: number;
  readonly url: string;
  /** Its functions' environment, such as the table's name and DynamoDB's endpoint. */
  readonly environment: Readonly<Record<string, string>>;
  token(person: string): Promise<string>;
  now(): Promise<Date>;
  shift(seconds: number): Promise<void>;
  /** Resolves when nothing is in progress any more. */
  idle(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts a host with its clock set to an instant, on a data directory that stays afterwards, or on
 * a temporary one.
 */
export async function startSeparateHost(at: Date, dataDir?: string): Promise<SeparateHost> {
  const child = fork(fileURLToPath(new URL('separate-host-child.ts', import.meta.url)), [
    at.toISOString(),
    ...(dataDir === undefined ? [] : [dataDir]),
  ]);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { ask, ready } = openHostChannel(child, ended);
  const { url, environment } = await ready;
  return {
    pid: child.pid ?? 0,
    url,
    environment,
    token: async (person) => (await ask({ order: 'token', person })) ?? '',
    now: async () => new Date((await ask({ order: 'now' })) ?? ''),
    shift: async (seconds) => void (await ask({ order: 'shift', seconds })),
    idle: async (milliseconds) => void (await ask({ order: 'idle', milliseconds })),
    stop: async () => {
      await ask({ order: 'stop' });
      await ended;
    },
  };
}

type ReadyReply = Extract<HostReply, { word: 'ready' }>;

/** Sends one request at a time, each answered before the next. */
function openHostChannel(child: ChildProcess, ended: Promise<void>) {
  const next = () =>
    new Promise<HostReply>((resolve, reject) => {
      child.once('message', (reply) => resolve(reply as HostReply));
      void ended.then(() => reject(new Error('the host ended by itself')));
    });
  const ready = next().then((reply) => {
    if (reply.word !== 'ready') throw new Error('the host did not say that it is ready');
    return reply satisfies ReadyReply;
  });
  async function ask(request: HostRequest): Promise<string | undefined> {
    const answer = next();
    child.send(request);
    const reply = await answer;
    if (reply.word === 'failed') throw new Error(reply.reason);
    return reply.word === 'done' ? reply.value : undefined;
  }
  return { ask, ready };
}
