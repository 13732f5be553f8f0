import { readFileSync } from 'node:fs';

/** The texts of a sample file, one on each line, with `\n` for a line end. */
export function readSamples(name: string): string[] {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n'));
}
