import { defaultProvider } from './environment-credentials.ts';

/*
 * The SDK's own work is the main cost of most steps, so its needless parts are switched off.
 *
 * Its default logger drops every entry, after each call's input and output were copied for it; a
 * logger without `info` avoids the copies. `debug` and `warn` must be there, since the credential
 * providers call them unchecked.
 */
const ignore = () => {};

/** Options of every client: no copies for the log, and credentials from the environment. */
export const clientOptions = {
  logger: { debug: ignore, warn: ignore } as unknown as Console,
  credentials: defaultProvider(),
};
