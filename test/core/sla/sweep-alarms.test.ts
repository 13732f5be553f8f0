import { describe, expect, it } from 'vitest';
import { alarmSlotOf } from '../../../core/inquiry/alarm-slots.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import type { DueAlarm } from '../../../core/sla/ports.ts';
import { type SweepAlarmsDependencies, sweepAlarms } from '../../../core/sla/sweep-alarms.ts';
import { specimenInquiryId } from '../../support/specimens.ts';

const now = '2026-11-24T01:00:30.000Z' as Instant;
const epoch = '1970-01-01T00:00:00.000Z';
const slot = alarmSlotOf(now);

type Window = { readonly from: string; readonly before: string };

/** The dependencies of a sweep whose index has one alarm in each window, and what it asked of them. */
function makeSweep(given: {
  readonly lastSlot: number | undefined;
  readonly backlog?: number;
  readonly isQueueUp?: boolean;
  readonly clock?: () => Instant;
  readonly pages?: number;
}) {
  const { lastSlot, backlog = 0, isQueueUp = true, clock = () => now, pages = 1 } = given;
  const windows: Window[] = [];
  const sent: Instant[] = [];
  const marks: [number | undefined, number][] = [];
  const alarm: DueAlarm = { kind: 'inquiry', inquiryId: specimenInquiryId, alarmAt: now };
  const parts: SweepAlarmsDependencies = {
    index: {
      async *findDue(from, before) {
        windows.push({ from, before });
        for (let page = 0; page < pages; page += 1) yield [alarm];
      },
    },
    queues: {
      send: async (_, at) => {
        if (!isQueueUp) throw new Error('the queue is away');
        sent.push(at);
      },
      countBacklog: async () => backlog,
    },
    mark: {
      read: async () => lastSlot,
      advance: async (from, to) => {
        marks.push([from, to]);
        return true;
      },
    },
    clock,
  };
  return { parts, windows, sent, marks };
}

describe('a sweep', () => {
  it('covers the one slot that has come within the look-ahead, and what is overdue', async () => {
    const { parts, windows, marks } = makeSweep({ lastSlot: slot + 2 });
    expect(await sweepAlarms(parts, now)).toEqual({ sent: 1, repeated: 1 });
    expect(windows).toEqual([
      { from: '2026-11-24T01:03:00.000Z', before: '2026-11-24T01:04:00.000Z' },
      { from: epoch, before: addSeconds(now, -90) },
    ]);
    expect(marks).toEqual([[slot + 2, slot + 3]]);
  });

  it('covers everything the first time, and all since the last one after an outage', async () => {
    const before = '2026-11-24T01:04:00.000Z';
    const first = makeSweep({ lastSlot: undefined });
    await sweepAlarms(first.parts, now);
    expect(first.windows).toEqual([{ from: epoch, before }]);
    expect(first.marks).toEqual([[undefined, slot + 3]]);
    const late = makeSweep({ lastSlot: slot - 60 });
    await sweepAlarms(late.parts, now);
    // Overdue alarms are in the first window from then on and are not sent twice.
    const from = '2026-11-24T00:01:00.000Z';
    expect(late.windows).toEqual([
      { from, before },
      { from: epoch, before: from },
    ]);
    expect(late.marks).toEqual([[slot - 60, slot + 3]]);
  });

  it('sends nothing of a minute twice, and leaves the mark where it is', async () => {
    const { parts, windows, marks } = makeSweep({ lastSlot: slot + 3 });
    await sweepAlarms(parts, now);
    expect(windows[0]).toEqual({
      from: '2026-11-24T01:04:00.000Z',
      before: '2026-11-24T01:04:00.000Z',
    });
    expect(marks).toEqual([]);
  });

  it('repeats what is overdue only while the queue is not busy with it', async () => {
    const quiet = makeSweep({ lastSlot: slot + 2, backlog: 99 });
    expect(await sweepAlarms(quiet.parts, now)).toEqual({ sent: 1, repeated: 1 });
    const busy = makeSweep({ lastSlot: slot + 2, backlog: 100 });
    expect(await sweepAlarms(busy.parts, now)).toEqual({ sent: 1, repeated: 0 });
    expect(busy.windows).toHaveLength(1);
  });

  it('leaves its mark when it could not send all, so that the next one sends them again', async () => {
    const { parts, marks } = makeSweep({ lastSlot: slot + 2, isQueueUp: false });
    await expect(sweepAlarms(parts, now)).rejects.toThrow('the queue is away');
    expect(marks).toEqual([]);
  });

  it('delays each page from when it is sent and not from when the sweep began', async () => {
    let seconds = 0;
    const clock = () => {
      seconds += 10;
      return addSeconds(now, seconds);
    };
    const { parts, sent } = makeSweep({ lastSlot: slot + 2, clock, pages: 3, backlog: 100 });
    await sweepAlarms(parts, now);
    expect(sent).toEqual([10, 20, 30].map((after) => addSeconds(now, after)));
  });
});
