import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { AssignmentSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { DeskId, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import { computeWorkload } from '../../../core/inquiry/workload.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { makeDeskBatch, startWorkFixture, type WorkFixture } from './work-fixture.ts';

const staff = DeskId.parse('staff');
const agents = ['staff1', 'staff2', 'lead'] as const;
const capacities = { staff1: 7, staff2: 11, lead: 15 } as const;

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
  for (const name of agents) {
    await work.put({ ...helpDeskActors[name], presence: 'present', capacity: capacities[name] });
  }
});
afterAll(() => work.stop());

/** Empties a queue in batches, as a mapping does; returns how many messages it took. */
async function consume(
  sqs: SQSClient,
  QueueUrl: string,
  handle: (event: SQSEvent) => Promise<SQSBatchResponse>,
): Promise<number> {
  let taken = 0;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 3, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) return taken;
    const ids = Messages.map(({ Body }) => JSON.parse(Body ?? '').inquiryId as InquiryId);
    const { batchItemFailures } = await handle(makeDeskBatch(ids));
    expect(batchItemFailures).toEqual([]);
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    taken += Messages.length;
  }
}

/** Opens inquiries at the desk, announces each, and lets the consumers take all messages. */
async function assignAtOnce(count: number, consumers: Parameters<typeof consume>[2][]) {
  const ids: InquiryId[] = [];
  for (let at = 0; at < count; at += 1) {
    const priority = Priority.options[at % Priority.options.length] ?? 'medium';
    ids.push((await work.open({ desk: 'staff', priority })).id);
  }
  const desk = work.deskOf('staff');
  for (let at = 0; at < count; at += 10)
    await work.deskQueue.announce(desk, ids.slice(at, at + 10));
  const { sqs } = work.engines;
  const taken = await Promise.all(consumers.map((one) => consume(sqs, desk.queueUrl, one)));
  const loaded = await Promise.all(ids.map((id) => work.ledger.load(id)));
  return { taken, inquiries: loaded.flatMap((one) => one?.inquiry ?? []) };
}

const heldBy = (inquiries: readonly Inquiry[], agent: string) =>
  inquiries.filter(({ holder }) => holder?.agent === agent);

describe('two consumers of a push desk at once', () => {
  it('take nobody over their capacity though the index knows of nothing they gave, and leave no room', async () => {
    const blind = { listHeld: async () => [], page: work.index.page.bind(work.index) };
    const consumers = [work.makeConsumer(blind), work.makeConsumer(blind)];
    const { taken, inquiries } = await assignAtOnce(30, consumers);
    for (const count of taken) expect(count).toBeGreaterThan(0);
    const assignment = AssignmentSettings.parse({});
    const room = agents.map((name) => {
      const left = capacities[name] - computeWorkload(heldBy(inquiries, name), assignment);
      expect(left).toBeGreaterThanOrEqual(0);
      return left;
    });
    const waiting = inquiries.filter(({ holder }) => holder === undefined);
    expect(waiting.length).toBeGreaterThan(0);
    for (const inquiry of waiting) {
      expect(inquiry.nobodyAt).toBeDefined();
      expect(computeWorkload([inquiry], assignment)).toBeGreaterThan(Math.max(...room));
    }
    for (const { id, holder, fence } of inquiries) {
      if (holder !== undefined) expect(fence).toBe(1);
      await work.command('lead', id, 'withdraw');
    }
  });

  it('give each agent the same number by round-robin', async () => {
    await work.configure({ desks: { [staff]: { assignment: { policy: 'round-robin' } } } });
    for (const name of agents) {
      await work.put({ ...helpDeskActors[name], presence: 'present', capacity: 1_000 });
    }
    const { inquiries } = await assignAtOnce(24, [work.makeConsumer(), work.makeConsumer()]);
    for (const name of agents) expect(heldBy(inquiries, name)).toHaveLength(8);
  });
});
