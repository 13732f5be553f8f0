import { fileURLToPath } from 'node:url';
import { type Host, type HostOptions, startHost } from '../../local/host.ts';
import { patient } from '../support/help-desk-host.ts';

const root = fileURLToPath(new URL('./fixture', import.meta.url));

/** Starts the host with the fixture's stack, on free ports and silent. */
export async function startFixture(options: HostOptions = {}): Promise<Host> {
  const host = await startHost({
    port: 0,
    smtpPort: 0,
    quiet: true,
    retrySeconds: 1,
    app: `${root}/app.ts`,
    root,
    ...options,
  });
  return patient(host);
}

/** What one of the fixture's functions has noted. */
export async function readNoted<T = Record<string, unknown>>(host: Host, by: string): Promise<T[]> {
  const response = await fetch(`${host.url}/seen/${by}`);
  return (await response.json()) as T[];
}
