import { Person } from '../../access/person.ts';
import { type EmailAddress, isAddressInDomains, type Sub } from '../../inquiry/values/ids.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';

/** What the identity provider says of an account for which tokens are asked. */
export type AccountClaims = {
  readonly sub: Sub;
  readonly address: EmailAddress | undefined;
  /** Whether the provider has made sure, or is trusted to know, that the address is theirs. */
  readonly verified: boolean;
  readonly name: string | undefined;
  readonly language: Language | undefined;
};

/** What a stage decides about sign-ins. */
export type SignInPolicy = {
  /** The domains whose people belong to the company. */
  readonly ownDomains: readonly string[];
  /** The address that the stage names as its first lead. */
  readonly firstLead: EmailAddress | undefined;
};

/** What the registry holds about an account. */
export type RegisteredAccount = {
  /** Who is linked to the account. */
  readonly bySub: Person | undefined;
  /** Who stands under its address. */
  readonly byAddress: Person | undefined;
  /** Whether the stage's naming of the address as first lead has already had its effect. */
  readonly hasBeenFirstLead: boolean;
};

export const signInRefusals = [
  /** They have left. */
  'left',
  /** Nobody has made sure that the address is theirs. */
  'unverified',
  /** The person of that address is linked to another account. */
  'linked-elsewhere',
  /** In no domain of the company, and not registered; or registered as a machine. */
  'stranger',
  /** A session goes on whose account is linked to nobody any more. */
  'ended',
] as const;
export type SignInRefusal = (typeof signInRefusals)[number];

export type SignInDecision =
  /** Nothing changes. */
  | { readonly outcome: 'accept'; readonly person: Person }
  | {
      /** The account is linked to a registered person, or a new one, or makes theirs the first lead. */
      readonly outcome: 'link' | 'join' | 'lead';
      readonly person: Person;
    }
  | { readonly outcome: 'refuse'; readonly reason: SignInRefusal };

/**
 * Decides whether an account gets tokens, and whom it is linked to.
 *
 * An account is recognized by its `sub` once it is linked. Until then a verified address leads to the
 * registered person, and makes one of an own domain a requester. A link is never moved to another
 * account: whoever is given an address that somebody had before must not get their rights with it.
 *
 * @param occasion `renewal` where a session goes on: it links and admits nobody
 * @see docs/adr/0028-sign-in.md
 */
export function decideSignIn(
  claims: AccountClaims,
  occasion: 'sign-in' | 'renewal',
  registered: RegisteredAccount,
  policy: SignInPolicy,
): SignInDecision {
  const { bySub, byAddress } = registered;
  const { sub, address, verified } = claims;
  const isNominee =
    verified &&
    address !== undefined &&
    address === policy.firstLead &&
    !registered.hasBeenFirstLead;
  if (bySub !== undefined) {
    if (bySub.state === 'left') return refuseSignIn('left');
    return isNominee && bySub.address === address && canLead(bySub)
      ? { outcome: 'lead', person: { ...bySub, role: 'lead' } }
      : { outcome: 'accept', person: bySub };
  }
  if (occasion === 'renewal') return refuseSignIn('ended');
  if (address === undefined || !verified) return refuseSignIn('unverified');
  if (byAddress !== undefined) {
    if (byAddress.state === 'left') return refuseSignIn('left');
    if (byAddress.role === 'system') return refuseSignIn('stranger');
    if (byAddress.sub !== undefined) return refuseSignIn('linked-elsewhere');
    return isNominee && canLead(byAddress)
      ? { outcome: 'lead', person: { ...byAddress, sub, role: 'lead' } }
      : { outcome: 'link', person: { ...byAddress, sub } };
  }
  if (isNominee) return { outcome: 'lead', person: makePerson(claims, address, 'lead') };
  return isAddressInDomains(address, policy.ownDomains)
    ? { outcome: 'join', person: makePerson(claims, address, 'requester') }
    : refuseSignIn('stranger');
}

function refuseSignIn(reason: SignInRefusal): SignInDecision {
  return { outcome: 'refuse', reason };
}

/** A vendor's people and machines never become lead. */
function canLead({ role, vendor }: Person): boolean {
  return vendor === undefined && role !== 'system';
}

function makePerson(
  { sub, name, language }: AccountClaims,
  address: EmailAddress,
  role: 'requester' | 'lead',
): Person {
  const givenName = name?.trim().slice(0, 200) ?? '';
  return Person.parse({
    address,
    sub,
    name: givenName === '' ? address.slice(0, address.lastIndexOf('@')).slice(0, 200) : givenName,
    role,
    ...(language === undefined ? {} : { language }),
  });
}
