import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import { EmailAddress, type Sub } from '../../../../core/inquiry/values/ids.ts';
import {
  type AccountClaims,
  decideSignIn,
  type RegisteredAccount,
  type SignInDecision,
  type SignInPolicy,
  signInRefusals,
} from '../../../../core/people/sign-in/decide-sign-in.ts';
import { formatSignInRefusal } from '../../../../core/people/sign-in/sign-in-words.ts';

const hanako = EmailAddress.parse('hanako@toritsugi.example');
const outside = EmailAddress.parse('hanako@elsewhere.example');
const sub = 'account-1' as Sub;
const policy: SignInPolicy = {
  ownDomains: ['toritsugi.example', 'sub.toritsugi.example'],
  firstLead: undefined,
};
const naming = (firstLead: EmailAddress): SignInPolicy => ({ ...policy, firstLead });

const registered = (changed: object): Person =>
  Person.parse({ address: hanako, name: '佐藤 花子', role: 'staff', ...changed });
const linked = (changed: object = {}) => registered({ sub, ...changed });

/** Given what the registry holds, when an account signs in, then what is decided. */
function given(held: Partial<RegisteredAccount>) {
  const account = {
    bySub: undefined,
    byAddress: undefined,
    hasBeenFirstLead: false,
    ...held,
  };
  const when =
    (occasion: 'sign-in' | 'renewal') =>
    (changed: Partial<AccountClaims> = {}, stage = policy): SignInDecision =>
      decideSignIn(
        { sub, address: hanako, verified: true, name: 'Hanako', language: undefined, ...changed },
        occasion,
        account,
        stage,
      );
  return { whenSigningIn: when('sign-in'), whenRenewing: when('renewal') };
}
const refused = (reason: string) => ({ outcome: 'refuse', reason });

describe('an account that is linked', () => {
  const present = given({ bySub: linked(), byAddress: linked() });

  it('is accepted, and so is its renewal', () => {
    const accepted = { outcome: 'accept', person: linked() };
    expect(present.whenSigningIn()).toEqual(accepted);
    expect(present.whenRenewing()).toEqual(accepted);
  });

  it('is known by itself, whatever the provider says of its address now', () => {
    expect(present.whenSigningIn({ address: outside, verified: false }).outcome).toBe('accept');
    expect(present.whenSigningIn({ address: undefined }).outcome).toBe('accept');
  });

  it('of somebody who has left gets no tokens, and no renewal either', () => {
    const left = given({ bySub: linked({ state: 'left' }) });
    expect(left.whenSigningIn()).toEqual(refused('left'));
    expect(left.whenRenewing()).toEqual(refused('left'));
  });
});

describe('the first sign-in', () => {
  it('with a verified address that the registry knows links the account to that person', () => {
    const known = registered({ role: 'operator', vendor: 'vendor-a', desks: ['bpo'], vip: true });
    expect(given({ byAddress: known }).whenSigningIn()).toEqual({
      outcome: 'link',
      person: { ...known, sub },
    });
  });

  it('with an address of an own domain that it does not know makes a requester', () => {
    expect(given({}).whenSigningIn({ name: ' Hanako Sato ', language: 'en' })).toEqual({
      outcome: 'join',
      person: Person.parse({
        address: hanako,
        sub,
        name: 'Hanako Sato',
        role: 'requester',
        language: 'en',
      }),
    });
  });

  it.each([undefined, '', '  '])('without a name (%j) takes the local part for one', (name) => {
    expect(given({}).whenSigningIn({ name })).toMatchObject({ person: { name: 'hanako' } });
  });

  it.each([
    ['another domain', 'x@elsewhere.example'],
    ['a subdomain that is not named', 'x@other.toritsugi.example'],
    ['a domain that only ends alike', 'x@nottoritsugi.example'],
    ['an own domain in the local part', 'x.toritsugi.example@elsewhere.example'],
  ])('with an address of %s is refused', (_what, address) => {
    const claims = { address: EmailAddress.parse(address) };
    expect(given({}).whenSigningIn(claims)).toEqual(refused('stranger'));
  });

  it('with a tag in the address is of another address, as in the registry', () => {
    const claims = { address: EmailAddress.parse('hanako+lead@toritsugi.example') };
    expect(given({ byAddress: undefined }).whenSigningIn(claims)).toMatchObject({
      outcome: 'join',
      person: { address: 'hanako+lead@toritsugi.example', role: 'requester' },
    });
  });

  it.each([
    ['unverified', { verified: false }],
    ['missing', { address: undefined }],
  ])('with an address that is %s is refused, known or not', (_what, claims) => {
    expect(given({}).whenSigningIn(claims)).toEqual(refused('unverified'));
    const known = given({ byAddress: registered({}) });
    expect(known.whenSigningIn(claims)).toEqual(refused('unverified'));
  });

  it('of an account whose person is linked to another is refused, and moves no link', () => {
    const taken = given({ byAddress: registered({ sub: 'account-0' }) });
    expect(taken.whenSigningIn()).toEqual(refused('linked-elsewhere'));
  });

  it('of somebody who has left is refused', () => {
    const left = given({ byAddress: registered({ state: 'left' }) });
    expect(left.whenSigningIn()).toEqual(refused('left'));
  });

  it("with the address of a vendor's system is refused: a machine signs its requests", () => {
    const machine = given({ byAddress: registered({ role: 'system', vendor: 'vendor-a' }) });
    expect(machine.whenSigningIn()).toEqual(refused('stranger'));
  });
});

