import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Receipt } from '../../../core/inquiry/outbox/receipt.ts';
import {
  composeRawMail,
  type MailFixture,
  mailHelpAddress,
  startMailFixture,
} from './mail-fixture.ts';

let mail: MailFixture;

beforeAll(async () => {
  mail = await startMailFixture();
});
afterAll(() => mail.stop());

async function fatesOf(ids: readonly string[]): Promise<Receipt['fates'][number][]> {
  const receipts = await Promise.all(ids.map((id) => mail.receiptOf(id)));
  return receipts.flatMap(({ fates }) => fates);
}

describe('one message', () => {
  it('is one inquiry and nine duplicates when it comes ten times at once', async () => {
    const raw = composeRawMail({ subject: '十通' });
    const stored = await Promise.all(Array.from({ length: 10 }, () => mail.store(raw)));
    // Each in an invocation of its own, as with ten workers.
    let waiting = stored;
    for (let round = 0; waiting.length > 0 && round < 5; round += 1) {
      const answers = await Promise.all(waiting.map((one) => mail.handleBatch([one])));
      const failed = answers.flatMap(({ batchItemFailures }) => batchItemFailures);
      waiting = waiting.filter(({ id }) => failed.some((item) => item.itemIdentifier === id));
    }
    const fates = await fatesOf(stored.map(({ id }) => id));
    expect(fates.map(({ fate }) => fate).sort()).toEqual([
      ...Array.from({ length: 9 }, () => 'duplicate'),
      'opened',
    ]);
    expect(new Set(fates.map(({ inquiryId }) => inquiryId)).size).toBe(1);
    expect(await mail.eventsOf(fates[0]?.inquiryId)).toHaveLength(1);
  });

  it('is one in one batch too, and to however many of our addresses it was sent', async () => {
    const raw = composeRawMail({ to: `${mailHelpAddress}, soudan@toritsugi.example` });
    const stored = [
      await mail.store(raw),
      await mail.store(raw, { recipients: ['soudan@toritsugi.example'] }),
    ];
    expect(await mail.handleBatch(stored)).toEqual({ batchItemFailures: [] });
    const fates = await fatesOf(stored.map(({ id }) => id));
    expect(fates.map(({ fate }) => fate).sort()).toEqual(['duplicate', 'opened']);
  });

  it('continues an inquiry once when its reply comes twice', async () => {
    const opened = await mail.deliver(composeRawMail({ id: 'root@client.example' }));
    const reply = composeRawMail({ headers: { 'In-Reply-To': '<root@client.example>' } });
    const stored = await Promise.all([mail.store(reply), mail.store(reply)]);
    await Promise.all(stored.map((one) => mail.handleBatch([one])));
    const fates = await fatesOf(stored.map(({ id }) => id));
    expect(fates.map(({ fate }) => fate).sort()).toEqual(['continued', 'duplicate']);
    expect(await mail.load(opened.inquiryId)).toMatchObject({ messages: 2 });
  });

  it('is taken in when a delivery that is trusted follows one that was not', async () => {
    const raw = composeRawMail({ subject: '二つの道' });
    const kept = await mail.deliver(raw, { verdicts: { dmarc: 'FAIL' } });
    const again = await mail.deliver(raw, { verdicts: { dmarc: 'FAIL' } });
    expect(again).toMatchObject({ fate: 'duplicate', inquiryId: kept.inquiryId });
    const opened = await mail.deliver(raw);
    expect(opened.fate).toBe('opened');
    // From now on every other delivery is a duplicate of that.
    for (const verdicts of [{}, { dmarc: 'FAIL' }]) {
      expect(await mail.deliver(raw, { verdicts })).toMatchObject({
        fate: 'duplicate',
        inquiryId: opened.inquiryId,
      });
    }
  });
});

describe('the same message of the queue', () => {
  it('changes nothing when it is delivered again', async () => {
    const notified = await mail.store(composeRawMail({}));
    await mail.handleBatch([notified]);
    const before = await mail.receiptOf(notified.id);
    const count = (await mail.allReceipts()).length;
    mail.later(60);
    for (let time = 0; time < 3; time += 1) {
      expect(await mail.handleBatch([notified])).toEqual({ batchItemFailures: [] });
    }
    const [receipt] = (await mail.allReceipts()).filter(({ id }) => id === notified.id);
    expect(receipt).toEqual(before);
    expect(await mail.allReceipts()).toHaveLength(count);
    expect(await mail.eventsOf(before.fates[0]?.inquiryId)).toHaveLength(1);
    mail.later(-60);
  });

  it('changes nothing when both deliveries run at once, or when it was a duplicate', async () => {
    const raw = composeRawMail({});
    const stored = [await mail.store(raw), await mail.store(raw)];
    await Promise.all([...stored, ...stored].map((one) => mail.handleBatch([one])));
    await mail.handleBatch(stored);
    const fates = await fatesOf(stored.map(({ id }) => id));
    expect(fates.map(({ fate }) => fate).sort()).toEqual(['duplicate', 'opened']);
  });

  it('finds the mail where an earlier delivery has moved it', async () => {
    const notified = await mail.store(composeRawMail({}));
    await mail.rawMails.archive(`incoming/${notified.id}`, `raw/2026/11/24/${notified.id}`);
    expect(await mail.handleBatch([notified])).toEqual({ batchItemFailures: [] });
    expect((await fatesOf([notified.id]))[0]?.fate).toBe('opened');
  });
});

describe('a Message-ID', () => {
  it('that is used again with other content opens another inquiry and threads to the first', async () => {
    const id = 'reused@client.example';
    const first = await mail.deliver(composeRawMail({ id, text: '一つ目' }));
    const second = await mail.deliver(composeRawMail({ id, text: '二つ目' }));
    expect(second.fate).toBe('opened');
    expect(second.inquiryId).not.toBe(first.inquiryId);
    const reply = await mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${id}>` } }));
    expect(reply.inquiryId).toBe(first.inquiryId);
    expect(await mail.deliver(composeRawMail({ id, text: '二つ目' }))).toMatchObject({
      fate: 'duplicate',
      inquiryId: second.inquiryId,
    });
  });

  it('that is used again by another sender with the same content is another message', async () => {
    const id = 'copied@client.example';
    const first = await mail.deliver(composeRawMail({ id }));
    const second = await mail.deliver(composeRawMail({ id, from: 'jiro@toritsugi.example' }));
    expect(second.fate).toBe('opened');
    expect(second.inquiryId).not.toBe(first.inquiryId);
  });

  it('that is missing makes each stored object a message of its own', async () => {
    const raw = composeRawMail({ id: undefined });
    const stored = [await mail.store(raw), await mail.store(raw)];
    await mail.handleBatch(stored);
    await mail.handleBatch(stored);
    const fates = await fatesOf(stored.map(({ id }) => id));
    expect(fates.map(({ fate }) => fate)).toEqual(['opened', 'opened']);
  });
});

describe('all of these', () => {
  it('have one receipt each with one fate', async () => {
    const receipts = await mail.allReceipts();
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length);
    expect(receipts.every(({ fates }) => fates.length === 1)).toBe(true);
    expect(await mail.mailKeys('incoming/')).toEqual([]);
    expect((await mail.mailKeys('raw/')).length).toBe(receipts.length);
  });
});
