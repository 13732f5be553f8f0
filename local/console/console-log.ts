import { createWriteStream } from 'node:fs';
import type { HostClock } from '../clock.ts';
import { formatStep } from './format-step.ts';

/** The host's own messages, and how to end the take-over. */
export interface HostConsole {
  /** Shows a failure that somebody should see. */
  warn(line: string): void;
  /** Shows something that the watching person should know. */
  note(line: string): void;
  close(): Promise<void>;
}

/**
 * Takes over standard output and error: JSON log lines of functions go to the log file, and those
 * with a step or an error are shown as one readable line; the rest passes through.
 */
export function openConsole(options: {
  readonly logFile: string;
  readonly quiet: boolean;
  readonly clock: HostClock;
}): HostConsole {
  const file = createWriteStream(options.logFile, { flags: 'a' });
  const streams = [process.stdout, process.stderr] as const;
  const originals = streams.map((stream) => stream.write);
  const print = (text: string): void => {
    if (!options.quiet) originals[0]?.call(process.stdout, text);
  };

  streams.forEach((stream, index) => {
    const original = originals[index] as typeof stream.write;
    stream.write = ((chunk: unknown, ...rest: unknown[]) => {
      if (typeof chunk !== 'string' || !chunk.startsWith('{"')) {
        return original.call(stream, chunk as string, ...(rest as []));
      }
      file.write(chunk.endsWith('\n') ? chunk : `${chunk}\n`);
      for (const line of chunk.split('\n')) {
        const readableLine = formatStep(line, options.clock.date());
        if (readableLine !== undefined) print(`${readableLine}\n`);
      }
      const callback = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
      callback?.();
      return true;
    }) as typeof stream.write;
  });

  return {
    warn: (line) => {
      file.write(`${JSON.stringify({ level: 'WARN', message: line, at: options.clock.date() })}\n`);
      print(`! ${line}\n`);
    },
    note: (line) => print(`${line}\n`),
    close: async () => {
      streams.forEach((stream, index) => {
        const original = originals[index];
        if (original !== undefined) stream.write = original as typeof stream.write;
      });
      await new Promise<void>((resolve) => file.end(resolve));
    },
  };
}
