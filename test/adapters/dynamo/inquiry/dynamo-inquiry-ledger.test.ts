import { GetObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableKeys } from '../../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { noticeKeyOf } from '../../../../core/inquiry/outbox/notice.ts';
import type { Receipt } from '../../../../core/inquiry/outbox/receipt.ts';
import { DeskId, Sub } from '../../../../core/inquiry/values/ids.ts';
import { generatedLife } from '../../../support/generated-inquiries.ts';
import { like, minutesLater, morning, specimen } from '../../../support/specimens.ts';
import { buckets } from '../../../support/start-engines.ts';
import { type LedgerWorld, loaded, opening, planned, startLedger } from './ledger-fixture.ts';

let world: LedgerWorld;
beforeAll(async () => {
  world = await startLedger();
});
afterAll(() => world.engines.stop());

const routed = { events: [specimen('InquiryRouted')] };

/** A decision puts no body aside itself, and draws a number of its own. */
function asDecided(event: InquiryEvent): InquiryEvent {
  const bare: InquiryEvent = JSON.parse(
    JSON.stringify(event, (key, value) => (key === 'bodyKey' ? undefined : value)),
  );
  return 'number' in bare ? { ...bare, number: opening().number } : bare;
}

describe('what is appended', () => {
  test('comes back: snapshot, events in order, and the id under the number', async () => {
    const { id, inquiry } = await world.opened(routed);
    const events = await world.ledger.events(id, 0, 100);
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
    expect(await world.ledger.idOf(inquiry.number)).toBe(id);
  });

  test('is, for any life, the snapshot that its stored events fold into', async () => {
    await fc.assert(
      fc.asyncProperty(generatedLife, async ({ events }) => {
        const id = nodeRandomness.inquiryId(morning);
        // A life's reckonings name versions that nobody has put.
        const decided = events.map(asDecided).filter(({ type }) => type !== 'ClocksReckoned');
        const [first, ...rest] = decided;
        if (first === undefined) throw new TypeError('a life has an opening');
        await world.ledger.append(planned(id, undefined, { events: [first] }));
        for (const event of rest) {
          const before = await loaded(world.ledger, id);
          const outcome = await world.ledger.append(planned(id, before, { events: [event] }));
          expect(outcome).toEqual({ appended: true });
        }
        const stored = await world.ledger.events(id, 0, 1000);
        const { inquiry } = await loaded(world.ledger, id);
        expect(
          foldEvents(
            id,
            stored.map(({ event }) => event),
          ),
        ).toEqual(inquiry);
        expect(inquiry.version).toBe(decided.length);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  test('comes back with its opening by one read', async () => {
    const { id, inquiry } = await world.opened(routed);
    const found = await world.ledger.loadOpening(id);
    expect(found?.loaded).toEqual({ inquiry });
    expect(found?.opening).toEqual((await world.ledger.events(id, 0, 1))[0]);
    expect(await world.ledger.loadOpening(nodeRandomness.inquiryId(morning))).toBeUndefined();
  });

  test('is read from a place and to a limit', async () => {
    const notes = Array.from({ length: 5 }, () => specimen('NotePosted'));
    const { id } = await world.opened({ events: notes });
    expect((await world.ledger.events(id, 2, 3)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(await world.ledger.events(id, 6, 100)).toEqual([]);
  });

  test('is not there for an id or number that nobody has', async () => {
    const id = nodeRandomness.inquiryId(morning);
    expect(await world.ledger.load(id)).toBeUndefined();
    expect(await world.ledger.events(id, 0, 10)).toEqual([]);
    expect(await world.ledger.idOf(specimen('InquiryReceived').number)).toBeUndefined();
  });

  test('carries its alarm: on the snapshot for the sweep, on the last event for the relay', async () => {
    const { id } = await world.opened({
      events: [specimen('InquiryRouted'), specimen('InquiryAmended')],
    });
    const snapshot = await world.item(tableKeys.snapshot(id));
    expect(snapshot?.['alSk']?.S).toBe(`2026-04-02T00:13:06.000Z#${id}`);
    const [, second, third] = await world.items(id, 'EVT#');
    expect(second?.['alarmAt']).toBeUndefined();
    expect(third?.['alarmAt']?.S).toBe('2026-04-02T00:13:06.000Z');
  });

  test('leaves every index once it is closed, but the requester’s', async () => {
    const { id } = await world.opened(routed, { events: [specimen('InquiryWithdrawn')] });
    const snapshot = await world.item(tableKeys.snapshot(id));
    const indexed = ['wlPk', 'agPk', 'alPk', 'rqPk'].filter((key) => snapshot?.[key] !== undefined);
    expect(indexed).toEqual(['rqPk']);
  });

  test('writes the notices it owes as pending, each with an alarm of its own', async () => {
    const { id } = await world.opened();
    const [notice] = await world.items(id, 'NOTICE#');
    const key = noticeKeyOf({
      seq: 1,
      kind: 'acknowledgement',
      recipient: {
        to: 'address',
        address: specimen('InquiryReceived').received.requester.address as never,
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
    const one = await world.opened(routed);
    const other = await world.opened(routed);
    const merge = planned(one.id, one, { events: [specimen('InquiryMerged')] });
    const absorb = planned(other.id, other, { events: [specimen('InquiryAbsorbed')] });
    const stale = { ...absorb, before: { inquiry: { ...other.inquiry, version: 1 } } };
    expect(await world.ledger.append(merge, stale)).toEqual({
      appended: false,
      conflict: 'version',
    });
    expect((await loaded(world.ledger, one.id)).inquiry.status).toBe('queued');
    expect(await world.ledger.append(merge, absorb)).toEqual({ appended: true });
    expect((await loaded(world.ledger, one.id)).inquiry.status).toBe('merged');
    expect((await loaded(world.ledger, other.id)).inquiry.links).toHaveLength(1);
  });
});

describe('a body over 64 KiB', () => {
  const long = '長い本文です。'.repeat(10_000);

  test('stands in the content bucket and comes back whole', async () => {
    const { message } = specimen('MessageReceived');
    const { id } = await world.opened({
      events: [
        specimen('NotePosted'),
        like('MessageReceived', {
          message: { ...message, text: long, fullText: `${long}\n> 引用` },
        }),
      ],
    });
    const [, , item] = await world.items(id, 'EVT#');
    expect(Buffer.byteLength(item?.['data']?.S ?? '')).toBeLessThan(65_536);
    const { message: stored } = JSON.parse(item?.['data']?.S ?? '{}');
    expect(stored.text).toBe(long.slice(0, 2000));
    expect(stored.bodyKey).toMatch(new RegExp(`^body/${id}/00000003-[0-9a-f]{16}\\.json$`));
    const object = await world.engines.s3.send(
      new GetObjectCommand({ Bucket: buckets.content, Key: stored.bodyKey }),
    );
    expect(JSON.parse((await object.Body?.transformToString()) ?? '')).toEqual({
      text: long,
      fullText: `${long}\n> 引用`,
    });
    const [, , read] = await world.ledger.events(id, 0, 10);
    expect(read?.event).toMatchObject({ message: { text: long, fullText: `${long}\n> 引用` } });
  });

  test('of an opening does too', async () => {
    const id = nodeRandomness.inquiryId(morning);
    const event = opening();
    const { received } = event;
    const large = {
      ...event,
      received: { ...received, message: { ...received.message, text: long } },
    };
    await world.ledger.append(planned(id, undefined, { events: [large] }));
    const [read] = await world.ledger.events(id, 0, 1);
    expect(read?.event).toMatchObject({ received: { message: { text: long } } });
  });

  test('of the limit exactly stays in the event', async () => {
    const { message } = specimen('NotePosted');
    const text = 'x'.repeat(65_536 - Buffer.byteLength(JSON.stringify({ text: '' })));
    const { id } = await world.opened({
      events: [like('NotePosted', { message: { ...message, text } })],
    });
    const [, item] = await world.items(id, 'EVT#');
    expect(item?.['data']?.S).toContain(text);
  });
});

describe('an append is refused', () => {
  test('for the version, when somebody else was faster', async () => {
    const before = await world.opened(routed);
    const note = planned(before.id, before, { events: [specimen('NotePosted')] });
    expect(await world.ledger.append(note)).toEqual({ appended: true });
    expect(await world.ledger.append(note)).toEqual({ appended: false, conflict: 'version' });
    expect(await world.ledger.events(before.id, 0, 10)).toHaveLength(3);
  });

  test('for the number, when another inquiry has it', async () => {
    const { inquiry } = await world.opened();
    const id = nodeRandomness.inquiryId(morning);
    const taken = planned(id, undefined, {
      events: [like('InquiryReceived', { number: inquiry.number })],
    });
    expect(await world.ledger.append(taken)).toEqual({ appended: false, conflict: 'number' });
    expect(await world.ledger.load(id)).toBeUndefined();
    const redrawn = planned(id, undefined, { events: [opening()] });
    expect(await world.ledger.append(redrawn)).toEqual({ appended: true });
  });

  test('for a thread, when its Message-ID already leads somewhere', async () => {
    const threads = ['20260401.thread@mail.toritsugi.example'];
    await world.opened({ events: [specimen('InquiryRouted')], threads });
    const other = await world.opened();
    const again = planned(other.id, other, { events: [specimen('InquiryRouted')], threads });
    expect(await world.ledger.append(again)).toEqual({ appended: false, conflict: 'thread' });
  });

  test('for a key that is used once, until it has expired', async () => {
    const until = minutesLater(10);
    const once = [{ key: 'form#1', value: 'answer', expiresAt: until }];
    const before = await world.opened({
      events: [specimen('InquiryRouted')],
      idempotencyRecords: once,
    });
    const events = [specimen('NotePosted')];
    const again = (now: typeof until) =>
      planned(
        before.id,
        before,
        {
          events,
          idempotencyRecords: [
            { ...once[0], key: 'form#1', value: 'second', expiresAt: minutesLater(99) },
          ],
        },
        now,
      );
    expect(await world.ledger.append(again(minutesLater(9)))).toEqual({
      appended: false,
      conflict: 'once',
    });
    expect(await world.ledger.append(again(until))).toEqual({ appended: true });
    expect((await world.item(tableKeys.idempotency('form#1')))?.['value']?.S).toBe('second');
  });

  test('for what is repeated rather than for the race that was lost with it', async () => {
    const once = [{ key: 'form#2', value: 'a', expiresAt: minutesLater(10) }];
    const before = await world.opened();
    const first = planned(before.id, before, {
      events: [specimen('InquiryRouted')],
      idempotencyRecords: once,
    });
    expect(await world.ledger.append(first)).toEqual({ appended: true });
    expect(await world.ledger.append(first)).toEqual({ appended: false, conflict: 'once' });
  });
});

describe('a receipt', () => {
  const receipt: Receipt = {
    id: 'o3vrnil0e2ic28trm7dfhrc2v0c',
    at: morning,
    channel: 'mail',
    fates: [{ fate: 'quarantined', reason: 'spoofed', at: morning }],
  };
  const released: Receipt = {
    ...receipt,
    fates: [...receipt.fates, { fate: 'opened', at: minutesLater(5) }],
  };

  test('has one first fate, and its second is added once', async () => {
    const one = await world.opened({ events: [specimen('InquiryRouted')], receipt });
    const other = await world.opened();
    const repeated = planned(other.id, other, { events: [specimen('InquiryRouted')], receipt });
    expect(await world.ledger.append(repeated)).toEqual({ appended: false, conflict: 'receipt' });

    const release = (version: typeof one) =>
      planned(one.id, version, { events: [specimen('NotePosted')], receipt: released });
    expect(await world.ledger.append(release(one))).toEqual({ appended: true });
    const again = { id: one.id, ...(await loaded(world.ledger, one.id)) };
    expect(await world.ledger.append(release(again))).toEqual({
      appended: false,
      conflict: 'receipt',
    });
    const item = await world.item(tableKeys.receipt(receipt.at, receipt.id));
    expect(JSON.parse(item?.['data']?.S ?? '{}')).toEqual(released);
  });

  test('has no second fate without a first', async () => {
    const one = await world.opened();
    const orphan = { ...released, id: 'never-received' };
    expect(
      await world.ledger.append(
        planned(one.id, one, { events: [specimen('InquiryRouted')], receipt: orphan }),
      ),
    ).toEqual({ appended: false, conflict: 'receipt' });
  });
});

describe('an unconfirmed claim', () => {
  const agent = Sub.parse('operator-a7');
  const desk = DeskId.parse('bpo');

  test('is found again by its agent and desk, and stands in the way of a second until it expires', async () => {
    const one = await world.opened(routed);
    const other = await world.opened(routed);
    const claim = (of: typeof one, replaces?: typeof one, minutes = 0) =>
      planned(
        of.id,
        of,
        {
          events: [specimen('NotePosted')],
          pendingClaim: {
            agent,
            desk,
            inquiryId: of.id,
            until: minutesLater(minutes + 1),
            ...(replaces === undefined ? {} : { replaces: replaces.id }),
          },
        },
        minutesLater(minutes),
      );
    expect(await world.ledger.find(agent, desk)).toBeUndefined();
    expect(await world.ledger.append(claim(one))).toEqual({ appended: true });
    expect(await world.ledger.find(agent, desk)).toBe(one.id);
    expect(await world.ledger.append(claim(other))).toEqual({ appended: false, conflict: 'claim' });
    expect(await world.ledger.append(claim(other, other))).toEqual({
      appended: false,
      conflict: 'claim',
    });
    expect(await world.ledger.append(claim(other, one))).toEqual({ appended: true });
    expect(await world.ledger.find(agent, desk)).toBe(other.id);
    const third = await world.opened(routed);
    expect(await world.ledger.append(claim(third, undefined, 1))).toEqual({ appended: true });
  });
});

describe('an alarm moved without an event', () => {
  test('is moved while the version stands, and left alone after', async () => {
    const { id, inquiry } = await world.opened(routed);
    const alarmOf = async () => (await world.item(tableKeys.snapshot(id)))?.['alSk']?.S;
    await world.ledger.rearm(id, inquiry.version, minutesLater(3));
    expect(await alarmOf()).toBe(`${minutesLater(3)}#${id}`);
    await world.ledger.rearm(id, inquiry.version - 1, minutesLater(9));
    expect(await alarmOf()).toBe(`${minutesLater(3)}#${id}`);
    expect((await loaded(world.ledger, id)).inquiry).toEqual(inquiry);
  });
});
