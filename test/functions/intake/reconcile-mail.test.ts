import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SqsIntakeQueue } from '../../../adapters/sqs/sqs-intake-queue.ts';
import { addSeconds, instantOf } from '../../../core/inquiry/values/ids.ts';
import { buildMailNotification } from '../../../core/intake/mail/mail-notification.ts';
import { MailPolicy } from '../../../core/intake/mail/mail-policy.ts';
import { makeHandler } from '../../../functions/intake/reconcile-mail.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import {
  composeRawMail,
  type MailFixture,
  makeMailBatch,
  startMailFixture,
} from './mail-fixture.ts';

let mail: MailFixture;

beforeAll(async () => {
  mail = await startMailFixture();
});
afterAll(() => mail.stop());
beforeEach(async () => {
  await mail.engines.sqs.send(new PurgeQueueCommand({ QueueUrl: mail.engines.queueUrls.intake }));
});

/** Runs the reconciler some seconds from now, by the clock that S3 uses too. */
async function reconcile(secondsLater: number): Promise<unknown> {
  const { sqs, queueUrls } = mail.engines;
  const handler = makeHandler({
    ...mail.telemetry,
    bucket: bucketNames.mail,
    mails: mail.rawMails,
    queue: new SqsIntakeQueue(sqs, queueUrls.intake),
    now: () => addSeconds(instantOf(Date.now()), secondsLater),
  });
  const event = { time: '2026-11-24T01:05:00Z' } as Parameters<typeof handler>[0];
  await handler(event, fakeLambdaContext());
  return mail.telemetry.lines.at(-1)?.fields;
}

async function receiveAnnounced() {
  const { Messages } = await mail.engines.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: mail.engines.queueUrls.intake,
      MaxNumberOfMessages: 10,
    }),
  );
  return (Messages ?? []).map(({ MessageId = '', Body = '' }) => ({ id: MessageId, body: Body }));
}

describe('the reconciler', () => {
  it('leaves alone what has only just come', async () => {
    const { id } = await mail.store(composeRawMail({}));
    expect(await reconcile(600)).toMatchObject({ announced: 0 });
    await mail.rawMails.archive(`incoming/${id}`, `raw/${id}`);
  });

  it('announces a mail without a fate once, and it is taken in', async () => {
    const { id } = await mail.store(composeRawMail({ subject: '忘れられた' }));
    expect(await reconcile(1000)).toMatchObject({ announced: 1 });
    // Its message is still in the queue, so there is nothing more to do.
    expect(await reconcile(1000)).toMatchObject({ announced: 0 });
    const messages = await receiveAnnounced();
    expect(messages).toHaveLength(1);
    // Nor while it is being processed.
    expect(await reconcile(1000)).toMatchObject({ announced: 0 });
    expect(await mail.handlers.process(makeMailBatch(messages), fakeLambdaContext())).toEqual({
      batchItemFailures: [],
    });
    const { receipts } = await mail.receipts.page(instantOf(Date.now()).slice(0, 10), 100);
    const receipt = receipts.find((one) => one.id === id);
    expect(receipt).toMatchObject({ fates: [{ fate: 'opened' }] });
    expect(await mail.mailKeys('incoming/')).toEqual([]);
    expect(await mail.rawMails.get(receipt?.raw ?? '')).toBeDefined();
  });

  it('has the stage decide about a mail whose verdicts nobody knows', async () => {
    await mail.store(composeRawMail({}));
    await reconcile(1000);
    const settings = {
      ...mail.intake.settings,
      policy: MailPolicy.parse({ onProcessingFailed: 'quarantine' }),
    };
    const { process: processMails } = mail.handlersFor({ ...mail.intake, settings });
    await processMails(makeMailBatch(await receiveAnnounced()), fakeLambdaContext());
    const { receipts } = await mail.receipts.page(instantOf(Date.now()).slice(0, 10), 100);
    expect(receipts[0]).toMatchObject({ fates: [{ fate: 'quarantined', reason: 'virus' }] });
  });

  it('only moves a mail that has its fate already', async () => {
    const { id, inquiryId } = await mail.deliver(composeRawMail({}));
    const { raw = '' } = await mail.receiptOf(id);
    // As if the first worker had stopped between fate and move.
    await mail.rawMails.archive(raw, `incoming/${id}`);
    expect(await reconcile(1000)).toMatchObject({ announced: 1 });
    await mail.handlers.process(makeMailBatch(await receiveAnnounced()), fakeLambdaContext());
    expect(await mail.mailKeys('incoming/')).toEqual([]);
    expect(await mail.rawMails.get(raw)).toBeDefined();
    expect(await mail.eventsOf(inquiryId)).toHaveLength(1);
    expect((await mail.receiptOf(id)).fates).toHaveLength(1);
  });

  it('takes no notice of what SES writes when its rule is made', async () => {
    const Key = 'incoming/AMAZON_SES_SETUP_NOTIFICATION';
    await mail.engines.s3.send(
      new PutObjectCommand({ Bucket: bucketNames.mail, Key, Body: 'From: x' }),
    );
    expect(await reconcile(1000)).toMatchObject({ announced: 0 });
    // Should it ever be announced all the same, it is nobody's mail.
    const body = JSON.stringify(buildMailNotification(bucketNames.mail, Key, mail.now()));
    const before = { ...mail.telemetry.counts };
    for (const consume of [mail.handlers.process, mail.handlers.quarantine]) {
      expect(await consume(makeMailBatch([{ id: 'setup', body }]), fakeLambdaContext())).toEqual({
        batchItemFailures: [],
      });
    }
    const done = (before.RecordDone ?? 0) + 2;
    expect(mail.telemetry.counts).toEqual({ ...before, RecordDone: done });
    expect(await mail.mailKeys('raw/')).not.toContain('AMAZON_SES_SETUP_NOTIFICATION');
    expect(await mail.rawMails.get(Key)).toBeDefined();
  });
});
