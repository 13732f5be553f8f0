import type { AuditAction, AuditEntry } from '../../access/audit-entry.ts';
import type { Person } from '../../access/person.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import {
  type AccountClaims,
  decideSignIn,
  type SignInDecision,
  type SignInPolicy,
} from './decide-sign-in.ts';
import type { SignInRegistry } from './sign-in-ports.ts';

/** A request for tokens: whose, when, and how the audit tells it. */
export type TokenRequest = {
  readonly claims: AccountClaims;
  readonly occasion: 'sign-in' | 'renewal';
  readonly route: string;
  readonly traceId: string;
  readonly now: Instant;
};

/**
 * Decides on a request for tokens and saves what it changes in the registry.
 *
 * Refuses `transient.conflict` when others keep changing the same people; whether somebody may sign
 * in is in the decision.
 */
export async function acceptSignIn(
  registry: SignInRegistry,
  policy: SignInPolicy,
  request: TokenRequest,
): Promise<SignInDecision | Refusal> {
  const { claims, occasion } = request;
  const { sub, address } = claims;
  const bySub = await registry.bySub(sub);
  // Nearly all requests are of linked people, and end after this one read.
  if (address === undefined || (bySub !== undefined && address !== policy.firstLead)) {
    const registered = { bySub, byAddress: undefined, hasBeenFirstLead: true };
    return decideSignIn(claims, occasion, registered, policy);
  }
  let decision: SignInDecision | undefined;
  const isSettled = await registry.change(address, sub, (registered) => {
    decision = decideSignIn(claims, occasion, registered, policy);
    if (decision.outcome === 'accept' || decision.outcome === 'refuse') return undefined;
    return {
      person: decision.person,
      makesFirstLead: decision.outcome === 'lead',
      audit: buildAuditEntry(decision.outcome, { ...decision.person, sub }, request),
    };
  });
  return isSettled && decision !== undefined
    ? decision
    : refuse('transient.conflict', 'Others kept changing the same people; sign in again.');
}

const auditActions = {
  link: 'link-account',
  join: 'join-registry',
  lead: 'become-lead',
} as const satisfies Record<string, AuditAction>;

/** Whoever signs in is the actor, with the role that they have by it. */
function buildAuditEntry(
  outcome: keyof typeof auditActions,
  { sub, name, role, vendor }: Person & { readonly sub: Sub },
  { route, traceId, now }: TokenRequest,
): Omit<AuditEntry, 'id'> {
  return {
    at: now,
    actor: { sub, name, role, ...(vendor === undefined ? {} : { vendor }) },
    action: auditActions[outcome],
    inquiries: [],
    route,
    outcome: { status: 200 },
    traceId,
  };
}
