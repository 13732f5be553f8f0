import type { PersonRegistry } from '../../../core/access/ports.ts';
import { Sub } from '../../../core/inquiry/values/ids.ts';
import { type GatewayEvent, Refused, type SignedInPerson } from '../http/exchange.ts';
import type { Contract } from '../http/route-contract.ts';

/**
 * Finds out who calls, by the token's `sub` in the registry, on each request: a token alone grants
 * nothing, so that offboarding takes effect at once.
 *
 * Refuses `access.unauthenticated` without a verified token, `access.not-registered` for those who
 * are not or no longer in the registry.
 */
export async function knownActor(
  event: GatewayEvent,
  people: PersonRegistry,
): Promise<SignedInPerson> {
  const sub = Sub.safeParse(claimedSub(event));
  if (!sub.success) {
    throw new Refused('access.unauthenticated', 'Send an access token as Bearer authorization.');
  }
  const person = await people.bySub(sub.data);
  if (person === undefined || person.state === 'left') {
    throw new Refused('access.not-registered', 'Your account has no active entry in the registry.');
  }
  return { ...person, sub: sub.data };
}

/** Refuses `access.forbidden` to roles that the route is not for. */
export function admitRole({ roles }: Contract, { role }: SignedInPerson): void {
  if (!roles.includes(role)) {
    throw new Refused('access.forbidden', `This is not for the role ${role}.`);
  }
}

function claimedSub(event: GatewayEvent): unknown {
  return 'authorizer' in event.requestContext
    ? event.requestContext.authorizer?.jwt?.claims?.['sub']
    : undefined;
}
