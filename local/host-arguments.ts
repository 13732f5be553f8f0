import { parseArgs } from 'node:util';
import type { ClockSetting } from './clock.ts';

export interface HostArguments {
  readonly port: number;
  readonly smtpPort: number;
  readonly data: string;
  readonly fresh: boolean;
  readonly clock: ClockSetting;
  /** Origins that webhooks may reach besides the stage's. */
  readonly webhookExceptions: readonly string[];
  /** The arguments that are no options. */
  readonly words: readonly string[];
  /** Which options were given, on the command line or in the environment. */
  readonly given: ReadonlySet<string>;
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Options:
  --port <number>       of the HTTP API and its pages (3000, or PORT)
  --smtp-port <number>  of the SMTP server (2525, or SMTP_PORT)
  --data <folder>       where everything is kept (.data, or DATA_DIR)
  --fresh               start from nothing; drops the stage's tables in another DynamoDB, too, if that
                        is on this machine
  --at <instant>        where the clock starts, such as 2026-11-20T08:00:00+09:00 (now, or CLOCK_AT)
  --speed <number>      how many of its seconds pass in one (1, or CLOCK_SPEED)
  --webhook-to <origin> what webhooks may reach besides public https addresses, such as
                        http://127.0.0.1:4000; may be repeated (or WEBHOOK_TO)`;

/** Reads the options that the commands share; the command line overrides the environment. */
export function parseHostArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): HostArguments {
  const { values, positionals } = parseOptions(args);
  const port = values.port ?? dropEmpty(environment['PORT']);
  const smtpPort = values['smtp-port'] ?? dropEmpty(environment['SMTP_PORT']);
  const data = values.data ?? dropEmpty(environment['DATA_DIR']);
  const at = values.at ?? dropEmpty(environment['CLOCK_AT']);
  const speed = values.speed ?? dropEmpty(environment['CLOCK_SPEED']);
  return {
    port: parsePort('--port', port ?? '3000'),
    smtpPort: parsePort('--smtp-port', smtpPort ?? '2525'),
    data: data ?? '.data',
    fresh: values.fresh ?? false,
    clock: {
      ...(at !== undefined && { at: parseInstant('--at', at) }),
      ...(speed !== undefined && { speed: parseClockSpeed('--speed', speed) }),
    },
    webhookExceptions: (values['webhook-to'] ?? splitWords(environment['WEBHOOK_TO'])).map((text) =>
      parseOrigin('--webhook-to', text),
    ),
    words: positionals,
    given: new Set(
      Object.entries({ port, smtpPort, data, at, speed }).flatMap(([name, value]) =>
        value === undefined ? [] : [name],
      ),
    ),
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        'smtp-port': { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        at: { type: 'string' },
        speed: { type: 'string' },
        'webhook-to': { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`${name} takes a port number, not "${text}".`);
  }
  return port;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function parseInstant(name: string, text: string): Date {
  const at = new Date(text);
  if (INSTANT.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new UsageError(
    `${name} takes an instant with its offset, such as 2026-11-20T08:00:00+09:00, not "${text}".`,
  );
}

/** At a minute a second, functions, which run in real time, have just enough of it. */
const GREATEST_SPEED = 60;

function parseClockSpeed(name: string, text: string): number {
  const speed = Number(text);
  if (speed >= 1 && speed <= GREATEST_SPEED) return speed;
  throw new UsageError(`${name} takes a number from 1 to ${GREATEST_SPEED}, not "${text}".`);
}

function parseOrigin(name: string, text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new UsageError(`${name} takes an origin such as http://127.0.0.1:4000, not "${text}".`);
}

function splitWords(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
}

function dropEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
