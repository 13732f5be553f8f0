import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableKeys } from '../../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { noticeKeyOf } from '../../../../core/inquiry/outbox/notice.ts';
import type { Receipt } from '../../../../core/inquiry/outbox/receipt.ts';
import { DeskId, Sub } from '../../../../core/inquiry/values/ids.ts';
import { generatedEventSequence } from '../../../support/generated-inquiries.ts';
import {
  minutesAfterMorning,
  readSpecimen,
  readSpecimenWith,
  specimenMorning,
} from '../../../support/specimens.ts';
import { bucketNames } from '../../../support/start-engines.ts';
import { runs } from '../../../support/volumes.ts';
import {
  type LedgerFixture,
  loadInquiry,
  makeOpening,
  planAppendOrThrow,
  startLedgerFixture,
} from './ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await startLedgerFixture();
});
afterAll(() => fixture.engines.stop());

const routed = { events: [readSpecimen('InquiryRouted')] };

/** The event as a decision gives it: its body inline, and a number of its own. */
function asDecided(event: InquiryEvent): InquiryEvent {
  const bare: InquiryEvent = JSON.parse(
    JSON.stringify(event, (key, value) => (key === 'bodyKey' ? undefined : value)),
  );
  return 'number' in bare ? { ...bare, number: makeOpening().number } : bare;
}

