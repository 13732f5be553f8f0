import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoPersonRegistry } from '../../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { Person } from '../../../../core/access/person.ts';
import type { Receipt } from '../../../../core/inquiry/outbox/receipt.ts';
import { EmailAddress, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { minutesAfterMorning, readSpecimen, specimenMorning } from '../../../support/specimens.ts';
import { type LedgerFixture, startLedgerFixture } from '../inquiry/ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await startLedgerFixture();
});
afterAll(() => fixture.engines.stop());

const nothing = { idempotencyKeys: [], messageIds: [], addresses: [] };

describe('what is looked up of an input', () => {
  test('is found in one answer, and what is not there is left out', async () => {
    const threads = ['known@mail.toritsugi.example'];
    const idempotencyRecords = [
      { key: 'mail#1', value: '{"fate":"opened"}', expiresAt: minutesAfterMorning(10) },
    ];
    const { id, inquiry } = await fixture.openInquiry({
      events: [readSpecimen('InquiryRouted')],
      threads,
      idempotencyRecords,
    });
    const registry = new DynamoPersonRegistry(fixture.engines.table);
    const [here, gone, stranger] = ['here', 'gone', 'stranger'].map((name) =>
      EmailAddress.parse(`${name}@toritsugi.example`),
    ) as [EmailAddress, EmailAddress, EmailAddress];
    await registry.put(Person.parse({ address: here, name: 'Here', role: 'requester' }));
    await registry.put(
      Person.parse({ address: gone, name: 'Gone', role: 'requester', state: 'left' }),
    );

    const answer = await new DynamoIntakeLookup(fixture.engines.table).lookUp(
      {
        idempotencyKeys: ['mail#0', 'mail#1'],
        messageIds: ['unknown@x.example', ...threads],
        number: inquiry.number,
        addresses: [stranger, here, gone],
      },
      specimenMorning,
    );
    expect([...answer.idempotencyValues]).toEqual([['mail#1', '{"fate":"opened"}']]);
    expect([...answer.threads]).toEqual([[threads[0], { inquiryId: id, audience: 'requester' }]]);
    expect(answer.inquiryByNumber).toBe(id);
    expect([...answer.people.keys()]).toEqual([here]);
  });

  test('that has expired counts as absent though it is still there', async () => {
    const idempotencyRecords = [{ key: 'mail#2', value: 'x', expiresAt: minutesAfterMorning(10) }];
    await fixture.openInquiry({
      events: [readSpecimen('InquiryRouted')],
      idempotencyRecords,
    });
    const lookup = new DynamoIntakeLookup(fixture.engines.table);
    const question = { ...nothing, idempotencyKeys: ['mail#2'] };
    expect((await lookup.lookUp(question, minutesAfterMorning(9))).idempotencyValues.size).toBe(1);
    expect((await lookup.lookUp(question, minutesAfterMorning(10))).idempotencyValues.size).toBe(0);
  });

  test('may be nothing', async () => {
    const answer = await new DynamoIntakeLookup(fixture.engines.table).lookUp(
      nothing,
      specimenMorning,
    );
    expect([answer.idempotencyValues.size, answer.threads.size, answer.people.size]).toEqual([
      0, 0, 0,
    ]);
  });
});

describe('receipts', () => {
  const receipt = (index: number): Receipt => ({
    id: `mail-${index}`,
    at: instantOf(Date.parse(specimenMorning) + index),
    channel: 'mail',
    fates: [{ fate: 'recorded', at: specimenMorning }],
    raw: `raw/2026/04/01/mail-${index}`,
  });

  test('are recorded once, also when asked ten times at once', async () => {
    const receipts = new DynamoReceiptLedger(fixture.engines.table);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => receipts.record(receipt(0), 'raw#0', specimenMorning)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await receipts.record({ ...receipt(0), id: 'other' }, 'raw#0', specimenMorning)).toBe(
      false,
    );
    expect(await receipts.find(receipt(0).at, 'mail-0')).toEqual(receipt(0));
    expect(await receipts.find(receipt(0).at, 'other')).toBeUndefined();
  });

  test('of a day come newest first, page by page, none twice and none left out', async () => {
    const receipts = new DynamoReceiptLedger(fixture.engines.table);
    for (let index = 1; index <= 40; index += 1) {
      await receipts.record(receipt(index), `raw#${index}`, specimenMorning);
    }
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await receipts.page('2026-04-01', 7, after);
      expect(page.receipts.length).toBeLessThanOrEqual(7);
      ids.push(...page.receipts.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(ids).toEqual(Array.from({ length: 41 }, (_, index) => `mail-${40 - index}`));
    expect((await receipts.page('2026-04-02', 7)).receipts).toEqual([]);
  });
});
