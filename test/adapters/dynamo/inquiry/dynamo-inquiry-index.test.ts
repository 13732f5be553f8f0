import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoInquiryIndex } from '../../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import {
  buildNoticeItem,
  buildSnapshotItem,
} from '../../../../adapters/dynamo/inquiry/inquiry-items.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import type { Clock } from '../../../../core/inquiry/clock/clock.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { noAlarmAt } from '../../../../core/inquiry/fire-alarm.ts';
import type { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { addSeconds, DeskId } from '../../../../core/inquiry/values/ids.ts';
import {
  helpDeskActors,
  makeRoutedEvent,
  quarantinedEvent,
  receivedEvent,
  workStart,
} from '../../../core/help-desk.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
let index: DynamoInquiryIndex;
beforeAll(async () => {
  dynamo = await startDynamo();
  index = new DynamoInquiryIndex(dynamo.table);
});
afterAll(() => dynamo.stop());

/** Stores the snapshot of an inquiry at a desk, `minute` minutes after the start. */
async function put(desk: DeskId, minute: number, given: Partial<Inquiry> = {}): Promise<Inquiry> {
  const id = nodeRandomness.inquiryId(workStart);
  const folded = foldEvents(id, [receivedEvent, makeRoutedEvent(desk)]);
  if (folded === undefined) throw new TypeError('nothing opens it');
  const inquiry = { ...folded, receivedAt: addSeconds(workStart, minute * 60), ...given };
  await write(inquiry);
  return inquiry;
}

async function write(inquiry: Inquiry): Promise<void> {
  const { client, name } = dynamo.table;
  await client.send(
    new PutItemCommand({ TableName: name, Item: buildSnapshotItem(inquiry, noAlarmAt) }),
  );
}

const desk = (name: string) => DeskId.parse(name);

const clock = (name: Clock['clock'], given: Partial<Clock>): Clock => ({
  ...{ clock: name, cycle: 1, run: 1, startedAt: workStart, carried: 0, pauses: [], warned: [] },
  ...given,
});

describe('the worklist', () => {
  it('is in the order of work over all its shards, in pages of any size', async () => {
    const at = desk('order');
    const put30 = [];
    for (let minute = 0; minute < 30; minute += 1) {
      const priority = (['low', 'critical', 'medium'] as const)[minute % 3] ?? 'high';
      put30.push(await put(at, (minute * 7) % 30, { priority }));
    }
    const ranks = ['critical', 'high', 'medium', 'low'];
    const sorted = put30
      .map((one) => ({ one, key: `${ranks.indexOf(one.priority)}${one.receivedAt}${one.id}` }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ one }) => one.id);
    const found = await index.listWaiting(at, 100);
    expect(found.map(({ id }) => id)).toEqual(sorted);
    for (const size of [1, 4, 30]) {
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await index.page({ by: 'desk', desk: at }, size, after);
        expect(page.inquiries.length).toBeLessThanOrEqual(size);
        paged.push(...page.inquiries.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(paged).toEqual(sorted);
    }
  });

  it('has the earliest deadline first within a priority, missed or not, and then none', async () => {
    const at = desk('deadlines');
    const due = (minute: number) => addSeconds(workStart, minute * 60);
    const none = await put(at, 1);
    const late = await put(at, 2, { clocks: [clock('resolution', { dueAt: due(500) })] });
    const soon = await put(at, 3, {
      clocks: [clock('resolution', { dueAt: due(600) }), clock('pickup', { dueAt: due(30) })],
    });
    const missed = await put(at, 4, {
      clocks: [clock('first_response', { dueAt: due(5), breachedAt: due(5), detectedAt: due(6) })],
    });
    const answered = await put(at, 5, {
      clocks: [clock('first_response', { dueAt: due(4), endedAt: due(4), verdict: 'met' })],
    });
    const urgent = await put(at, 6, { priority: 'critical' });
    const found = await index.listWaiting(at, 10);
    expect(found.map(({ id }) => id)).toEqual(
      [urgent, missed, soon, late, none, answered].map(({ id }) => id),
    );
    expect(await index.depth(at, 10)).toEqual({ depth: 6, oldest: due(1) });
  });

  it('has nothing that is held back until the desk opens', async () => {
    const at = desk('held-back');
    await put(at, 1, { availableAt: addSeconds(workStart, 3600) });
    const { id } = await put(at, 2);
    expect((await index.listWaiting(at, 10)).map((one) => one.id)).toEqual([id]);
    expect(await index.depth(at, 10)).toMatchObject({ depth: 1 });
  });

  it('gives as many as are asked for though entries before them are outdated', async () => {
    const at = desk('outdated');
    const gone = [];
    for (let minute = 0; minute < 12; minute += 1) gone.push(await put(at, minute));
    const waiting = [await put(at, 20), await put(at, 21)];
    // An index that lags still has the entry although the inquiry is resolved.
    const { client, name } = dynamo.table;
    for (const inquiry of gone) {
      const entry = buildSnapshotItem(inquiry, noAlarmAt);
      const data = { S: JSON.stringify({ ...inquiry, status: 'resolved' }) };
      await client.send(new PutItemCommand({ TableName: name, Item: { ...entry, data } }));
    }
    const found = await index.listWaiting(at, 2);
    expect(found.map(({ id }) => id)).toEqual(waiting.map(({ id }) => id));
  });

  it('tells how many wait, up to a limit, and since when the first', async () => {
    const at = desk('depth');
    expect(await index.depth(at, 10)).toEqual({ depth: 0 });
    await put(at, 9, { priority: 'critical' });
    await put(at, 3, { priority: 'low' });
    expect(await index.depth(at, 10)).toEqual({ depth: 2, oldest: addSeconds(workStart, 180) });
    expect(await index.depth(at, 1)).toMatchObject({ depth: 1 });
  });
});

describe('the other lists', () => {
  it('have quarantined inquiries in a list of their own', async () => {
    const id = nodeRandomness.inquiryId(workStart);
    const held = foldEvents(id, [quarantinedEvent]);
    if (held === undefined) throw new TypeError('nothing opens it');
    await write(held);
    const { inquiries } = await index.page({ by: 'quarantine' }, 10);
    expect(inquiries.map((one) => one.id)).toEqual([id]);
  });

  it('tell what an agent holds, and of which priority', async () => {
    const { sub: agent, name } = helpDeskActors.a2;
    const holder = {
      agent,
      name,
      desk: desk('held'),
      fence: 1,
      since: workStart,
      by: 'claim' as const,
    };
    await put(holder.desk, 1, { status: 'in_progress', holder });
    await put(holder.desk, 2, { status: 'in_progress', holder, priority: 'critical' });
    const held = await index.listHeld(agent);
    expect(held.map(({ priority }) => priority).sort()).toEqual(['critical', 'high']);
    const { inquiries } = await index.page({ by: 'agent', agent }, 10);
    expect(inquiries).toHaveLength(2);
    expect(await index.listHeld(helpDeskActors.b1.sub)).toEqual([]);
  });

  it('take no notice for an inquiry among what is open', async () => {
    const before = await index.page({ by: 'open' }, 100);
    const opened = await put(desk('open'), 1);
    const notice = buildNoticeItem({
      inquiryId: opened.id,
      seq: 1,
      kind: 'acknowledgement',
      recipient: { to: 'leads' },
      state: 'pending',
      owedAt: workStart,
      attempts: 0,
    });
    await dynamo.client.send(new PutItemCommand({ TableName: dynamo.table.name, Item: notice }));
    const after = await index.page({ by: 'open' }, 100);
    expect(after.inquiries).toHaveLength(before.inquiries.length + 1);
  });
});
