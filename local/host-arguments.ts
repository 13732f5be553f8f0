import { parseArgs } from 'node:util';

export interface HostArguments {
  readonly port: number;
  readonly smtpPort: number;
  readonly data: string;
  readonly fresh: boolean;
  /** What stands beside the options. */
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
  --fresh               start from nothing`;

/** Reads the options that the host's commands share; the command line comes before the environment. */
export function parseHostArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): HostArguments {
  const { values, positionals } = parsed(args);
  const port = values.port ?? nonEmpty(environment['PORT']);
  const smtpPort = values['smtp-port'] ?? nonEmpty(environment['SMTP_PORT']);
  const data = values.data ?? nonEmpty(environment['DATA_DIR']);
  return {
    port: portNumber('--port', port ?? '3000'),
    smtpPort: portNumber('--smtp-port', smtpPort ?? '2525'),
    data: data ?? '.data',
    fresh: values.fresh ?? false,
    words: positionals,
    given: new Set(
      Object.entries({ port, smtpPort, data }).flatMap(([name, value]) =>
        value === undefined ? [] : [name],
      ),
    ),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        'smtp-port': { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function portNumber(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`${name} takes a port number, not "${text}".`);
  }
  return port;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
