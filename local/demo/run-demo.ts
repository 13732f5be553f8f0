import { join } from 'node:path';
import { readLastHost } from '../data-directory.ts';
import { EngineMissingError } from '../engines/dynamo-engine.ts';
import { parseHostArguments, USAGE, UsageError } from '../host-arguments.ts';
import { issueDemonstrationToken } from '../identity/demonstration-token.ts';
import { loadTokenKeys } from '../identity/token-signing-keys.ts';
import { isAnswering } from './api-client.ts';
import type { DemoOptions } from './make-demo-context.ts';
import { playDemo } from './play-demo.ts';
import { playServiceLevels, SERVICE_LEVELS_BEGIN } from './play-service-levels.ts';
import { HostUnreachableError } from './wait-policy.ts';

/** Finds the running host as `npm run token` does: by default the last one of the data folder. */
function findHost(): Omit<DemoOptions, 'print'> {
  const { words, data, port, smtpPort, given, fresh, webhookExceptions } = parseHostArguments(
    process.argv.slice(2),
    process.env,
  );
  if (words.length > 0) throw new UsageError(`"${words[0]}" is not an option.\n\n${USAGE}`);
  if (fresh) throw new UsageError('--fresh is for npm start; the demo leaves all data as it is.');
  if (given.has('at') || given.has('speed') || webhookExceptions.length > 0) {
    throw new UsageError('--at, --speed and --webhook-to are for npm start.');
  }
  const lastHost = readLastHost(data);
  if (lastHost !== undefined && lastHost.clockSpeed !== 1) {
    throw new UsageError('The host runs on a sped-up clock, on which claims lapse under the demo.');
  }
  const url = given.has('port') ? undefined : lastHost?.url;
  const keys = loadTokenKeys(join(data, 'identity.json'));
  if (keys === undefined) {
    throw new UsageError(`No host was started with ${data} yet. Start one with npm start.`);
  }
  const address = url ?? `http://localhost:${port}`;
  return {
    url: address,
    smtpPort: given.has('smtpPort') ? smtpPort : (lastHost?.smtpPort ?? smtpPort),
    token: (person) => issueDemonstrationToken(keys, address, person, new Date()),
  };
}

/** Explains in one sentence why the demo cannot begin; undefined when it can. */
async function findObstacle({
  url,
  token,
}: Omit<DemoOptions, 'print'>): Promise<string | undefined> {
  if (!(await isAnswering(`${url}/health`))) {
    return `No host runs at ${url}. Start one with npm start, in another terminal.`;
  }
  const headers = { authorization: `Bearer ${token('lead-1')}` };
  const { status } = await fetch(`${url}/v1/desks`, { headers });
  if (status === 200) return undefined;
  return `What runs at ${url} does not know this data folder's people (it answers ${status}). Name the host's own folder with --data.`;
}

/** Plays service levels, which take days, on a temporary host in this process. */
async function playOnOwnClock(print: (line: string) => void): Promise<string[]> {
  const { startHost } = await import('../host.ts');
  const clock = { at: SERVICE_LEVELS_BEGIN };
  try {
    const host = await startHost({ port: 0, smtpPort: 0, quiet: true, clock });
    try {
      return await playServiceLevels({ ...host, print });
    } finally {
      await host.stop();
    }
  } catch (error) {
    if (!(error instanceof EngineMissingError)) throw error;
    // An external engine is shared with the running host, whose data would mix with this.
    print(`\nService levels are not played here. ${error.message.split(' (')[0]}.`);
    return [];
  }
}

async function runDemo(): Promise<void> {
  const host = findHost();
  const obstacle = await findObstacle(host);
  if (obstacle !== undefined) throw new UsageError(obstacle);
  const startedAt = performance.now();
  const print = (line: string): void => console.log(line);
  const faults = await playDemo({ ...host, print });
  faults.push(...(await playOnOwnClock(print)));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (faults.length === 0) {
    console.log(`\nEvery input is accounted for, and none is doubled. It took ${seconds} s.`);
    console.log(`What the requesters were sent is at ${host.url}/mailbox.`);
    return;
  }
  console.log(`\nNot as it should be, after ${seconds} s:`);
  for (const fault of faults) console.log(`  ${fault}`);
  process.exitCode = 1;
}

try {
  await runDemo();
} catch (error) {
  if (error instanceof HostUnreachableError) {
    console.error(`\nThe host did not come back, so the demo ends here. (${error.message})`);
  } else if (error instanceof UsageError) {
    console.error(error.message);
  } else {
    throw error;
  }
  process.exitCode = 1;
}
