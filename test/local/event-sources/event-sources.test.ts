import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../../local/host.ts';
import { readNoted, startFixture } from '../start-fixture.ts';

let host: Host;
beforeAll(async () => {
  host = await startFixture();
});
afterAll(() => host.stop());

async function append(events: readonly (readonly [id: string, data: object])[]): Promise<void> {
  const response = await fetch(`${host.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBe(204);
}

interface Relayed {
  readonly series: string;
  readonly n: number;
}

async function readRelayed(series: string): Promise<number[]> {
  await host.idle();
  return (await readNoted<Relayed>(host, 'relay-events'))
    .filter((one) => one.series === series)
    .map(({ n }) => n);
}

const numbers = Array.from({ length: 250 }, (_, n) => n);

test('a stream brings every record that its filter lets through, in order', async () => {
  const events = numbers.map((n) => [`order-${n}`, { series: 'order', n }] as const);
  for (let start = 0; start < events.length; start += 50) {
    await append(events.slice(start, start + 50));
  }
  expect(await readRelayed('order')).toEqual(numbers);
});

test('a record that fails for good stops none of the others', async () => {
  await append(
    numbers.slice(0, 20).map((n) => [`fail-${n}`, { series: 'fail', n, fail: n === 7 }]),
  );
  expect(await readRelayed('fail')).toEqual(numbers.slice(0, 20).filter((n) => n !== 7));
});

test('a record that makes its batch throw is isolated', async () => {
  await append(
    numbers.slice(0, 20).map((n) => [`throw-${n}`, { series: 'throw', n, throws: n === 12 }]),
  );
  expect(await readRelayed('throw')).toEqual(numbers.slice(0, 20).filter((n) => n !== 12));
});

test('a schedule runs soon after the start, with the event of EventBridge', async () => {
  await expect
    .poll(() => readNoted(host, 'note-schedule'))
    .toEqual([
      {
        source: 'aws.events',
        resources: [expect.stringMatching(/^arn:aws:events:.*:rule\/fixture-EveryMinute/)],
        remaining: expect.any(Number),
        functionName: expect.stringContaining('noteschedule'),
      },
    ]);
});

test('emptied queues are empty', async () => {
  host.emptyQueues();
  await host.idle();
});
