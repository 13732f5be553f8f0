import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ScheduledEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoClosedInquiries } from '../../../adapters/dynamo/erasure/dynamo-closed-inquiries.ts';
import { DynamoInquiryIndex } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { type DynamoTable, tableKeys } from '../../../adapters/dynamo/table.ts';
import { S3WholeBucket } from '../../../adapters/s3/whole-bucket.ts';
import { decideAndAppend } from '../../../core/inquiry/decide-and-append.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import type { ClosedInquiries } from '../../../core/people/retention/retention-ports.ts';
import { makeHandler } from '../../../functions/people/end-inquiries.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { makeMortalClients, readWholeStore, WorkerDeath } from '../../support/whole-store.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { makeInquiryStates } from '../intake/inquiry-states.ts';
import { composeRawMail, type MailFixture, startMailFixture } from '../intake/mail-fixture.ts';

const keptDays = 30;
const day = 86_400;

let mail: MailFixture;
let states: ReturnType<typeof makeInquiryStates>;
beforeAll(async () => {
  mail = await startMailFixture();
  states = makeInquiryStates(mail);
});
afterAll(() => mail.stop());

function makeClosed(table: DynamoTable, s3 = mail.engines.s3): ClosedInquiries {
  return new DynamoClosedInquiries(
    table,
    new S3WholeBucket(s3, bucketNames.content),
    new S3WholeBucket(s3, bucketNames.mail),
  );
}

/** Runs the schedule once; returns the figures that it logs. */
async function run(closed = makeClosed(mail.engines.table)) {
  const telemetry = makeRecordingTelemetry();
  const handler = makeHandler({
    ...telemetry,
    ...{ closed, keptDays, now: mail.now, clock: () => performance.now() },
  });
  await handler({ time: mail.now() } as unknown as ScheduledEvent, fakeLambdaContext(300_000));
  return telemetry.lines.at(-1)?.fields;
}

let count = 0;
async function open(given: { readonly text?: string; readonly id?: string } = {}) {
  count += 1;
  const id = given.id ?? `retained-${count}@client.example`;
  const boundary = 'part';
  const raw = [
    'From: hanako@toritsugi.example',
    'To: help@toritsugi.example',
    `Subject: VPN ${count}`,
    `Message-ID: <${id}>`,
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    given.text ?? 'つながりません。',
    `--${boundary}`,
    'Content-Type: text/plain; name=screen.txt',
    'Content-Disposition: attachment; filename=screen.txt',
    '',
    'error',
    `--${boundary}--`,
    '',
  ].join('\r\n');
  const { inquiryId } = await mail.deliver(raw);
  if (inquiryId === undefined) throw new Error('it opened nothing');
  return { inquiryId, messageId: id };
}

async function close(id: InquiryId): Promise<void> {
  const performed = await decideAndAppend(mail.intake, id, mail.intake.terms, mail.now(), () => ({
    events: [
      { v: 1, at: mail.now(), by: { kind: 'system', part: 'work' }, type: 'InquiryWithdrawn' },
    ],
  }));
  if (isRefusal(performed)) throw new Error(performed.detail);
}

const isThere = async (id: InquiryId) => (await mail.ledger.load(id)) !== undefined;

/** All items and objects that name an inquiry, besides what is kept on purpose. */
async function tracesOf(id: InquiryId): Promise<string[]> {
  const { items, objects } = await readWholeStore(mail.engines.table, mail.engines.s3);
  const kept = /^(RCPT|ONCE|SLA|VOLUME|AUDIT)#/;
  return [
    ...[...items]
      .filter(([key, item]) => !kept.test(key) && JSON.stringify(item).includes(id))
      .map(([key]) => key),
    ...[...objects.keys()].filter((key) => key.includes(id)),
  ];
}

