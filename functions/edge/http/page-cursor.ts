import type { Refusal } from '../../../core/inquiry/refusal.ts';
import type { Sub } from '../../../core/inquiry/values/ids.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { type RouteContract, routeKeyOf } from './route-contract.ts';

/** The cursors of one list, for one caller and one filter. */
export function makePageCursor(
  keys: SigningKeys,
  sub: Sub,
  contract: RouteContract,
  filter: unknown,
) {
  const scope = { sub, routeKey: routeKeyOf(contract), filter };
  return {
    /** The position to continue from; none without a cursor. */
    open: async (cursor: string | undefined): Promise<{ position?: string } | Refusal> =>
      cursor === undefined ? {} : openCursor(keys, scope, cursor),
    seal: async (position: string | undefined): Promise<string | null> =>
      position === undefined ? null : sealCursor(keys, scope, position),
  };
}
