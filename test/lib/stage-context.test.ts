import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MailPolicy as CoreMailPolicy } from '../../core/intake/mail/mail-policy.ts';
import { MailPolicyContext, StageContext } from '../../lib/stage-context.ts';

const stages = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context
  .stages as Record<string, Record<string, unknown>>;
const dev = stages['dev'] ?? {};

function errorsOf(changes: Record<string, unknown>): string[] {
  const { error } = StageContext.safeParse({ ...dev, ...changes });
  return error?.issues.map((issue) => issue.message) ?? [];
}

const directory = {
  kind: 'saml',
  name: 'EntraID',
  metadataUrl: 'https://login.microsoftonline.com/tenant/federationmetadata.xml',
  trustEmail: true,
};
const provider = {
  kind: 'oidc',
  name: 'Workspace',
  issuer: 'https://accounts.google.com',
  clientId: 'client-1',
  clientSecretName: 'toritsugi/workspace-client',
};

describe('a stage', () => {
  it.each(Object.keys(stages))('%s of cdk.json is complete', (name) => {
    expect(StageContext.safeParse(stages[name]).error).toBeUndefined();
  });

  it('with a misspelled setting is refused', () => {
    expect(errorsOf({ helpAdresses: [] })).toEqual([expect.stringContaining('helpAdresses')]);
  });

  it('takes help addresses of its own domain only, since SES receives no others', () => {
    expect(errorsOf({ helpAddresses: ['help@elsewhere.example'] })).toEqual([
      'every help address is in the mail domain',
    ]);
  });

  it('names the vendor of an outsourced desk, and each desk once', () => {
    const desk = { id: 'a', kind: 'outsourced', mode: 'pull', name: { ja: 'あ', en: 'A' } };
    expect(errorsOf({ desks: [desk] })).toEqual([
      'an outsourced desk, and no other, names its vendor',
    ]);
    const named = { ...desk, vendor: 'v' };
    expect(errorsOf({ desks: [named, named] })).toEqual(['two desks share an id']);
  });

  it.each([
    ['without passwords and without a directory', { passwords: false }, /need a directory/],
    ['with two directories of one name', { federation: [directory, directory] }, /share a name/],
    [
      'with a name that Cognito keeps',
      { federation: [{ ...directory, name: 'Google' }] },
      /reserves/,
    ],
    [
      'with SAML whose addresses are not trusted, so that nobody could come in',
      { federation: [{ ...directory, trustEmail: false }] },
      /expected true/,
    ],
    [
      'with an issuer at which anybody can claim any address',
      { federation: [{ ...provider, issuer: 'https://login.microsoftonline.com/common/v2.0' }] },
      /name the tenant/,
    ],
    [
      'that trusts Google beyond what it says of addresses',
      { federation: [{ ...provider, trustEmail: true }] },
      /Google itself says/,
    ],
  ])('is refused %s', (_what, signIn, message) => {
    expect(errorsOf({ signIn })).toEqual([expect.stringMatching(message)]);
    expect(errorsOf({ signIn: { federation: [directory, provider] } })).toEqual([]);
  });

  it('in production quarantines what cannot be proven to be of our own domains', () => {
    const { mailPolicy } = StageContext.parse(stages['prod']);
    expect(mailPolicy).toMatchObject({ onOwnDomainGray: 'quarantine' });
  });

  it('names relays by address, since a host name is what its owner says', () => {
    const relays = (...internalRelays: string[]) => errorsOf({ mailPolicy: { internalRelays } });
    expect(relays('192.0.2.25', '192.0.2.0/24', '2001:db8::25', '2001:db8::/32')).toEqual([]);
    expect(relays('gate.toritsugi.example')).toEqual([
      'a relay is an IP address or a range such as 192.0.2.0/24; a host name proves nothing',
    ]);
  });

  it('describes no more than the variables of a function hold', () => {
    const listedDomains = Array.from({ length: 200 }, (_, index) => `partner-${index}.example`);
    expect(errorsOf({ mailPolicy: { externalSenders: 'listed', listedDomains } })).toEqual([
      'desks and mail policy are more than the variables of a function hold',
    ]);
  });

  it('may set all of the mail policy that core knows, and nothing else', () => {
    expect(Object.keys(MailPolicyContext.shape).sort()).toEqual(
      Object.keys(CoreMailPolicy.shape).sort(),
    );
    for (const setting of [
      'onGray',
      'onOwnDomainGray',
      'onProcessingFailed',
      'externalSenders',
      'automatedFirstContact',
    ] as const) {
      expect(MailPolicyContext.shape[setting].unwrap().options).toEqual(
        CoreMailPolicy.shape[setting].unwrap().options,
      );
    }
  });
});