describe('what is appended', () => {
  test('comes back: snapshot, events in order, and the id under the number', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    const events = await fixture.ledger.events(id, 0, 100);
    expect(events.map(({ seq, event }) => [seq, event.type])).toEqual([
      [1, 'InquiryReceived'],
      [2, 'InquiryRouted'],
    ]);
    expect(
      foldEvents(
        id,
        events.map(({ event }) => event),
      ),
    ).toEqual(inquiry);
    expect(await fixture.ledger.idOf(inquiry.number)).toBe(id);
  });

  test('is, for any life, the snapshot that its stored events fold into', async () => {
    await fc.assert(
      fc.asyncProperty(generatedEventSequence, async ({ events }) => {
        const id = nodeRandomness.inquiryId(specimenMorning);
        // Generated clock events name configuration versions that do not exist.
        const decided = events.map(asDecided).filter(({ type }) => type !== 'ClocksReckoned');
        const [first, ...rest] = decided;
        if (first === undefined) throw new TypeError('a life has an opening');
        await fixture.ledger.append(planAppendOrThrow(id, undefined, { events: [first] }));
        for (const event of rest) {
          const before = await loadInquiry(fixture.ledger, id);
          const outcome = await fixture.ledger.append(
            planAppendOrThrow(id, before, { events: [event] }),
          );
          expect(outcome).toEqual({ appended: true });
        }
        const stored = await fixture.ledger.events(id, 0, 1000);
        const { inquiry } = await loadInquiry(fixture.ledger, id);
        expect(
          foldEvents(
            id,
            stored.map(({ event }) => event),
          ),
        ).toEqual(inquiry);
        expect(inquiry.version).toBe(decided.length);
      }),
      { ...runs(10), endOnFailure: true },
    );
  });

  test('comes back with its opening by one read', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    const found = await fixture.ledger.loadOpening(id);
    expect(found?.loaded).toEqual({ inquiry });
    expect(found?.opening).toEqual((await fixture.ledger.events(id, 0, 1))[0]);
    expect(
      await fixture.ledger.loadOpening(nodeRandomness.inquiryId(specimenMorning)),
    ).toBeUndefined();
  });

  test('is read from a place and to a limit', async () => {
    const notes = Array.from({ length: 5 }, () => readSpecimen('NotePosted'));
    const { id } = await fixture.openInquiry({ events: notes });
    expect((await fixture.ledger.events(id, 2, 3)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(await fixture.ledger.events(id, 6, 100)).toEqual([]);
  });

  test('is not there for an id or number that nobody has', async () => {
    const id = nodeRandomness.inquiryId(specimenMorning);
    expect(await fixture.ledger.load(id)).toBeUndefined();
    expect(await fixture.ledger.events(id, 0, 10)).toEqual([]);
    expect(await fixture.ledger.idOf(readSpecimen('InquiryReceived').number)).toBeUndefined();
  });

  test('carries its alarm: on the snapshot for the sweep, on the last event for the relay', async () => {
    const { id } = await fixture.openInquiry({
      events: [readSpecimen('InquiryRouted'), readSpecimen('InquiryAmended')],
    });
    const snapshot = await fixture.readItem(tableKeys.snapshot(id));
    expect(snapshot?.['alSk']?.S).toBe(`2026-04-02T00:13:06.000Z#${id}`);
    const [, second, third] = await fixture.readItems(id, 'EVT#');
    expect(second?.['alarmAt']).toBeUndefined();
    expect(third?.['alarmAt']?.S).toBe('2026-04-02T00:13:06.000Z');
  });

  test('is listed for retention once it is closed, and else only for its requester', async () => {
    const { id } = await fixture.openInquiry(routed, {
      events: [readSpecimen('InquiryWithdrawn')],
    });
    const snapshot = await fixture.readItem(tableKeys.snapshot(id));
    const indexed = ['wlPk', 'agPk', 'alPk', 'rqPk'].filter((key) => snapshot?.[key] !== undefined);
    expect(indexed).toEqual(['alPk', 'rqPk']);
    expect(snapshot?.['alPk']?.S).toMatch(/^ENDED#\d+$/);
    expect(snapshot?.['alSk']?.S).toBe(`${readSpecimen('InquiryWithdrawn').at}#${id}`);
  });

  test('writes the notices it owes as pending, each with an alarm of its own', async () => {
    const { id } = await fixture.openInquiry();
    const [notice] = await fixture.readItems(id, 'NOTICE#');
    const key = noticeKeyOf({
      seq: 1,
      kind: 'acknowledgement',
      recipient: {
        to: 'address',
        address: readSpecimen('InquiryReceived').received.requester.address as never,
      },
    });
    expect(notice).toMatchObject({
      sk: { S: `NOTICE#${key}` },
      kind: { S: 'notice' },
      state: { S: 'pending' },
      alSk: { S: `2026-04-01T00:14:04.000Z#${id}#${key}` },
    });
  });

  test('is over two inquiries all or nothing', async () => {
    const one = await fixture.openInquiry(routed);
    const other = await fixture.openInquiry(routed);
    const merge = planAppendOrThrow(one.id, one, { events: [readSpecimen('InquiryMerged')] });
    const absorb = planAppendOrThrow(other.id, other, {
      events: [readSpecimen('InquiryAbsorbed')],
    });
    const stale = { ...absorb, before: { inquiry: { ...other.inquiry, version: 1 } } };
    expect(await fixture.ledger.append(merge, stale)).toEqual({
      appended: false,
      conflict: 'version',
    });
    expect((await loadInquiry(fixture.ledger, one.id)).inquiry.status).toBe('queued');
    expect(await fixture.ledger.append(merge, absorb)).toEqual({ appended: true });
    expect((await loadInquiry(fixture.ledger, one.id)).inquiry.status).toBe('merged');
    expect((await loadInquiry(fixture.ledger, other.id)).inquiry.links).toHaveLength(1);
  });
});

describe('a body over 64 KiB', () => {
  const long = '長い本文です。'.repeat(10_000);

  test('stands in the content bucket and comes back whole', async () => {
    const { message } = readSpecimen('MessageReceived');
    const { id } = await fixture.openInquiry({
      events: [
        readSpecimen('NotePosted'),
        readSpecimenWith('MessageReceived', {
          message: { ...message, text: long, fullText: `${long}\n> 引用` },
        }),
      ],
    });
    const [, , item] = await fixture.readItems(id, 'EVT#');
    expect(Buffer.byteLength(item?.['data']?.S ?? '')).toBeLessThan(65_536);
    const { message: stored } = JSON.parse(item?.['data']?.S ?? '{}');
    expect(stored.text).toBe(long.slice(0, 2000));
    expect(stored.bodyKey).toMatch(new RegExp(`^body/${id}/00000003-[0-9a-f]{16}\\.json$`));
    const object = await fixture.engines.s3.send(
      new GetObjectCommand({ Bucket: bucketNames.content, Key: stored.bodyKey }),
    );
    expect(JSON.parse((await object.Body?.transformToString()) ?? '')).toEqual({
      text: long,
      fullText: `${long}\n> 引用`,
    });
    const [, , read] = await fixture.ledger.events(id, 0, 10);
    expect(read?.event).toMatchObject({ message: { text: long, fullText: `${long}\n> 引用` } });
    await fixture.engines.s3.send(
      new DeleteObjectCommand({ Bucket: bucketNames.content, Key: stored.bodyKey }),
    );
    const [, , cut] = await fixture.ledger.events(id, 0, 10);
    const beginning = `${long.slice(0, 2000)}\n\n(The rest of this text is no longer kept.`;
    expect(cut?.event).toMatchObject({ message: { text: expect.stringContaining(beginning) } });
  });

  test('of an opening does too', async () => {
    const id = nodeRandomness.inquiryId(specimenMorning);
    const event = makeOpening();
    const { received } = event;
    const large = {
      ...event,
      received: { ...received, message: { ...received.message, text: long } },
    };
    await fixture.ledger.append(planAppendOrThrow(id, undefined, { events: [large] }));
    const [read] = await fixture.ledger.events(id, 0, 1);
    expect(read?.event).toMatchObject({ received: { message: { text: long } } });
  });

  test('of the limit exactly stays in the event', async () => {
    const { message } = readSpecimen('NotePosted');
    const text = 'x'.repeat(65_536 - Buffer.byteLength(JSON.stringify({ text: '' })));
    const { id } = await fixture.openInquiry({
      events: [readSpecimenWith('NotePosted', { message: { ...message, text } })],
    });
    const [, item] = await fixture.readItems(id, 'EVT#');
    expect(item?.['data']?.S).toContain(text);
  });
});

describe('an append is refused', () => {
  test('for the version, when somebody else was faster', async () => {
    const before = await fixture.openInquiry(routed);
    const note = planAppendOrThrow(before.id, before, { events: [readSpecimen('NotePosted')] });
    expect(await fixture.ledger.append(note)).toEqual({ appended: true });
    expect(await fixture.ledger.append(note)).toEqual({ appended: false, conflict: 'version' });
    expect(await fixture.ledger.events(before.id, 0, 10)).toHaveLength(3);
  });

  test('for the number, when another inquiry has it', async () => {
    const { inquiry } = await fixture.openInquiry();
    const id = nodeRandomness.inquiryId(specimenMorning);
    const taken = planAppendOrThrow(id, undefined, {
      events: [readSpecimenWith('InquiryReceived', { number: inquiry.number })],
    });
    expect(await fixture.ledger.append(taken)).toEqual({ appended: false, conflict: 'number' });
    expect(await fixture.ledger.load(id)).toBeUndefined();
    const redrawn = planAppendOrThrow(id, undefined, { events: [makeOpening()] });
    expect(await fixture.ledger.append(redrawn)).toEqual({ appended: true });
  });

  test('for a thread, when its Message-ID already leads somewhere', async () => {
    const threads = ['20260401.thread@mail.toritsugi.example'];
    await fixture.openInquiry({ events: [readSpecimen('InquiryRouted')], threads });
    const other = await fixture.openInquiry();
    const again = planAppendOrThrow(other.id, other, {
      events: [readSpecimen('InquiryRouted')],
      threads,
    });
    expect(await fixture.ledger.append(again)).toEqual({ appended: false, conflict: 'thread' });
  });

  test('for an idempotency key that is taken, until it has expired', async () => {
    const until = minutesAfterMorning(10);
    const idempotencyRecords = [{ key: 'form#1', value: 'answer', expiresAt: until }];
    const before = await fixture.openInquiry({
      events: [readSpecimen('InquiryRouted')],
      idempotencyRecords,
    });
    const events = [readSpecimen('NotePosted')];
    const again = (now: typeof until) =>
      planAppendOrThrow(
        before.id,
        before,
        {
          events,
          idempotencyRecords: [
            {
              ...idempotencyRecords[0],
              key: 'form#1',
              value: 'second',
              expiresAt: minutesAfterMorning(99),
            },
          ],
        },
        now,
      );
    expect(await fixture.ledger.append(again(minutesAfterMorning(9)))).toEqual({
      appended: false,
      conflict: 'once',
    });
    expect(await fixture.ledger.append(again(until))).toEqual({ appended: true });
    expect((await fixture.readItem(tableKeys.idempotency('form#1')))?.['value']?.S).toBe('second');
  });

  test('for the repetition rather than for the version conflict that comes with it', async () => {
    const idempotencyRecords = [{ key: 'form#2', value: 'a', expiresAt: minutesAfterMorning(10) }];
    const before = await fixture.openInquiry();
    const first = planAppendOrThrow(before.id, before, {
      events: [readSpecimen('InquiryRouted')],
      idempotencyRecords,
    });
    expect(await fixture.ledger.append(first)).toEqual({ appended: true });
    expect(await fixture.ledger.append(first)).toEqual({ appended: false, conflict: 'once' });
  });
});

describe('a receipt', () => {
  const receipt: Receipt = {
    id: 'o3vrnil0e2ic28trm7dfhrc2v0c',
    at: specimenMorning,
    channel: 'mail',
    fates: [{ fate: 'quarantined', reason: 'spoofed', at: specimenMorning }],
  };
  const released: Receipt = {
    ...receipt,
    fates: [...receipt.fates, { fate: 'opened', at: minutesAfterMorning(5) }],
  };

  test('has one first fate, and its second is added once', async () => {
    const one = await fixture.openInquiry({ events: [readSpecimen('InquiryRouted')], receipt });
    const other = await fixture.openInquiry();
    const repeated = planAppendOrThrow(other.id, other, {
      events: [readSpecimen('InquiryRouted')],
      receipt,
    });
    expect(await fixture.ledger.append(repeated)).toEqual({ appended: false, conflict: 'receipt' });

    const release = (version: typeof one) =>
      planAppendOrThrow(one.id, version, {
        events: [readSpecimen('NotePosted')],
        receipt: released,
      });
    expect(await fixture.ledger.append(release(one))).toEqual({ appended: true });
    const again = { id: one.id, ...(await loadInquiry(fixture.ledger, one.id)) };
    expect(await fixture.ledger.append(release(again))).toEqual({
      appended: false,
      conflict: 'receipt',
    });
    const item = await fixture.readItem(tableKeys.receipt(receipt.at, receipt.id));
    expect(JSON.parse(item?.['data']?.S ?? '{}')).toEqual(released);
  });

  test('has no second fate without a first', async () => {
    const one = await fixture.openInquiry();
    const orphan = { ...released, id: 'never-received' };
    expect(
      await fixture.ledger.append(
        planAppendOrThrow(one.id, one, {
          events: [readSpecimen('InquiryRouted')],
          receipt: orphan,
        }),
      ),
    ).toEqual({ appended: false, conflict: 'receipt' });
  });
});

describe('an unconfirmed claim', () => {
  const agent = Sub.parse('operator-a7');
  const desk = DeskId.parse('bpo');

  test('is found again by its agent and desk, and stands in the way of a second until it expires', async () => {
    const one = await fixture.openInquiry(routed);
    const other = await fixture.openInquiry(routed);
    const claim = (of: typeof one, replaces?: typeof one, minutes = 0) =>
      planAppendOrThrow(
        of.id,
        of,
        {
          events: [readSpecimen('NotePosted')],
          pendingClaim: {
            agent,
            desk,
            inquiryId: of.id,
            until: minutesAfterMorning(minutes + 1),
            ...(replaces === undefined ? {} : { replaces: replaces.id }),
          },
        },
        minutesAfterMorning(minutes),
      );
    expect(await fixture.ledger.find(agent, desk)).toBeUndefined();
    expect(await fixture.ledger.append(claim(one))).toEqual({ appended: true });
    expect(await fixture.ledger.find(agent, desk)).toBe(one.id);
    expect(await fixture.ledger.append(claim(other))).toEqual({
      appended: false,
      conflict: 'claim',
    });
    expect(await fixture.ledger.append(claim(other, other))).toEqual({
      appended: false,
      conflict: 'claim',
    });
    expect(await fixture.ledger.append(claim(other, one))).toEqual({ appended: true });
    expect(await fixture.ledger.find(agent, desk)).toBe(other.id);
    const third = await fixture.openInquiry(routed);
    expect(await fixture.ledger.append(claim(third, undefined, 1))).toEqual({ appended: true });
  });
});

describe('an alarm moved without an event', () => {
  test('is moved while the version stands, and left alone after', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    const alarmOf = async () => (await fixture.readItem(tableKeys.snapshot(id)))?.['alSk']?.S;
    await fixture.ledger.rearm(id, inquiry.version, minutesAfterMorning(3));
    expect(await alarmOf()).toBe(`${minutesAfterMorning(3)}#${id}`);
    await fixture.ledger.rearm(id, inquiry.version - 1, minutesAfterMorning(9));
    expect(await alarmOf()).toBe(`${minutesAfterMorning(3)}#${id}`);
    expect((await loadInquiry(fixture.ledger, id)).inquiry).toEqual(inquiry);
  });
});
