import { join } from 'node:path';
import { lastHost } from '../data-directory.ts';
import { parseHostArguments, USAGE, UsageError } from '../host-arguments.ts';
import { issueDemonstrationToken } from '../identity/demonstration-token.ts';
import { loadKeys } from '../identity/signing-keys.ts';
import { answers } from './front-door.ts';
import { Away } from './patience.ts';
import { type DemoOptions, playDemo } from './play-demo.ts';

/** Finds the running host as `npm run token` does: the last one of the data folder, unless told. */
function findHost(): Omit<DemoOptions, 'print'> {
  const { words, data, port, smtpPort, given, fresh } = parseHostArguments(
    process.argv.slice(2),
    process.env,
  );
  if (words.length > 0) throw new UsageError(`"${words[0]}" is not an option.\n\n${USAGE}`);
  if (fresh) throw new UsageError('--fresh is for npm start; the demo leaves all data as it is.');
  const last = lastHost(data);
  const url = given.has('port') ? undefined : last?.url;
  const keys = loadKeys(join(data, 'identity.json'));
  if (keys === undefined) {
    throw new UsageError(`No host was started with ${data} yet. Start one with npm start.`);
  }
  const address = url ?? `http://localhost:${port}`;
  return {
    url: address,
    smtpPort: given.has('smtpPort') ? smtpPort : (last?.smtpPort ?? smtpPort),
    token: (person) => issueDemonstrationToken(keys, address, person, new Date()),
  };
}

/** Says in one sentence why the demo cannot begin; undefined when it can. */
async function obstacle({ url, token }: Omit<DemoOptions, 'print'>): Promise<string | undefined> {
  if (!(await answers(`${url}/health`))) {
    return `No host runs at ${url}. Start one with npm start, in another terminal.`;
  }
  const headers = { authorization: `Bearer ${token('lead-1')}` };
  const { status } = await fetch(`${url}/v1/desks`, { headers });
  if (status === 200) return undefined;
  return `What runs at ${url} does not know this data folder's people (it answers ${status}). Name the host's own folder with --data.`;
}

async function run(): Promise<void> {
  const host = findHost();
  const hindrance = await obstacle(host);
  if (hindrance !== undefined) throw new UsageError(hindrance);
  const begun = performance.now();
  const faults = await playDemo({ ...host, print: console.log });
  const seconds = Math.round((performance.now() - begun) / 1000);
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
  await run();
} catch (error) {
  if (error instanceof Away) {
    console.error(`\nThe host did not come back, so the demo ends here. (${error.message})`);
  } else if (error instanceof UsageError) {
    console.error(error.message);
  } else {
    throw error;
  }
  process.exitCode = 1;
}
