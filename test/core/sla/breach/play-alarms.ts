import { alarmSlotOf } from '../../../../core/inquiry/alarm-slots.ts';
import { InquiryId, type Instant, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { buildRelayMessages } from '../../../../core/relay/relay-messages.ts';
import type { DueAlarm } from '../../../../core/sla/ports.ts';
import { sweepAlarms } from '../../../../core/sla/sweep-alarms.ts';
import { readSpecimen } from '../../../support/specimens.ts';

/** An alarm that an append sets; times are milliseconds from the start. */
export type AlarmSetting = {
  readonly at: number;
  readonly dueIn: number;
  /** How long the stream takes to deliver it to the relay. */
  readonly lag: number;
};

export type SentAlarm = {
  readonly by: 'relay' | 'sweep';
  readonly at: number;
  readonly firesAt: number;
};

type PlayedAlarm = AlarmSetting & {
  readonly id: InquiryId;
  readonly due: number;
  readonly sent: SentAlarm[];
};

const start = Date.parse('2026-11-24T01:00:00.000Z');
const instant = (milliseconds: number): Instant => instantOf(start + milliseconds);
const note = JSON.stringify(readSpecimen('NotePosted'));

/**
 * Plays appends, relay and sweeps over some minutes, and returns when each alarm was sent and fires.
 *
 * An alarm stays in the index from its append until it fires. `sweeps` are milliseconds too.
 */
export async function playAlarms(
  settings: readonly AlarmSetting[],
  sweeps: readonly number[],
): Promise<readonly PlayedAlarm[]> {
  const played: PlayedAlarm[] = settings.map((setting, at) => ({
    ...setting,
    id: InquiryId.parse(`019a0000-0000-7000-8000-${String(at).padStart(12, '0')}`),
    due: setting.at + setting.dueIn,
    sent: [],
  }));
  let mark: number | undefined = alarmSlotOf(instant(0)) + 2;
  const steps = [
    ...played.map((alarm) => ({ at: alarm.at + alarm.lag, run: async () => relay(alarm) })),
    ...sweeps.map((at) => ({ at, run: () => sweepAt(at) })),
  ].sort((one, other) => one.at - other.at);
  for (const { run } of steps) await run();
  return played;

  function relay(alarm: PlayedAlarm): void {
    const now = alarm.at + alarm.lag;
    const item = {
      ...{ kind: 'event' as const, pk: `INQ#${alarm.id}`, data: note },
      alarmAt: instant(alarm.due),
    };
    for (const { delaySeconds } of buildRelayMessages(item, instant(now))) {
      const arrivesAt = now + delaySeconds * 1000;
      // The alarm handler waits out the rest of a second.
      const firesAt = arrivesAt < alarm.due && alarm.due - arrivesAt < 1000 ? alarm.due : arrivesAt;
      alarm.sent.push({ by: 'relay', at: now, firesAt });
    }
  }

  function listPending(now: number): PlayedAlarm[] {
    const fired = ({ sent }: PlayedAlarm) => sent.some(({ firesAt }) => firesAt <= now);
    return played.filter((alarm) => alarm.at <= now && !fired(alarm));
  }

  async function sweepAt(now: number): Promise<void> {
    await sweepAlarms(
      {
        index: {
          async *findDue(from, before) {
            const due = listPending(now).filter(({ due: at }) => {
              return instant(at) >= from && instant(at) < before;
            });
            yield due.map(
              ({ id, due: at }): DueAlarm => ({
                kind: 'inquiry',
                inquiryId: id,
                alarmAt: instant(at),
              }),
            );
          },
        },
        queues: {
          send: async (alarms) => {
            for (const alarm of alarms) {
              const own = played.find(
                (one) => alarm.kind === 'inquiry' && one.id === alarm.inquiryId,
              );
              own?.sent.push({ by: 'sweep', at: now, firesAt: Math.max(own.due, now) });
            }
          },
          countBacklog: async () => 0,
        },
        mark: {
          read: async () => mark,
          advance: async (_, to) => {
            mark = to;
            return true;
          },
        },
        clock: () => instant(now),
      },
      instant(now),
    );
  }
}
