import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DynamoAlarmIndex,
  DynamoSweepMark,
} from '../../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { indexPartitions, tableKeys } from '../../../../adapters/dynamo/table.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import type { DueAlarm } from '../../../../core/sla/ports.ts';
import { minutesAfterMorning, readSpecimen, readSpecimenWith } from '../../../support/specimens.ts';
import { type LedgerFixture, startLedgerFixture } from '../inquiry/ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await startLedgerFixture();
});
afterAll(() => fixture.engines.stop());

async function due(from: Instant, before: Instant): Promise<DueAlarm[]> {
  const alarms: DueAlarm[] = [];
  for await (const page of new DynamoAlarmIndex(fixture.engines.table).findDue(from, before)) {
    alarms.push(...page);
  }
  return alarms;
}

describe('the alarms that are due', () => {
  test('are those of all shards, from an instant up to but not including another', async () => {
    const routedFor = (minutes: number) =>
      fixture.openInquiry({
        events: [readSpecimenWith('InquiryRouted', { announceAt: minutesAfterMorning(minutes) })],
      });
    const early = await routedFor(1000);
    const inTime = await Promise.all(Array.from({ length: 30 }, () => routedFor(1001)));
    const late = await routedFor(1002);
    const found = await due(minutesAfterMorning(1001), minutesAfterMorning(1002));
    expect(new Set(found)).toEqual(
      new Set(
        inTime.map(({ id }) => ({
          kind: 'inquiry',
          inquiryId: id,
          alarmAt: minutesAfterMorning(1001),
        })),
      ),
    );
    expect(found).toHaveLength(30);
    const ids = (await due(minutesAfterMorning(1000), minutesAfterMorning(1003))).map(
      (alarm) => alarm.kind === 'inquiry' && alarm.inquiryId,
    );
    expect(ids).toEqual(expect.arrayContaining([early.id, late.id]));
  });

  test('are an inquiry’s, its unsent notices’ and unfinished jobs’', async () => {
    const assignedAt = minutesAfterMorning(2000);
    const { id } = await fixture.openInquiry(
      { events: [readSpecimen('InquiryRouted')] },
      {
        events: [
          readSpecimenWith('InquiryAssigned', {
            at: assignedAt,
            offeredUntil: minutesAfterMorning(2003),
          }),
        ],
      },
    );
    const jobId = '0199a0c5-77aa-7d21-8f00-3b8c1d2e4f55';
    await fixture.engines.client.send(
      new PutItemCommand({
        TableName: fixture.engines.table.name,
        Item: {
          ...tableKeys.job(jobId),
          alPk: { S: indexPartitions.alarm(3) },
          alSk: { S: `${minutesAfterMorning(2001)}#${jobId}` },
        },
      }),
    );
    const found = await due(assignedAt, minutesAfterMorning(2004));
    expect(found.sort((one, other) => (one.alarmAt < other.alarmAt ? -1 : 1))).toEqual([
      { kind: 'job', jobId, alarmAt: minutesAfterMorning(2001) },
      {
        kind: 'notice',
        inquiryId: id,
        notice: '00000003#assigned#sub:staff-1',
        alarmAt: minutesAfterMorning(2002),
      },
      { kind: 'inquiry', inquiryId: id, alarmAt: minutesAfterMorning(2003) },
    ]);
  });

  test('are all of a burst too, in more than one page of a shard', async () => {
    const at = minutesAfterMorning(5000);
    // A page holds 500.
    const ids = Array.from({ length: 520 }, (_, n) => `burst-${n}`);
    const put = (id: string) => ({
      PutRequest: {
        Item: {
          ...tableKeys.job(id),
          alPk: { S: indexPartitions.alarm(3) },
          alSk: { S: `${at}#${id}` },
        },
      },
    });
    for (let chunk = 0; chunk < ids.length; chunk += 25) {
      const RequestItems = {
        [fixture.engines.table.name]: ids.slice(chunk, chunk + 25).map(put),
      };
      await fixture.engines.client.send(new BatchWriteItemCommand({ RequestItems }));
    }
    const found = await due(at, minutesAfterMorning(5001));
    expect(found.map((alarm) => alarm.kind === 'job' && alarm.jobId).sort()).toEqual(ids.sort());
  });

  test('are none where none are', async () => {
    expect(await due(minutesAfterMorning(9000), minutesAfterMorning(9001))).toEqual([]);
  });
});

describe('the sweep’s mark', () => {
  test('is moved by one sweep at a time', async () => {
    const mark = new DynamoSweepMark(fixture.engines.table);
    expect(await mark.read()).toBeUndefined();
    const first = await Promise.all([mark.advance(undefined, 7), mark.advance(undefined, 8)]);
    expect(first.filter(Boolean)).toHaveLength(1);
    const stood = await mark.read();
    expect(await mark.advance(undefined, 9)).toBe(false);
    expect(await mark.advance(1, 9)).toBe(false);
    expect(await mark.advance(stood, 9)).toBe(true);
    expect(await mark.read()).toBe(9);
  });
});
