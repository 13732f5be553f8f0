import { setTimeout } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/dynamo-inquiry-ledger.ts';
import { DynamoRuleSets } from '../../../adapters/dynamo/dynamo-rule-sets.ts';
import { DynamoTerms } from '../../../adapters/dynamo/dynamo-terms.ts';
import { keys } from '../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { shippedLevels } from '../../../core/inquiry/clock/shipped-levels.ts';
import type { InquiryEvent } from '../../../core/inquiry/events.ts';
import { type InquiryId, type Instant, plusSeconds } from '../../../core/inquiry/ids.ts';
import { inquiryNumberOf } from '../../../core/inquiry/number.ts';
import { plan } from '../../../core/inquiry/perform.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { makeHandler } from '../../../functions/routing/route-inquiry.ts';
import { deskList } from '../../core/work/help-desk.ts';
import { like, specimen } from '../../support/specimens.ts';
import { buckets, type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { lambdaContext } from '../edge/gateway-event.ts';
import { recordingTelemetry } from '../edge/recording-telemetry.ts';
import { batch } from '../intake/mail-world.ts';

const now = '2026-11-24T01:00:30.000Z' as Instant;
let engines: StartedEngines;
let ledger: DynamoInquiryLedger;
/** Milliseconds by which rule sets grow stale. */
let elapsed = 0;
let handler: ReturnType<typeof makeHandler>;

beforeAll(async () => {
  engines = await startEngines();
  ledger = new DynamoInquiryLedger(engines.table, new S3ContentStore(engines.s3, buckets.content));
  handler = router();
});
afterAll(() => engines.stop());

function router(desks = deskList, at = now) {
  return makeHandler({
    ...recordingTelemetry(),
    terms: new DynamoTerms(engines.table, desks),
    ...{ ledger, random: nodeRandomness, now: () => at },
    ruleSets: new DynamoRuleSets(engines.table, () => elapsed),
    pause: (milliseconds) => setTimeout(milliseconds),
  });
}

async function open(text: string, ...before: InquiryEvent[]): Promise<InquiryId> {
  const id = nodeRandomness.inquiryId(now);
  const { received } = specimen('InquiryReceived');
  const message = { ...received.message, text };
  const content = {
    ...received,
    ...{ subject: '件名', message, acknowledge: false, receivedAt: now },
    announceAt: plusSeconds(now, 60),
  };
  const number = inquiryNumberOf(nodeRandomness.bytes(7));
  const [quarantined, ...rest] = before;
  const events =
    quarantined === undefined
      ? [like('InquiryReceived', { number, received: content })]
      : [
          { ...quarantined, number } as InquiryEvent,
          ...rest,
          like('InquiryAdmitted', { received: content }),
        ];
  const appending = plan(id, undefined, { events }, { levels: shippedLevels }, now);
  if (isRefusal(appending)) throw new TypeError(appending.detail);
  expect(await ledger.append(appending)).toEqual({ appended: true });
  return id;
}

const news = (id: string) => ({ id, body: JSON.stringify({ inquiryId: id }) });
const deliver = (...ids: string[]) => handler(batch(ids.map(news)), lambdaContext());
const eventsOf = async (id: InquiryId) => (await ledger.events(id, 0, 100)).map((one) => one.event);

async function put(version: number, rules: object[]) {
  const otherwise = { desk: 'bpo-b', priority: 'low', category: 'general' };
  const data = { S: JSON.stringify({ version, rules, otherwise }) };
  const Item = { ...keys.config('routing', version), kind: { S: 'config' }, data };
  await engines.client.send(new PutItemCommand({ TableName: engines.table.name, Item }));
}

describe('routing', () => {
  it('puts desk, priority and category on a new inquiry by the shipped rules, and says why', async () => {
    const id = await open('ＶＰＮにつながりません');
    expect(await deliver(id)).toEqual({ batchItemFailures: [] });
    expect((await ledger.load(id))?.inquiry).toMatchObject({
      status: 'queued',
      desk: 'bpo',
      priority: 'medium',
      category: 'network',
      vendors: ['vendor-a'],
      queuedAt: now,
    });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'InquiryRouted',
      by: { kind: 'system', part: 'routing' },
      rules: 0,
      vendor: 'vendor-a',
      trace: [
        { rule: 'network', because: ['text: vpn'], set: ['category'] },
        { rule: 'otherwise', set: ['desk', 'priority'] },
      ],
      announceAt: plusSeconds(now, 86_400),
    });
  });

  it('does nothing when its message comes again, at once or later', async () => {
    const id = await open('印刷');
    await Promise.all([deliver(id), deliver(id), deliver(id, id)]);
    expect(await deliver(id)).toEqual({ batchItemFailures: [] });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'InquiryReceived',
      'InquiryRouted',
    ]);
  });

  it('settles news of an inquiry that there is not', async () => {
    const nothing = '019a0000-0000-7000-8000-00000000dead';
    expect(await deliver(nothing)).toEqual({ batchItemFailures: [] });
  });

  it('announces first what was due while nobody routed it', async () => {
    const id = await open('印刷');
    await router(deskList, plusSeconds(now, 90))(batch([news(id)]), lambdaContext());
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'InquiryReceived',
      'InquiryAnnounced',
      'InquiryRouted',
    ]);
  });

  it('reads the text of one that was released after weeks in quarantine', async () => {
    const aged = Array.from({ length: 25 }, () => specimen('QuarantineAged'));
    const id = await open('ランサムウェア', specimen('InquiryQuarantined'), ...aged);
    await deliver(id);
    expect((await ledger.load(id))?.inquiry).toMatchObject({ desk: 'staff', category: 'security' });
  });

  it('reads the whole of a text that is too long for its event', async () => {
    const id = await open(`${'あ'.repeat(15_000)}\n${'い'.repeat(20_000)}`);
    const late = await open(`${'あ'.repeat(15_000)} ランサムウェア ${'い'.repeat(20_000)}`);
    await deliver(id, late);
    expect((await ledger.load(id))?.inquiry.category).toBe('general');
    expect((await ledger.load(late))?.inquiry.category).toBe('security');
  });

  it('falls to the first desk of the stage where a rule names one that is gone, and says so', async () => {
    const id = await open('印刷');
    const [staff] = deskList;
    if (staff === undefined) throw new TypeError('there are no desks');
    await router([staff])(batch([news(id)]), lambdaContext());
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      desk: 'staff',
      trace: [
        { rule: 'missing-desk', because: ['there is no desk bpo'], set: ['desk'] },
        { rule: 'printer' },
        { rule: 'otherwise' },
      ],
    });
  });

  it('holds back what comes to a closed desk that holds, until it opens', async () => {
    const desks = deskList.map((desk) => ({ ...desk, whenClosed: 'hold' as const }));
    const evening = plusSeconds(now, 12 * 3600);
    const id = await open('印刷');
    await router(desks, evening)(batch([news(id)]), lambdaContext());
    const opening = '2026-11-24T23:00:00.000Z';
    const { inquiry } = (await ledger.load(id)) ?? {};
    expect(inquiry).toMatchObject({ status: 'queued', desk: 'bpo', availableAt: opening });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ announceAt: opening });
  });

  it('goes by the newest version in the ledger, within seconds of its putting in force', async () => {
    const vip = { when: { vip: true }, set: { desk: 'staff' } };
    await put(9, [{ id: 'nine', ...vip }]);
    await put(10, [{ id: 'ten', when: { text: ['いんさつ'] }, set: { desk: 'staff' } }]);
    const before = await open('印刷、インサツ');
    await deliver(before);
    expect((await ledger.load(before))?.inquiry.desk).toBe('bpo');
    elapsed += 5_000;
    const after = await open('印刷、インサツ');
    await deliver(after);
    expect((await eventsOf(after)).at(-1)).toMatchObject({ desk: 'staff', rules: 10 });
    await put(11, []);
    elapsed += 5_000;
    const last = await open('印刷、インサツ');
    await deliver(last);
    expect((await eventsOf(last)).at(-1)).toMatchObject({ desk: 'bpo-b', rules: 11 });
  });
});
