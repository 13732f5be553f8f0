import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMailSpecimen } from '../../support/mail-specimens.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import {
  composeRawMail,
  type DeliveryInput,
  type MailFixture,
  makeMailBatch,
  startMailFixture,
} from './mail-fixture.ts';

const sender = 'hanako@toritsugi.example';

let mail: MailFixture;

beforeAll(async () => {
  mail = await startMailFixture();
});
afterAll(() => mail.stop());

/** Receives the messages of a queue. */
async function receiveMessages(url: string) {
  const { Messages } = await mail.engines.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
    }),
  );
  return (Messages ?? []).map(({ MessageId = '', Body = '', ReceiptHandle = '' }) => ({
    id: MessageId,
    body: Body,
    handle: ReceiptHandle,
  }));
}

describe('a mail that kills its reader', () => {
  it('is quarantined unread after the second time, with its bytes, and holds up no other', async () => {
    const { sqs, queueUrls, deadQueueUrl } = mail.engines;
    const raw = composeRawMail({ subject: '毒入り' });
    const poison = await mail.store(raw, { commonHeaders: { from: [sender], subject: '毒入り' } });
    const harmless = await mail.store(composeRawMail({}));
    const reader = {
      read: async (bytes: Uint8Array) => {
        if (Buffer.from(bytes).includes('毒入り')) throw new RangeError('out of memory');
        return mail.intake.reader.read(bytes);
      },
    };
    const { process: processMails } = mail.handlersFor({ ...mail.intake, reader });
    for (const { body } of [poison, harmless]) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrls.intake, MessageBody: body }));
    }
    for (let time = 1; time <= 2; time += 1) {
      const messages = await receiveMessages(queueUrls.intake);
      const { batchItemFailures } = await processMails(
        makeMailBatch(messages),
        fakeLambdaContext(),
      );
      const ill = messages.find(({ body }) => body === poison.body);
      expect(batchItemFailures).toEqual([{ itemIdentifier: ill?.id }]);
      // Lambda deletes what succeeded.
      for (const { id, handle: ReceiptHandle } of messages) {
        const message = { QueueUrl: queueUrls.intake, ReceiptHandle };
        if (id !== ill?.id) await sqs.send(new DeleteMessageCommand(message));
        // What failed comes back when its visibility timeout is over, which is now.
        else
          await sqs.send(new ChangeMessageVisibilityCommand({ ...message, VisibilityTimeout: 0 }));
      }
    }
    expect((await mail.receiptOf(harmless.id)).fates[0]?.fate).toBe('opened');
    // The third receive moves it to the dead-letter queue.
    expect(await receiveMessages(queueUrls.intake)).toEqual([]);
    const dead = await receiveMessages(deadQueueUrl('intake'));
    expect(dead.map(({ body }) => body)).toContain(poison.body);
    expect(await mail.handleBatch(dead, mail.handlers.quarantine)).toEqual({
      batchItemFailures: [],
    });

    const { fates, raw: key } = await mail.receiptOf(poison.id);
    expect(fates).toMatchObject([{ fate: 'quarantined', reason: 'poison' }]);
    expect(await mail.load(fates[0]?.inquiryId)).toMatchObject({
      status: 'quarantined',
      subject: '毒入り',
      requester: { address: sender },
      source: { raw: key },
    });
    expect(Buffer.from((await mail.rawMails.get(key ?? '')) ?? []).toString()).toBe(raw);
    expect(await mail.mailKeys(`incoming/${poison.id}`)).toEqual([]);
  });

  it('keeps the fate that it has got when its dead letter comes late', async () => {
    const { id, body, inquiryId } = await mail.deliver(composeRawMail({}));
    expect(await mail.handleBatch([{ id, body }], mail.handlers.quarantine)).toEqual({
      batchItemFailures: [],
    });
    expect((await mail.receiptOf(id)).fates).toEqual([
      { fate: 'opened', inquiryId, at: mail.clock.at },
    ]);
  });

  it('is quarantined once though its dead letter comes twice', async () => {
    const notified = await mail.store(composeRawMail({}));
    await mail.handleBatch([notified, notified], mail.handlers.quarantine);
    await mail.handleBatch([notified], mail.handlers.quarantine);
    const { fates } = await mail.receiptOf(notified.id);
    expect(fates).toHaveLength(1);
    expect(await mail.eventsOf(fates[0]?.inquiryId)).toHaveLength(1);
  });

  it('is quarantined also when its bytes are nowhere to be found', async () => {
    const notified = await mail.store(composeRawMail({}));
    await mail.rawMails.archive(`incoming/${notified.id}`, 'lost');
    expect(await mail.handleBatch([notified])).toEqual({
      batchItemFailures: [{ itemIdentifier: notified.id }],
    });
    await mail.handleBatch([notified], mail.handlers.quarantine);
    expect((await mail.receiptOf(notified.id)).fates).toMatchObject([{ reason: 'poison' }]);
  });

  it('is given back when what it carries is no notification', async () => {
    const answer = await mail.handleBatch([{ id: 'm', body: '{"Type":"Notification"}' }]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] });
  });
});

