import { fileURLToPath } from 'node:url';
import { type Host, type HostOptions, startHost } from '../../local/host.ts';

const root = fileURLToPath(new URL('./fixture', import.meta.url));

/** The host over the fixture's stack, on free ports and silent. */
export function startFixture(options: HostOptions = {}): Promise<Host> {
  return startHost({
    port: 0,
    smtpPort: 0,
    quiet: true,
    retrySeconds: 1,
    app: `${root}/app.ts`,
    root,
    ...options,
  });
}

/** What one of the fixture's functions has kept. */
export async function readNoted<T = Record<string, unknown>>(host: Host, by: string): Promise<T[]> {
  const response = await fetch(`${host.url}/seen/${by}`);
  return (await response.json()) as T[];
}