describe('the retention of closed inquiries', () => {
  it('ends all of one that was closed long enough ago, and nothing of others', async () => {
    const long = 'あ'.repeat(40_000);
    const { inquiryId: old } = await open({ text: long });
    const { inquiryId: stillOpen } = await open();
    await close(old);
    mail.later(10 * day);
    const { inquiryId: younger } = await open();
    await close(younger);
    const rawMails = await mail.mailKeys('raw/');
    expect((await tracesOf(old)).some((key) => key.includes('body/'))).toBe(true);
    expect((await tracesOf(old)).some((key) => key.includes('attachment/'))).toBe(true);
    const { number } = await mail.load(old);
    const before = await tracesOf(younger);

    expect(await run()).toMatchObject({ ended: 0, postponed: 0 });
    mail.later(21 * day);
    expect(await run()).toMatchObject({ ended: 1, postponed: 0 });
    expect(await tracesOf(old)).toEqual([]);
    expect(await mail.ledger.load(old)).toBeUndefined();
    expect(await mail.ledger.idOf(number)).toBeUndefined();
    expect(await mail.mailKeys('raw/')).toHaveLength(rawMails.length - 1);
    expect(await tracesOf(younger)).toEqual(before);
    expect(await isThere(stillOpen)).toBe(true);
    expect(await run()).toMatchObject({ ended: 0 });
  });

  it('keeps one that was reopened, and the list of what is open has no closed one', async () => {
    const { inquiryId: id } = await open();
    await states.resolve(id);
    mail.later(8 * day);
    await decideAndAppend(mail.intake, id, mail.intake.terms, mail.now(), () => ({ events: [] }));
    expect((await mail.load(id)).status).toBe('closed');
    const listOpen = async () => {
      const index = new DynamoInquiryIndex(mail.engines.table);
      return (await index.page({ by: 'open' }, 100)).inquiries.map((one) => one.id);
    };
    expect(await listOpen()).not.toContain(id);
    const reply = await mail.deliver(composeRawMail({ to: mail.replyTo(id), text: 'まだです' }));
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
    expect(await listOpen()).toContain(id);
    mail.later(40 * day);
    await run();
    expect(await isThere(id)).toBe(true);
  });

  it('lets a later reply, by address or thread or number, open a new inquiry', async () => {
    const { inquiryId: id, messageId } = await open();
    const { number } = await mail.load(id);
    const to = mail.replyTo(id);
    await close(id);
    mail.later(31 * day);
    await run();
    const replies = [
      composeRawMail({ to, text: 'まだです' }),
      composeRawMail({ text: 'まだです', headers: { 'In-Reply-To': `<${messageId}>` } }),
      composeRawMail({ text: 'まだです', subject: `Re: [${number}] VPN` }),
    ];
    for (const raw of replies) {
      const { fate, inquiryId } = await mail.deliver(raw);
      expect(fate).toBe('opened');
      expect(inquiryId).not.toBe(id);
      expect((await mail.load(inquiryId)).links).toEqual([]);
    }
  });

  it('keeps a thread that leads to another inquiry', async () => {
    const { inquiryId: first } = await open({ id: 'shared@client.example' });
    const { inquiryId: second } = await open({ id: 'shared@client.example', text: '別の件です。' });
    expect(second).not.toBe(first);
    await close(second);
    mail.later(31 * day);
    expect(await run()).toMatchObject({ ended: 1 });
    const { table } = mail.engines;
    const thread = await table.client.send(
      new GetItemCommand({ TableName: table.name, Key: tableKeys.thread('shared@client.example') }),
    );
    expect(thread.Item?.['id']?.S).toBe(first);
  });

  it('ends a merged inquiry after the one that absorbed it', async () => {
    const { inquiryId: merged } = await open();
    const { inquiryId: between } = await open();
    const { inquiryId: absorbing } = await open();
    await states.merge(merged, between);
    await states.merge(between, absorbing);
    mail.later(31 * day);
    expect(await run()).toMatchObject({ ended: 0, postponed: 2 });
    expect(await run()).toMatchObject({ ended: 0, postponed: 0 });
    await close(absorbing);
    mail.later(31 * day);
    // Looked at again, they wait for the one that has been closed since.
    await run();
    mail.later(day);
    await run();
    await run();
    expect(await Promise.all([merged, between, absorbing].map(isThere))).toEqual([
      ...[false, false, false],
    ]);
  });

  it('goes on where a run was killed, whichever write was its last', async () => {
    for (let dieAt = 1; ; dieAt += 1) {
      const { inquiryId: id } = await open({ text: 'い'.repeat(40_000) });
      await close(id);
      mail.later(31 * day);
      const mortal = makeMortalClients(mail.engines, dieAt, dieAt % 2 === 0 ? 'after' : 'before');
      const survived = await run(makeClosed(mortal.table, mortal.s3)).catch((error: unknown) => {
        if (error instanceof WorkerDeath) return undefined;
        throw error;
      });
      mortal.stop();
      if (survived !== undefined) {
        expect(dieAt).toBeGreaterThan(8);
        return;
      }
      if (dieAt > 1) expect(await isThere(id)).toBe(false);
      await run();
      expect(await tracesOf(id)).toEqual([]);
    }
  });

  it('leaves an inquiry that changes while it is looked at', async () => {
    const { inquiryId: id } = await open();
    await close(id);
    mail.later(31 * day);
    const closed = makeClosed(mail.engines.table);
    const racing: ClosedInquiries = {
      findClosed: (before) => closed.findClosed(before),
      find: (one) => closed.find(one),
      begin: async (inquiry) => closed.begin({ ...inquiry, version: inquiry.version - 1 }),
      finish: (one) => closed.finish(one),
      postpone: (inquiry, at) => closed.postpone(inquiry, at),
    };
    expect(await run(racing)).toMatchObject({ ended: 0 });
    expect(await isThere(id)).toBe(true);
  });
});
