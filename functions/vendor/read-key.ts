import * as z from 'zod';
import { refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import { findVendorSettings, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import { formatVendorSecret } from '../../core/inquiry/tokens/webhook-secret.ts';
import { readVendorKey } from '../contract/vendor.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = {
  readonly terms: TermsInForce;
  readonly keys: SigningKeys;
  readonly mac: MacFunction;
} & Omit<HttpOptions, 'routes'>;

/** Makes the route by which leads read the secret of a vendor's key, to pass it on. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeReadKeyRoute(deps)] });
}

function makeReadKeyRoute({ terms: inForce, keys, mac }: Deps) {
  return defineRoute(readVendorKey, async ({ params: { vendor, key } }) => {
    const { system } = findVendorSettings(await inForce.read(), vendor);
    const isActive = system?.keys.some(({ id, state }) => id === key && state === 'active');
    if (isActive !== true) {
      return refuse('config.unknown-key', `${vendor} has no active key ${key}.`);
    }
    const secret = formatVendorSecret({ keys: await keys.of('vendor'), mac }, vendor, key);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { vendor, key, secret },
    };
  });
}
