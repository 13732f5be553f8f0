import type { PersonRegistry } from '../../../core/access/ports.ts';
import { Sub } from '../../../core/inquiry/values/ids.ts';
import { type GatewayEvent, RefusalError, type SignedInPerson } from '../http/exchange.ts';
import type { RouteContract } from '../http/route-contract.ts';

/**
 * Looks the caller up in the registry by the token's `sub`, on each request: a token alone grants
 * nothing, so that offboarding takes effect at once.
 *
 * Refuses `access.unauthenticated` without a verified access token, and `access.not-registered` for people
 * without an active entry in the registry.
 */
export async function authenticateActor(
  event: GatewayEvent,
  people: PersonRegistry,
): Promise<SignedInPerson> {
  const sub = Sub.safeParse(claimedSub(event));
  if (!sub.success) {
    throw new RefusalError(
      'access.unauthenticated',
      'Send an access token as Bearer authorization.',
    );
  }
  const person = await people.bySub(sub.data);
  if (person === undefined || person.state === 'left') {
    throw new RefusalError(
      'access.not-registered',
      'Your account has no active entry in the registry.',
    );
  }
  return { ...person, sub: sub.data };
}

/** Refuses `access.forbidden` to roles that the route is not for. */
export function authorizeRole({ roles }: RouteContract, { role }: SignedInPerson): void {
  if (!roles.includes(role)) {
    throw new RefusalError('access.forbidden', `This is not for the role ${role}.`);
  }
}

/**
 * The `sub` of an access token. The gateway lets ID tokens pass too: their audience is the same
 * client, but they say who somebody is to a page, and are not meant to open anything.
 */
function claimedSub(event: GatewayEvent): unknown {
  if (!('authorizer' in event.requestContext)) return undefined;
  const claims = event.requestContext.authorizer?.jwt?.claims;
  return claims?.['token_use'] === 'access' ? claims['sub'] : undefined;
}