describe('a mail over a bound', () => {
  const commonHeaders = { from: [`Hanako <${sender}>`], subject: '大きすぎる' };
  const over = (given: DeliveryInput = {}) =>
    mail.deliver(readMailSpecimen('too-many-headers'), { commonHeaders, ...given });
  const isSenderTold = async (inquiryId: Awaited<ReturnType<typeof over>>['inquiryId']) =>
    (await mail.noticeItem(inquiryId, `00000001#over-limit#${sender}`)).Item !== undefined;

  it('is quarantined with the bound that it is over, and its sender is told', async () => {
    const taken = await over();
    expect(taken).toMatchObject({ fate: 'quarantined', reason: 'over-limit' });
    expect((await mail.load(taken.inquiryId)).quarantine?.detail).toContain('header');
    expect(await isSenderTold(taken.inquiryId)).toBe(true);
  });

  it.each<[string, DeliveryInput]>([
    ['whom nothing authenticates', { verdicts: { dmarc: 'GRAY' } }],
    ['who failed DMARC', { verdicts: { dmarc: 'FAIL' } }],
    ['that is a machine by its return path', { source: '' }],
    [
      'that is a machine by its headers',
      { headers: [{ name: 'Auto-Submitted', value: 'auto-generated' }] },
    ],
    ['that is not named', { commonHeaders: { subject: '大きすぎる' } }],
  ])('tells nothing to a sender %s', async (_, given) => {
    const { inquiryId } = await over(given);
    expect(await isSenderTold(inquiryId)).toBe(false);
  });

  it('tells the sender nothing when it is not even a mail', async () => {
    const taken = await mail.deliver(readMailSpecimen('undecodable-garbage'), { commonHeaders });
    expect(taken).toMatchObject({ fate: 'quarantined', reason: 'unreadable' });
    expect(await isSenderTold(taken.inquiryId)).toBe(false);
  });

  it('opens an inquiry of its own when its sender answers what they were told', async () => {
    const { inquiryId } = await over();
    const answer = await mail.deliver(composeRawMail({ to: mail.replyTo(inquiryId) }));
    expect(answer.fate).toBe('opened');
    expect(await mail.load(answer.inquiryId)).toMatchObject({ links: [inquiryId] });
  });
});

describe('a fate', () => {
  it('is what moves a mail: while none can be given, it stays where the reconciler looks', async () => {
    const opened = await mail.deliver(composeRawMail({ id: 'busy@client.example' }));
    const reply = composeRawMail({ headers: { 'In-Reply-To': '<busy@client.example>' } });
    const notified = await mail.store(reply);
    const ledger = Object.assign(Object.create(mail.ledger), {
      load: (id: never) => mail.ledger.load(id),
      append: async () => ({ appended: false, conflict: 'busy' }),
    });
    const { process: processMails } = mail.handlersFor({
      ...mail.intake,
      ledger,
      pause: async () => {},
    });
    expect(await processMails(makeMailBatch([notified]), fakeLambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: notified.id }],
    });
    expect(await mail.mailKeys('incoming/')).toContain(`incoming/${notified.id}`);
    await mail.handleBatch([notified]);
    expect(await mail.load(opened.inquiryId)).toMatchObject({ messages: 2 });
  });
});
