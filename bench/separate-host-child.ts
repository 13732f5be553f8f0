import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../local/host.ts';

/** What the measuring process asks of the host. */
export type HostRequest =
  | { readonly order: 'token'; readonly person: string }
  | { readonly order: 'now' }
  | { readonly order: 'shift'; readonly seconds: number }
  | { readonly order: 'idle'; readonly milliseconds: number }
  | { readonly order: 'stop' };

/** What the host tells the measuring process. */
export type HostReply =
  | {
      readonly word: 'ready';
      readonly url: string;
      readonly environment: Readonly<Record<string, string>>;
    }
  | { readonly word: 'done'; readonly value?: string }
  | { readonly word: 'failed'; readonly reason: string };

const sendReply = (reply: HostReply) => process.send?.(reply);
const environmentBefore = { ...process.env };
// On disk: in memory the embedded DynamoDB's stream has no index, and writes slow down as it grows.
const givenDir = process.argv[3];
const dataDir = givenDir ?? mkdtempSync(join(tmpdir(), 'toritsugi-bench-'));
const host = await startHost({
  port: 0,
  smtpPort: 0,
  quiet: true,
  dataDir,
  clock: { at: new Date(process.argv[2] ?? '') },
});

async function answerRequest(request: HostRequest): Promise<string | undefined> {
  switch (request.order) {
    case 'token':
      return host.token(request.person);
    case 'now':
      return host.clock.date().toISOString();
    case 'shift':
      host.clock.shift(request.seconds);
      return undefined;
    case 'idle':
      await host.idle(request.milliseconds);
      return undefined;
    case 'stop':
      await host.stop();
      return undefined;
    default:
      return request satisfies never;
  }
}

process.on('message', (request: HostRequest) => {
  answerRequest(request)
    .then((value) => sendReply(value === undefined ? { word: 'done' } : { word: 'done', value }))
    .catch((error: unknown) => sendReply({ word: 'failed', reason: String(error) }))
    // The in-process engines leave a few timers behind.
    .finally(() => request.order === 'stop' && process.disconnect());
});
if (givenDir === undefined) {
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
}
// The measuring process is gone, for whatever reason.
process.once('disconnect', () => process.exit(0));

const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || value === environmentBefore[name] ? [] : [[name, value]],
  ),
);
sendReply({ word: 'ready', url: host.url, environment });