describe('a renewal', () => {
  it('links and admits nobody: what a lead has released stays released', () => {
    expect(given({ byAddress: registered({}) }).whenRenewing()).toEqual(refused('ended'));
    expect(given({}).whenRenewing()).toEqual(refused('ended'));
    expect(given({}).whenRenewing({}, naming(hanako))).toEqual(refused('ended'));
  });
});

describe('the first lead that the stage names', () => {
  it.each([
    ['nobody', {}, {}],
    ['somebody who has not signed in', { byAddress: registered({ role: 'requester' }) }, {}],
    ['a linked person', { bySub: linked(), byAddress: linked() }, { desks: [] }],
    [
      'a lead already',
      { bySub: linked({ role: 'lead' }), byAddress: linked({ role: 'lead' }) },
      {},
    ],
  ])('becomes lead where the registry knows %s', (_what, held, expected) => {
    expect(given(held).whenSigningIn({}, naming(hanako))).toMatchObject({
      outcome: 'lead',
      person: { address: hanako, sub, role: 'lead', ...expected },
    });
  });

  it('becomes lead at a renewal, too, once they are linked', () => {
    const present = given({ bySub: linked(), byAddress: linked() });
    expect(present.whenRenewing({}, naming(hanako)).outcome).toBe('lead');
  });

  it('may be outside the own domains', () => {
    expect(given({}).whenSigningIn({ address: outside }, naming(outside))).toMatchObject({
      outcome: 'lead',
      person: { address: outside, role: 'lead' },
    });
  });

  it('becomes lead once: whoever is made something else afterwards stays that', () => {
    const demoted = { bySub: linked({ role: 'requester' }), hasBeenFirstLead: true };
    expect(given(demoted).whenSigningIn({}, naming(hanako))).toEqual({
      outcome: 'accept',
      person: linked({ role: 'requester' }),
    });
    const erased = given({ hasBeenFirstLead: true });
    expect(erased.whenSigningIn({}, naming(hanako))).toMatchObject({
      outcome: 'join',
      person: { role: 'requester' },
    });
  });

  it.each([
    ['unverified', {}, { verified: false }, refused('unverified')],
    ['of somebody who has left', { byAddress: registered({ state: 'left' }) }, {}, refused('left')],
    [
      'linked to another account',
      { byAddress: registered({ sub: 'account-0' }) },
      {},
      refused('linked-elsewhere'),
    ],
  ])('is nobody by an address that is %s', (_what, held, claims, expected) => {
    expect(given(held).whenSigningIn(claims, naming(hanako))).toEqual(expected);
  });

  it("is none of a vendor's people", () => {
    const operator = { role: 'operator', vendor: 'vendor-a' };
    expect(
      given({ byAddress: registered(operator) }).whenSigningIn({}, naming(hanako)),
    ).toMatchObject({ outcome: 'link', person: operator });
    const known = { bySub: linked(operator), byAddress: linked(operator) };
    expect(given(known).whenSigningIn({}, naming(hanako)).outcome).toBe('accept');
  });

  it('is not somebody else whose account now has that address', () => {
    const other = linked({ address: 'jiro@toritsugi.example', role: 'requester' });
    const held = { bySub: other, byAddress: registered({}) };
    expect(given(held).whenSigningIn({}, naming(hanako)).outcome).toBe('accept');
  });
});

const person = fc.record({
  state: fc.constantFrom('active', 'left'),
  role: fc.constantFrom('requester', 'staff', 'lead', 'system'),
  sub: fc.constantFrom(undefined, 'account-0'),
});

it('nobody gets tokens by an unverified address, and nobody who has left at all', () => {
  fc.assert(
    fc.property(
      fc.option(person),
      fc.option(person),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (bySub, byAddress, verified, named, hasBeenFirstLead) => {
        const held = {
          ...(bySub === null ? {} : { bySub: linked({ ...bySub, sub }) }),
          ...(byAddress === null ? {} : { byAddress: registered(byAddress) }),
          hasBeenFirstLead,
        };
        const stage = named ? naming(hanako) : policy;
        const { outcome } = given(held).whenSigningIn({ verified }, stage);
        if (bySub?.state === 'left') expect(outcome).toBe('refuse');
        if (bySub === null && byAddress?.state === 'left') expect(outcome).toBe('refuse');
        if (bySub === null && !verified) expect(outcome).toBe('refuse');
        if (outcome === 'lead') expect(named && verified && !hasBeenFirstLead).toBe(true);
      },
    ),
  );
});

it.each([...signInRefusals, 'failed'] as const)('says "%s" in both languages', (reason) => {
  const [ja = '', en = ''] = formatSignInRefusal(reason).split(' / ');
  expect(ja).toMatch(/[\p{Script=Hiragana}].*。$/u);
  // The user pool adds the full stop.
  expect(en).toMatch(/^[A-Z][^/]*\w$/);
});
