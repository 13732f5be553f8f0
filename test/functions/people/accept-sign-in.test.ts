import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoSignIns } from '../../../adapters/dynamo/people/dynamo-sign-ins.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { Person } from '../../../core/access/person.ts';
import { EmailAddress, type Instant, type Sub } from '../../../core/inquiry/values/ids.ts';
import { formatSignInRefusal } from '../../../core/people/sign-in/sign-in-words.ts';
import { Env, makeHandler } from '../../../functions/people/accept-sign-in.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { type StartedDynamo, startDynamo } from '../../support/start-dynamo.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const specimen = JSON.parse(
  readFileSync(
    new URL('../../../events/aws/cognito-pre-token-generation.json', import.meta.url),
    'utf8',
  ),
);
const now = '2026-11-22T01:00:00.000Z' as Instant;

let dynamo: StartedDynamo;
let people: DynamoPersonRegistry;
let testNumber = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  people = new DynamoPersonRegistry(dynamo.table);
});
afterAll(() => dynamo.stop());
beforeEach(() => {
  testNumber += 1;
});

/** An address that no other test uses. */
const addressOf = (name: string) => EmailAddress.parse(`${name}.${testNumber}@toritsugi.example`);
const subOf = (name: string) => `${name}.${testNumber}` as Sub;

/** The function with some of its variables set; they are parsed as on AWS. */
function startTrigger(variables: Record<string, string> = {}) {
  const telemetry = makeRecordingTelemetry();
  const handler = makeHandler({
    ...telemetry,
    env: Env.parse({
      TABLE_NAME: 'unused',
      OWN_DOMAINS: '["toritsugi.example"]',
      TRUSTED_PROVIDERS: '["CompanyDirectory"]',
      FIRST_LEAD: '',
      ...variables,
    }),
    registry: new DynamoSignIns(dynamo.table, people, nodeRandomness),
    now: () => now,
    newTraceId: () => 'trace-1',
  });
  return { handler, ...telemetry };
}

/** The event of an account of the pool itself. */
function eventOf(name: string, attributes: object = {}, triggerSource?: string) {
  const { identities: _, ...own } = specimen.request.userAttributes;
  return {
    ...specimen,
    ...(triggerSource === undefined ? {} : { triggerSource }),
    request: {
      ...specimen.request,
      userAttributes: {
        ...own,
        ...{ sub: subOf(name), email: addressOf(name), email_verified: 'true', name },
        ...attributes,
      },
    },
  };
}

/** What the audit holds of an account, newest first. */
async function auditOf(sub: Sub) {
  const from = '2026-11-22T00:00:00.000Z' as Instant;
  const to = '2026-11-23T00:00:00.000Z' as Instant;
  const slice = await makeAuditLog(dynamo.table).readSlice({ from, to, actor: sub }, to, 10);
  return slice.entries;
}

describe('before it issues tokens, the user pool', () => {
  it('gets its event back as it came, with whoever is new now in the registry and the audit', async () => {
    const event = eventOf('anna', { locale: 'en-GB' });
    expect(await startTrigger().handler(structuredClone(event))).toEqual(event);
    expect(await people.bySub(subOf('anna'))).toEqual(
      Person.parse({
        address: addressOf('anna'),
        sub: subOf('anna'),
        name: 'anna',
        role: 'requester',
        language: 'en',
      }),
    );
    expect(await auditOf(subOf('anna'))).toEqual([
      expect.objectContaining({
        at: now,
        actor: { sub: subOf('anna'), name: 'anna', role: 'requester' },
        action: 'join-registry',
        route: 'TokenGeneration_HostedAuth',
        outcome: { status: 200 },
        traceId: 'trace-1',
      }),
    ]);
  });

  it('gets a registered person linked, who keeps what they are', async () => {
    const anna = Person.parse({
      ...{ address: addressOf('anna'), name: 'Anna', role: 'staff', desks: ['staff'] },
      ...{ presence: 'present', vip: true },
    });
    await people.put(anna);
    const { handler } = startTrigger();
    await handler(eventOf('anna', { email: addressOf('anna').toUpperCase(), name: 'other' }));
    expect(await people.bySub(subOf('anna'))).toEqual({ ...anna, sub: subOf('anna') });
    expect(await people.byAddress(anna.address)).toEqual({ ...anna, sub: subOf('anna') });
    await handler(eventOf('anna'));
    expect((await auditOf(subOf('anna'))).map(({ action }) => action)).toEqual(['link-account']);
  });

  it('hears in words, and in no others, why somebody gets no tokens', async () => {
    const { handler, lines } = startTrigger();
    const stranger = eventOf('eve', { email: 'eve@elsewhere.example' });
    await expect(handler(stranger)).rejects.toThrow(
      expect.objectContaining({
        name: 'SignInRefusedError',
        message: formatSignInRefusal('stranger'),
      }),
    );
    expect(await people.bySub(subOf('eve'))).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({
      message: 'sign-in refused',
      fields: { reason: 'stranger' },
    });
    expect(JSON.stringify(lines)).not.toContain('elsewhere.example');
  });

  it('hears at the next renewal that somebody has left', async () => {
    const { handler } = startTrigger();
    await handler(eventOf('anna'));
    const renewal = eventOf('anna', {}, 'TokenGeneration_RefreshTokens');
    expect(await handler(renewal)).toEqual(renewal);
    const anna = (await people.bySub(subOf('anna'))) as Person;
    await people.put({ ...anna, state: 'left' });
    await expect(handler(renewal)).rejects.toThrow(formatSignInRefusal('left'));
  });

  it('hears nothing of a defect but that it should try again', async () => {
    const { handler, counts, lines } = startTrigger();
    await expect(handler({ ...specimen, request: {} })).rejects.toThrow(
      formatSignInRefusal('failed'),
    );
    expect(counts).toEqual({ RequestFailed: 1 });
    expect(lines.map(({ level }) => level)).toEqual(['error']);
  });
});

