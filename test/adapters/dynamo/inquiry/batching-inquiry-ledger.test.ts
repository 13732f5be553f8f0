import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchingInquiryLedger } from '../../../../adapters/dynamo/inquiry/batching-inquiry-ledger.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../../adapters/s3/content-store.ts';
import type { LoadedInquiry } from '../../../../core/inquiry/ports.ts';
import { readSpecimen, specimenMorning } from '../../../support/specimens.ts';
import { onClientCommand } from '../../../support/start-dynamo.ts';
import { bucketNames } from '../../../support/start-engines.ts';
import {
  type LedgerFixture,
  loadInquiry,
  makeOpening,
  planAppendOrThrow,
  startLedgerFixture,
} from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: BatchingInquiryLedger;
/** Transactions since the last test began. */
let transactions = 0;

beforeAll(async () => {
  fixture = await startLedgerFixture();
  const { table, s3 } = fixture.engines;
  ledger = new BatchingInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  onClientCommand(table.client, (name) => {
    if (name === 'TransactWriteItemsCommand') transactions += 1;
  });
});
afterAll(() => fixture.engines.stop());

const routed = { events: [readSpecimen('InquiryRouted')] };
const noted = (of: LoadedInquiry) =>
  planAppendOrThrow(of.inquiry.id, of, { events: [readSpecimen('NotePosted')] });
const versionOf = async ({ inquiry }: LoadedInquiry) =>
  (await loadInquiry(fixture.ledger, inquiry.id)).inquiry.version - inquiry.version;

describe('appends to many inquiries', () => {
  let some: readonly [LoadedInquiry, LoadedInquiry, LoadedInquiry];
  beforeEach(async () => {
    some = [
      await fixture.openInquiry(routed),
      await fixture.openInquiry(routed),
      await fixture.openInquiry(routed),
    ];
    transactions = 0;
  });

  it('share one transaction when they start together', async () => {
    const outcomes = await Promise.all(some.map((one) => ledger.append(noted(one))));
    expect(outcomes).toEqual([{ appended: true }, { appended: true }, { appended: true }]);
    expect(await Promise.all(some.map(versionOf))).toEqual([1, 1, 1]);
    expect(transactions).toBe(1);
  });

  it('are made each by itself where one of them meets a conflict', async () => {
    await fixture.ledger.append(noted(some[1]));
    const outcomes = await Promise.all(some.map((one) => ledger.append(noted(one))));
    expect(outcomes).toEqual([
      { appended: true },
      { appended: false, conflict: 'version' },
      { appended: true },
    ]);
    expect(await Promise.all(some.map(versionOf))).toEqual([1, 1, 1]);
  });

  it('to the same inquiry are never in one transaction, and one of them is written', async () => {
    const outcomes = await Promise.all(
      [some[0], some[0], some[1]].map((one) => ledger.append(noted(one))),
    );
    expect(outcomes.filter(({ appended }) => appended)).toHaveLength(2);
    expect(await Promise.all(some.map(versionOf))).toEqual([1, 1, 0]);
  });

  it('that are more than a transaction takes go in several', async () => {
    const many = await Promise.all(Array.from({ length: 60 }, () => fixture.openInquiry(routed)));
    transactions = 0;
    const outcomes = await Promise.all(many.map((one) => ledger.append(noted(one))));
    expect(outcomes.every(({ appended }) => appended)).toBe(true);
    expect(transactions).toBe(2);
  });

  it('leave openings out, whose conflicts say more', async () => {
    const openings = [makeOpening(), makeOpening()].map((event) =>
      planAppendOrThrow(nodeRandomness.inquiryId(specimenMorning), undefined, { events: [event] }),
    );
    const outcomes = await Promise.all(openings.map((one) => ledger.append(one)));
    expect(outcomes).toEqual([{ appended: true }, { appended: true }]);
    expect(transactions).toBe(2);
  });
});
