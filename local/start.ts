import { enableCompileCache } from 'node:module';
import { ClockBehindError } from './clock-mark.ts';
import { DirectoryInUseError } from './data-directory.ts';
import { TableRefusedError } from './engines/external-tables.ts';
import { type HostArguments, parseHostArguments, USAGE, UsageError } from './host-arguments.ts';

// Before everything else is imported, so that the second start finds it compiled.
enableCompileCache();
const { startHost } = await import('./host.ts');

function exitWithMessage(message: string): never {
  console.error(message);
  process.exit(1);
}

function readArguments(): HostArguments {
  try {
    const parsed = parseHostArguments(process.argv.slice(2), process.env);
    if (parsed.words.length > 0) throw new UsageError(`"${parsed.words[0]}" is not an option.`);
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) exitWithMessage(`${error.message}\n\n${USAGE}`);
    throw error;
  }
}

/** Explains a failure in one clear sentence if it is the machine's, in full if it is ours. */
function explainFailure(error: unknown, { port, smtpPort }: HostArguments): string {
  const { code, port: takenPort } = error as NodeJS.ErrnoException & { port?: number };
  const option = takenPort === smtpPort && takenPort !== port ? '--smtp-port' : '--port';
  if (code === 'EADDRINUSE') {
    return `Port ${takenPort} is taken. Start with ${option} <other>, or stop what listens there.`;
  }
  if (code === 'EACCES' && takenPort !== undefined) {
    return `Port ${takenPort} may not be opened by this user. Start with ${option} <other>.`;
  }
  const isClear = [DirectoryInUseError, ClockBehindError, TableRefusedError].some(
    (kind) => error instanceof kind,
  );
  if (isClear) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Warns that dates by another clock are not real times. */
function describeClock(): string {
  if (host.clock.isReal) return '';
  const pace = host.clock.speed === 1 ? '' : `, and ${host.clock.speed} of its seconds pass in one`;
  return `  Clock      NOT the real time: it is ${host.clock.date().toISOString()}${pace}\n`;
}

const startedAt = performance.now();
const options = readArguments();
const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
console.log('Toritsugi is starting.');
const host = await startHost({
  port: options.port,
  smtpPort: options.smtpPort,
  dataDir: options.data,
  fresh: options.fresh,
  clock: options.clock,
  webhookExceptions: options.webhookExceptions,
  ...(endpoint !== undefined && endpoint !== '' && { dynamoEndpoint: endpoint }),
}).catch((error: unknown) => exitWithMessage(explainFailure(error, options)));

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`
Toritsugi is ready, after ${seconds} s.

  API        ${host.url}    documented at ${host.url}/docs
  Mailbox    ${host.url}/mailbox
  Mail to    ${host.helpAddress} by SMTP at localhost:${host.smtpPort}
  A token    npm run -s token -- employee-1
  Data       ${host.dataDir}
${describeClock()}
Each step of an inquiry's way is one line below. Ctrl-C stops.
`);

let stopping = false;
async function stopHost(code: number): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  console.log('\nStopping; once more to stop at once.');
  try {
    await host.stop();
  } catch (error) {
    exitWithMessage(String(error));
  }
  process.exit(code);
}
// On AWS this would end one run of one function, not the others.
process.on('unhandledRejection', (error) => console.error('! Unhandled rejection:', error));
process.on('SIGINT', () => void stopHost(0));
process.on('SIGTERM', () => void stopHost(0));
const reason = await host.lost;
console.error(reason);
await stopHost(1);