describe("an identity provider's address", () => {
  const identitiesOf = (...names: string[]) =>
    JSON.stringify(names.map((providerName) => ({ providerName, providerType: 'SAML' })));

  it('counts as verified where the stage trusts the provider', async () => {
    const attributes = { email_verified: 'false', identities: identitiesOf('CompanyDirectory') };
    await startTrigger().handler(eventOf('anna', attributes));
    expect(await people.bySub(subOf('anna'))).toMatchObject({ role: 'requester' });
  });

  it.each([
    ['the provider is not trusted', 'false', identitiesOf('Other')],
    ['one of several is not trusted', 'false', identitiesOf('CompanyDirectory', 'Other')],
    ['there is no provider', 'false', undefined],
    ['there is no provider, in a list', undefined, undefined],
  ])('is refused unverified where %s', async (_what, email_verified, identities) => {
    const event = eventOf('anna', { email_verified, identities });
    await expect(startTrigger().handler(event)).rejects.toThrow(formatSignInRefusal('unverified'));
  });

  it('counts where another provider itself says that it is verified', async () => {
    const attributes = { email_verified: 'true', identities: identitiesOf('Other') };
    await startTrigger().handler(eventOf('anna', attributes));
    expect(await people.bySub(subOf('anna'))).toBeDefined();
  });
});

describe('the first lead', () => {
  it('is made once, and stays what other leads make of them', async () => {
    const { handler } = startTrigger({ FIRST_LEAD: addressOf('anna') });
    await handler(eventOf('anna'));
    const anna = (await people.bySub(subOf('anna'))) as Person;
    expect(anna.role).toBe('lead');
    expect((await auditOf(subOf('anna'))).map(({ action }) => action)).toEqual(['become-lead']);
    await people.put({ ...anna, role: 'staff' });
    await handler(eventOf('anna'));
    await handler(eventOf('anna', {}, 'TokenGeneration_RefreshTokens'));
    expect((await people.bySub(subOf('anna')))?.role).toBe('staff');
  });

  it('is another when the stage names another', async () => {
    await startTrigger({ FIRST_LEAD: addressOf('anna') }).handler(eventOf('anna'));
    await startTrigger().handler(eventOf('berta'));
    await startTrigger({ FIRST_LEAD: addressOf('berta') }).handler(eventOf('berta'));
    expect((await people.bySub(subOf('anna')))?.role).toBe('lead');
    expect((await people.bySub(subOf('berta')))?.role).toBe('lead');
  });

  it('is made by one of many sign-ins at once, without an error to any of them', async () => {
    const { handler } = startTrigger({ FIRST_LEAD: addressOf('anna') });
    await Promise.all(Array.from({ length: 6 }, () => handler(eventOf('anna'))));
    expect((await people.bySub(subOf('anna')))?.role).toBe('lead');
    expect(await auditOf(subOf('anna'))).toHaveLength(1);
  });
});

it('of two accounts that sign in at once with one address, one is linked and one is refused', async () => {
  const { handler } = startTrigger();
  const email = addressOf('anna');
  const results = await Promise.allSettled([
    handler(eventOf('one', { email })),
    handler(eventOf('two', { email })),
  ]);
  const refusals = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refusals.map(({ message }) => message)).toEqual([formatSignInRefusal('linked-elsewhere')]);
  const linked = await people.byAddress(email);
  expect([subOf('one'), subOf('two')]).toContain(linked?.sub);
  expect(await people.bySub(linked?.sub as Sub)).toEqual(linked);
});

it('a person whose link a lead has released is linked to their new account', async () => {
  const { handler } = startTrigger();
  const email = addressOf('anna');
  await handler(eventOf('old', { email }));
  const { sub: _, ...released } = (await people.byAddress(email)) as Person;
  await people.put(released);
  await handler(eventOf('new', { email }));
  expect((await people.byAddress(email))?.sub).toBe(subOf('new'));
  const renewal = eventOf('old', { email }, 'TokenGeneration_RefreshTokens');
  await expect(handler(renewal)).rejects.toThrow(formatSignInRefusal('ended'));
});
