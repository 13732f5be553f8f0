import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  listMailSpecimens,
  readExpectedMails,
  readMailSpecimen,
} from '../../support/mail-specimens.ts';
import {
  type MailFixture,
  mailPeople,
  type StoredNotification,
  startMailFixture,
} from './mail-fixture.ts';

let mail: MailFixture;
const stored = new Map<string, StoredNotification>();

beforeAll(async () => {
  mail = await startMailFixture();
  await mail.registry.put({
    ...mailPeople.staff,
    address: 'employee-2@toritsugi.example' as never,
  });
  // One after another in the order of their names, since the expected fates depend on it.
  for (const name of listMailSpecimens()) {
    const notified = await mail.store(readMailSpecimen(name));
    await mail.handleBatch([notified]);
    stored.set(name, notified);
  }
});
afterAll(() => mail.stop());

describe('processing the specimen mails', () => {
  it.each([...readExpectedMails()])(
    'gives %s the fate that is expected of it',
    async (name, expected) => {
      const { fates } = await mail.receiptOf(stored.get(name)?.id ?? '');
      expect(fates).toHaveLength(1);
      const [fate] = fates;
      expect({ fate: fate?.fate, reason: fate?.reason }).toEqual({
        fate: expected.fate,
        reason: expected.reason,
      });
      const inquiry = await mail.load(fate?.inquiryId);
      if (!('unreadable' in expected) && expected.fate === 'opened') {
        expect(inquiry).toMatchObject({
          status: 'new',
          subject: expected.subject,
          automated: expected.machine,
        });
      }
      if (expected.fate === 'quarantined') {
        expect(inquiry).toMatchObject({
          status: 'quarantined',
          quarantine: { reason: expected.reason },
        });
      }
    },
  );

  it('keeps one receipt for each of them, and nothing is unaccounted for', async () => {
    const receipts = await mail.allReceipts();
    expect(receipts.map(({ id }) => id).sort()).toEqual(
      [...stored.values()].map(({ id }) => id).sort(),
    );
    expect(receipts.every(({ fates }) => fates.length === 1)).toBe(true);
  });

  it('moves every one of them from incoming to the day on which it came, byte for byte', async () => {
    expect(await mail.mailKeys('incoming/')).toEqual([]);
    for (const [name, { id }] of stored) {
      const { raw } = await mail.receiptOf(id);
      expect(raw).toBe(`raw/2026/11/24/${id}`);
      const bytes = await mail.rawMails.get(raw ?? '');
      expect(Buffer.from(bytes ?? []).equals(readMailSpecimen(name))).toBe(true);
    }
  });

  it("keeps a specimen's attachments with its inquiry, and marks those that are held", async () => {
    const { fates } = await mail.receiptOf(stored.get('executable-attachments')?.id ?? '');
    const [opened] = await mail.eventsOf(fates[0]?.inquiryId);
    if (opened?.type !== 'InquiryReceived') throw new TypeError('it opened nothing');
    const { attachments } = opened.received.message;
    expect(attachments.map(({ name, held }) => [name, held])).toEqual([
      ['setup.exe', 'executable'],
      ['report.pdf', 'executable'],
    ]);
    for (const { id, size } of attachments) {
      const key = `attachment/${fates[0]?.inquiryId}/${id}`;
      expect((await mail.content.get(key))?.length).toBe(size);
    }
  });
});
