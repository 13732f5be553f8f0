import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpWebhooks } from '../../../adapters/webhook/http-webhooks.ts';
import { DeskId, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/work/perform-vendor-command.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/start-receiver.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { startVendorFixture, type VendorFixture } from './vendor-fixture.ts';
import { makeDeskBatch } from './work-fixture.ts';

const queueArn = 'arn:aws:sqs:ap-northeast-1:000000000000:bpo-answers';

let work: VendorFixture;
let receiver: WebhookReceiver;
let handler: ReturnType<typeof makeHandler>;

beforeAll(async () => {
  [work, receiver] = await Promise.all([startVendorFixture(), startWebhookReceiver()]);
  const { keys, mac, now, terms, audit, answers, commandDependencies } = work;
  handler = makeHandler({
    ...{ ...work.telemetry, ...commandDependencies, keys, mac, now, terms, audit, answers },
    env: { ANSWER_QUEUES: new Map([[queueArn, DeskId.parse('bpo')]]) },
    webhooks: new HttpWebhooks([receiver.origin]),
  });
});
afterAll(async () => {
  await work.stop();
  await receiver.stop();
});
beforeEach(async () => {
  receiver.received.length = 0;
  work.audit.entries.length = 0;
  await work.configureKeys({ k1: 'active' }, `${receiver.origin}/hook`);
});

/** Gives a message to the consumer; returns how many are to come again. */
async function deliver(message: unknown, from = queueArn): Promise<number> {
  const { Records } = makeDeskBatch(['x' as InquiryId]);
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const event: SQSEvent = {
    Records: Records.map((record) => ({ ...record, body, eventSourceARN: from })),
  };
  return (await handler(event, fakeLambdaContext())).batchItemFailures.length;
}

const readWebhooks = () => receiver.received.map(({ body }) => JSON.parse(body));

async function statusOf(id: InquiryId): Promise<string | undefined> {
  return (await work.ledger.load(id))?.inquiry.status;
}

async function claimByMessage(id: InquiryId, messageId: string): Promise<number> {
  await deliver({ id: messageId, inquiryId: id, command: 'claim' });
  return readWebhooks().findLast(({ type }) => type === 'inquiry.claimed').fence;
}

describe("an answer of a vendor's system", () => {
  it('is performed by the commands of the console, under the fence of its claim', async () => {
    const { id } = await work.open();
    const fence = await claimByMessage(id, 'a-1');
    const say = (n: number, command: object) =>
      deliver({ id: `a-${n}`, inquiryId: id, ...command });
    expect(await say(2, { command: 'heartbeat', fence })).toBe(0);
    expect(await say(3, { command: 'message', kind: 'public', text: '確認します。', fence })).toBe(
      0,
    );
    expect(await say(4, { command: 'wait', fence, remindAfter: 'P2D' })).toBe(0);
    expect(await statusOf(id)).toBe('waiting');
    expect(await say(5, { command: 'resume' })).toBe(0);
    expect(await say(6, { command: 'transfer', desk: 'staff', note: 'お願いします。' })).toBe(0);
    expect((await work.ledger.load(id))?.inquiry).toMatchObject({
      status: 'queued',
      desk: 'staff',
    });
    const types = (await work.ledger.events(id, 0, 100)).map(({ event }) => event.type);
    expect(types).toEqual(
      expect.arrayContaining(['ReplyPosted', 'InquiryResumed', 'InquiryTransferred']),
    );
    expect(readWebhooks().filter(({ type }) => type === 'command.refused')).toEqual([]);
  });

  it('is done once, however often it comes', async () => {
    const { id } = await work.open();
    const fence = await claimByMessage(id, 'b-1');
    const note = {
      id: 'b-2',
      inquiryId: id,
      command: 'message',
      kind: 'internal',
      text: '一度。',
      fence,
    };
    expect([await deliver(note), await deliver(note), await deliver(note)]).toEqual([0, 0, 0]);
    const events = await work.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'NotePosted')).toHaveLength(1);
    expect(work.audit.entries.map(({ action, repeated }) => [action, repeated])).toEqual([
      ['claim', undefined],
      ['note', undefined],
      ['note', true],
      ['note', true],
    ]);
  });

  it('is done once when it comes twice at a time', async () => {
    const { id } = await work.open();
    const message = { id: 'c-1', inquiryId: id, command: 'resolve', message: '直しました。' };
    await Promise.all([deliver(message), deliver(message), deliver(message)]);
    expect(await deliver(message)).toBe(0);
    const events = await work.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'InquiryResolved')).toHaveLength(1);
    expect(events.filter(({ event }) => event.type === 'InquiryClaimed')).toHaveLength(1);
    expect(readWebhooks()).toEqual([]);
  });

  it('that ends the work claims anew where its claim has run out before it came again', async () => {
    const { id } = await work.open();
    const message = { id: 'c-2', inquiryId: id, command: 'resolve', message: '直しました。' };
    const { ledger } = work;
    const claim = ledger.append.bind(ledger);
    const append = vi.spyOn(ledger, 'append').mockImplementationOnce(claim);
    append.mockRejectedValueOnce(new Error('the table cannot be reached'));
    expect(await deliver(message)).toBe(1);
    append.mockRestore();
    expect(await statusOf(id)).toBe('in_progress');
    work.later(180);
    expect(await deliver(message)).toBe(0);
    expect(await statusOf(id)).toBe('resolved');
    expect(readWebhooks()).toEqual([]);
  });

  it('that will be refused once it is claimed does not claim it', async () => {
    const { id } = await work.open();
    expect(await deliver({ id: 'c-3', inquiryId: id, command: 'transfer', desk: 'nowhere' })).toBe(
      0,
    );
    expect(readWebhooks()).toMatchObject([{ type: 'command.refused', code: 'access.forbidden' }]);
    expect((await work.ledger.load(id))?.inquiry).toMatchObject({ status: 'queued', fence: 0 });
  });

  it('that ends the work without a fence does not end what was claimed before', async () => {
    const { id } = await work.open();
    await claimByMessage(id, 'd-1');
    expect(await deliver({ id: 'd-2', inquiryId: id, command: 'resolve' })).toBe(0);
    expect(await statusOf(id)).toBe('in_progress');
    expect(readWebhooks().at(-1)).toMatchObject({
      type: 'command.refused',
      id: 'd-2',
      inquiryId: id,
    });
  });

  it('tells the same fence when a claim comes again', async () => {
    const { id } = await work.open();
    const fence = await claimByMessage(id, 'e-1');
    expect(await claimByMessage(id, 'e-1')).toBe(fence);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  it('is refused for what is at another desk as if there were no such thing', async () => {
    const { id } = await work.open({ desk: 'bpo-b' });
    expect(await deliver({ id: 'f-1', inquiryId: id, command: 'claim' })).toBe(0);
    expect(readWebhooks()).toMatchObject([{ type: 'command.refused', code: 'access.not-found' }]);
    expect(work.audit.entries).toMatchObject([
      {
        actor: { sub: 'vendor:vendor-a', role: 'system', vendor: 'vendor-a' },
        ...{ action: 'claim', route: 'SQS answers', inquiries: [{ id, right: [] }] },
        outcome: { status: 404, code: 'access.not-found' },
      },
    ]);
  });

  it('is told under another id where it was refused first and then done', async () => {
    const { id } = await work.open();
    const fence = await claimByMessage(id, 'j-1');
    const message = { id: 'j-2', inquiryId: id, command: 'claim' };
    receiver.answers.push({ status: 503 });
    expect(await deliver(message)).toBe(1);
    await deliver({ id: 'j-3', inquiryId: id, command: 'release', fence });
    expect(await deliver(message)).toBe(0);
    const [, refused, done] = receiver.received;
    expect(readWebhooks().map(({ type }) => type)).toEqual([
      ...['inquiry.claimed', 'command.refused', 'inquiry.claimed'],
    ]);
    expect(done?.headers['webhook-id']).not.toBe(refused?.headers['webhook-id']);
  });

  it('comes again while the vendor cannot be told that it was refused', async () => {
    const { id } = await work.open();
    const message = { id: 'g-1', inquiryId: id, command: 'release', fence: 9 };
    receiver.answers.push({ status: 503 });
    expect(await deliver(message)).toBe(1);
    expect(await deliver(message)).toBe(0);
    receiver.answers.push({ status: 410 });
    expect(await deliver({ ...message, id: 'g-2' })).toBe(0);
    await work.configureKeys({ k1: 'active' });
    expect(await deliver({ ...message, id: 'g-3' })).toBe(0);
    expect(readWebhooks().map(({ id: of }) => of)).toEqual(['g-1', 'g-1', 'g-2']);
  });

  it.each([
    ['no JSON', 'resolve it'],
    ['no id', { inquiryId: '019a0000-0000-7000-8000-000000000001', command: 'claim' }],
    [
      'another command',
      { id: 'h', inquiryId: '019a0000-0000-7000-8000-000000000001', command: 'merge' },
    ],
    [
      'a field too many',
      { id: 'h', inquiryId: '019a0000-0000-7000-8000-000000000001', command: 'claim', desk: 'bpo' },
    ],
    [
      'uploads',
      {
        id: 'h',
        inquiryId: '019a0000-0000-7000-8000-000000000001',
        command: 'message',
        kind: 'public',
        text: 'x',
        attachments: [],
      },
    ],
  ])('with %s comes back, to end in the DLQ', async (_what, message) => {
    expect(await deliver(message)).toBe(1);
    expect(work.audit.entries).toEqual([]);
  });

  it('from a queue of no desk is nobody’s', async () => {
    const { id } = await work.open();
    const elsewhere = `${queueArn}-of-others`;
    expect(await deliver({ id: 'i-1', inquiryId: id, command: 'claim' }, elsewhere)).toBe(1);
    expect(await statusOf(id)).toBe('queued');
  });
});
