import type { ScheduledEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { instantOf } from '../../../../core/inquiry/values/ids.ts';
import { makeScheduleHandler } from '../../../../functions/edge/queue/schedule.ts';
import type { LogFields } from '../../../../functions/edge/telemetry/telemetry.ts';
import { fakeLambdaContext } from '../http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../telemetry/recording-telemetry.ts';

const now = instantOf(Date.UTC(2026, 10, 22, 1, 15, 3));
const event: ScheduledEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-11-22T01:15:00Z',
  region: 'ap-northeast-1',
  resources: ['arn:aws:events:ap-northeast-1:111122223333:rule/sweep'],
  detail: {},
};

function makeTicker(run: (tick: unknown) => Promise<LogFields>) {
  const telemetry = makeRecordingTelemetry();
  const { logger, meter } = telemetry;
  const handler = makeScheduleHandler({ name: 'sweep', run, logger, meter, now: () => now });
  return { tick: () => handler(event, fakeLambdaContext(5_000)), ...telemetry };
}

it('tells for when the tick was meant, and logs the figures', async () => {
  let seen: unknown;
  const { tick, lines } = makeTicker(async (given) => {
    seen = given;
    return { rung: 3 };
  });
  await tick();
  expect(seen).toEqual({ scheduledAt: '2026-11-22T01:15:00.000Z', now, remainingMs: 5_000 });
  expect(lines).toEqual([
    { level: 'info', message: 'schedule ran', fields: { schedule: 'sweep', rung: 3 } },
  ]);
});

it('fails, counts and logs when the run fails', async () => {
  const { tick, counts, lines } = makeTicker(() => Promise.reject(new Error('boom')));
  await expect(tick()).rejects.toThrow('boom');
  expect(counts).toEqual({ ScheduleFailed: 1 });
  expect(lines[0]).toMatchObject({ level: 'error', fields: { schedule: 'sweep' } });
});
