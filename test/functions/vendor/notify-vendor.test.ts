import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { HttpWebhooks } from '../../../adapters/webhook/http-webhooks.ts';
import { deriveVendorSecrets } from '../../../core/inquiry/tokens/webhook-secret.ts';
import { type InquiryId, VendorId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/vendor/notify-vendor.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/start-receiver.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { stageSecret, startVendorFixture, type VendorFixture } from '../work/vendor-fixture.ts';
import { makeDeskBatch } from '../work/work-fixture.ts';

let work: VendorFixture;
let receiver: WebhookReceiver;
let tell: (id: InquiryId) => Promise<number>;

beforeAll(async () => {
  [work, receiver] = await Promise.all([startVendorFixture(), startWebhookReceiver()]);
  const { keys, mac, ledger, now } = work;
  const terms = {
    read: async () => {
      const read = await work.terms.read();
      const desks = read.desks.map((desk) =>
        desk.id === 'bpo' ? { ...desk, mode: 'push' as const } : desk,
      );
      return { ...read, desks };
    },
  };
  const handler = makeHandler({
    ...{ ...work.telemetry, keys, mac, ledger, now, terms },
    webhooks: new HttpWebhooks([receiver.origin]),
  });
  /** Notifies of one inquiry; returns how many messages are to come again. */
  tell = async (id) =>
    (await handler(makeDeskBatch([id]), fakeLambdaContext())).batchItemFailures.length;
});
afterAll(async () => {
  await work.stop();
  await receiver.stop();
});
beforeEach(async () => {
  receiver.received.length = 0;
  await work.configureKeys(
    { k1: 'active', k2: 'active', k3: 'retired' },
    `${receiver.origin}/hook`,
  );
});

it('tells what waits by ids only, signed by each active key', async () => {
  const { id, number } = await work.open({ priority: 'high' });
  expect(await tell(id)).toBe(0);
  const [call, ...others] = receiver.received;
  expect(others).toEqual([]);
  expect(JSON.parse(call?.body ?? '')).toEqual({
    ...{ type: 'inquiry.waiting', inquiryId: id, number, desk: 'bpo', priority: 'high' },
  });
  const keys = await makeTestSigning('vendor', stageSecret);
  const content = `${call?.headers['webhook-id']}.${call?.headers['webhook-timestamp']}.${call?.body}`;
  const expected = ['k1', 'k2'].flatMap((key) =>
    deriveVendorSecrets(keys, VendorId.parse('vendor-a'), key).map(
      (secret) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`,
    ),
  );
  expect(String(call?.headers['webhook-signature']).split(' ')).toEqual(expected);
});

it.each([500, 429, 400])(
  'gives back what is answered by %i, and tells it again under the same id',
  async (status) => {
    const { id } = await work.open();
    receiver.answers.push({ status });
    expect(await tell(id)).toBe(1);
    expect(await tell(id)).toBe(0);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  },
);

it('tells nothing of what waits no longer, or at another desk', async () => {
  const claimed = await work.open();
  await work.askSigned('POST', `/inquiries/${claimed.id}/claim`, {});
  const elsewhere = await work.open({ desk: 'bpo-b' });
  expect([await tell(claimed.id), await tell(elsewhere.id)]).toEqual([0, 0]);
  expect(receiver.received).toEqual([]);
});

it('acknowledges the message for a vendor that has no address, or no key to sign by', async () => {
  const { id } = await work.open();
  await work.configureKeys({ k1: 'active' });
  expect(await tell(id)).toBe(0);
  await work.configureKeys({ k1: 'retired' }, `${receiver.origin}/hook`);
  expect(await tell(id)).toBe(0);
  expect(receiver.received).toEqual([]);
});
