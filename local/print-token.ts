import { join } from 'node:path';
import { readLastHost } from './data-directory.ts';
import { parseHostArguments, UsageError } from './host-arguments.ts';
import { issueDemonstrationToken, UnknownPersonError } from './identity/demonstration-token.ts';
import { loadTokenKeys } from './identity/token-signing-keys.ts';

const USAGE = `Usage: npm run -s token -- <person> [--port <number>] [--data <folder>]
Prints an access token of a demonstration person, such as employee-1, good for 8 hours.`;

function printToken(): string {
  const { words, data, port, given } = parseHostArguments(process.argv.slice(2), process.env);
  const [person, ...more] = words;
  if (person === undefined || more.length > 0) throw new UsageError(USAGE);
  const keys = loadTokenKeys(join(data, 'identity.json'));
  if (keys === undefined) {
    throw new UsageError(`No host was started with ${data} yet. Start one with npm start.`);
  }
  // A token is valid for the host at one address: by default that of the last one.
  const lastUrl = given.has('port') ? undefined : readLastHost(data)?.url;
  return issueDemonstrationToken(keys, lastUrl ?? `http://localhost:${port}`, person, new Date());
}

try {
  console.log(printToken());
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof UnknownPersonError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
