import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { now as functionsNow, pause as functionsPause } from '../../functions/edge/clock.wiring.ts';
import { type HostClock, installClock, startClock } from '../../local/clock.ts';
import { maintainClockMark } from '../../local/clock-mark.ts';
import { type MessageEngine, openMessageEngine } from '../../local/engines/message-engine.ts';
import type { Host } from '../../local/host.ts';
import { sendMail } from './mail/send-mail.ts';
import { readNoted, startFixture } from './start-fixture.ts';

const friday = new Date('2026-11-20T08:00:00+09:00');
const hour = 3600;

function since(clock: HostClock): number {
  return (clock.now() - friday.getTime()) / 1000;
}

/** Expects a time to be the system's, however long it takes to ask for it. */
function expectSystemTime(ask: () => number): void {
  const before = Date.now();
  const time = ask();
  // The two clocks of a process may differ by a millisecond.
  expect(time).toBeGreaterThanOrEqual(before - 1);
  expect(time).toBeLessThanOrEqual(Date.now() + 1);
}

describe('a clock', () => {
  test('is the system’s, unless it is set', () => {
    const clock = startClock();
    expect(clock.isReal).toBe(true);
    expectSystemTime(() => clock.now());
    clock.shift(hour);
    expect(clock.isReal).toBe(false);
    expectSystemTime(() => clock.now() - hour * 1000);
  });

  test('goes on from where it is set, at its own speed', async () => {
    for (const speed of [1, 1000]) {
      const before = performance.now();
      const clock = startClock({ at: friday, speed });
      const started = performance.now();
      await pause(100);
      const askedAt = performance.now();
      const passed = since(clock) * 1000;
      const after = performance.now();
      // It shows whole milliseconds.
      expect(passed).toBeGreaterThanOrEqual((askedAt - started) * speed - 1);
      expect(passed).toBeLessThanOrEqual((after - before) * speed);
    }
  });

  test('is not set back, nor stands still', () => {
    expect(() => startClock({ at: friday }).shift(-1)).toThrow(RangeError);
    expect(() => startClock({ speed: 0 })).toThrow(RangeError);
    expect(() => startClock({ at: new Date('soon') })).toThrow(RangeError);
  });

  test('begins at once what a shift makes due, in the order in which it was due', () => {
    const clock = startClock({ at: friday });
    const done: string[] = [];
    const at = (seconds: number, name: string) =>
      clock.runAt(friday.getTime() + seconds * 1000, () => done.push(name));
    at(50, 'second');
    at(40, 'first');
    const callOff = at(45, 'called off');
    const later = at(500, 'later');
    callOff();
    clock.shift(60);
    expect(done).toEqual(['first', 'second']);
    later();
  });

  test('comes round once after a shift over several times, and then in its old step', () => {
    const clock = startClock({ at: friday });
    const rounds: number[] = [];
    const end = clock.runEvery(60, () => rounds.push(Math.floor(since(clock))));
    clock.shift(200);
    clock.shift(30);
    clock.shift(10);
    end();
    clock.shift(hour);
    expect(rounds).toEqual([200, 240]);
  });

  test('does at its speed what is due by itself', async () => {
    const clock = startClock({ at: friday, speed: 1000 });
    let rounds = 0;
    const end = clock.runEvery(20, () => {
      rounds += 1;
    });
    await clock.pause(90_000);
    expect(since(clock)).toBeGreaterThanOrEqual(90);
    await expect.poll(() => rounds).toBeGreaterThanOrEqual(4);
    end();
  });

  test('ends a pause that a shift passes over', async () => {
    const before = performance.now();
    const clock = startClock({ at: friday });
    const paused = clock.pause(hour * 1000);
    clock.shift(hour);
    await paused;
    expect(since(clock) - hour).toBeLessThanOrEqual((performance.now() - before) / 1000);
  });
});

describe('the functions', () => {
  test('go by an installed clock, and by the system’s without one', async () => {
    const clock = startClock({ at: friday });
    const uninstall = installClock(clock);
    onTestFinished(uninstall);
    expect(functionsNow()).toMatch(/^2026-11-19T23:00:0/);
    const paused = functionsPause(hour * 1000);
    clock.shift(hour);
    await paused;
    expect(functionsNow()).toMatch(/^2026-11-20T00:00:0/);
    uninstall();
    expectSystemTime(() => Date.parse(functionsNow()));
    await functionsPause(1);
  });
});

describe('a queue', () => {
  const arn = 'arn:aws:sqs:ap-northeast-1:000000000000:alarms';

  async function openQueue(clock: HostClock): Promise<MessageEngine> {
    const engine = await openMessageEngine({
      folder: undefined,
      queueUrl: 'http://127.0.0.1',
      clock,
    });
    onTestFinished(() => engine.close());
    const queues = [{ name: 'alarms', arn, attributes: {} }];
    engine.create({ queues, topics: [], subscriptions: [], buckets: [] });
    return engine;
  }

  function bodies(engine: MessageEngine): string[] {
    return engine
      .queueByArn(arn)
      .dequeue(10, 60, () => undefined)
      .map(({ Body }) => Body);
  }

  test('lets a delayed message out when the clock has passed its delay', async () => {
    const clock = startClock({ at: friday });
    const engine = await openQueue(clock);
    engine.send(arn, 'in ten minutes', 600);
    engine.send(arn, 'in five minutes', 300);
    expect(bodies(engine)).toEqual([]);
    clock.shift(299);
    expect(bodies(engine)).toEqual([]);
    clock.shift(1);
    expect(bodies(engine)).toEqual(['in five minutes']);
    clock.shift(300);
    expect(bodies(engine)).toEqual(['in ten minutes']);
  });

  test('delays as much less as the clock is faster', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const engine = await openQueue(startClock({ at: friday, speed: 1000 }));
    engine.send(arn, 'in a minute', 60);
    vi.advanceTimersByTime(59);
    expect(bodies(engine)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(bodies(engine)).toEqual(['in a minute']);
  });

  test('does not offer again sooner what somebody is at', async () => {
    const clock = startClock({ at: friday });
    const engine = await openQueue(clock);
    engine.send(arn, 'worked');
    expect(bodies(engine)).toEqual(['worked']);
    clock.shift(hour);
    expect(bodies(engine)).toEqual([]);
  });
});

describe('a host on another clock', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startFixture({ clock: { at: friday } });
  });
  afterAll(() => host.stop());

  function expectHostTime(text: string | null | undefined): void {
    const time = Date.parse(text ?? '');
    expect(time).toBeGreaterThanOrEqual(friday.getTime());
    expect(time).toBeLessThanOrEqual(host.clock.now());
  }

  test('says so in its answers, its notifications and its mail', async () => {
    const { headers } = await fetch(`${host.url}/mailbox`);
    expectHostTime(headers.get('date'));
    await sendMail(host, { subject: 'dated' });
    await host.idle();
    const [taken] = await readNoted<{ mail: { timestamp: string } }>(host, 'process-mail');
    expectHostTime(taken?.mail.timestamp);
    const mails = (await (await fetch(`${host.url}/mailbox/messages`)).json()) as { at: string }[];
    expect(mails).toHaveLength(1);
    expectHostTime(mails[0]?.at);
  });

  test('admits with tokens that the system’s clock dates', async () => {
    const headers = { authorization: `Bearer ${host.token('lead-1')}` };
    expect((await fetch(`${host.url}/me`, { headers })).status).toBe(200);
    host.clock.shift(100 * 24 * hour);
    expect((await fetch(`${host.url}/me`, { headers })).status).toBe(200);
  });

  test('runs its schedules when it is set ahead', async () => {
    await host.idle();
    const before = (await readNoted(host, 'note-schedule')).length;
    host.clock.shift(59);
    host.clock.shift(1);
    await host.idle();
    expect((await readNoted(host, 'note-schedule')).length).toBe(before + 1);
  });
});

describe('a data directory', () => {
  function makeFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'toritsugi-clock-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  test('is not opened by a host whose clock is behind it', async () => {
    const dataDir = makeFolder();
    const first = await startFixture({ dataDir, clock: { at: friday } });
    first.clock.shift(72 * hour);
    await first.stop();
    await expect(startFixture({ dataDir, clock: { at: friday } })).rejects.toThrow(
      /it has been 2026-11-22T23:0.* already, and this host's clock shows 2026-11-19T23:0.*--at 2026-11-22T23:0/s,
    );
    const fresh = await startFixture({ dataDir, clock: { at: friday }, fresh: true });
    await fresh.stop();
    const later = new Date(friday.getTime() + hour * 1000);
    await (await startFixture({ dataDir, clock: { at: later } })).stop();
  });

  test('keeps its mark up to date for a host that is killed', async () => {
    const file = join(makeFolder(), 'clock');
    const end = maintainClockMark(file, 'there', startClock({ at: friday, speed: 1000 }));
    onTestFinished(end);
    await expect
      .poll(() => Date.parse(readFileSync(file, 'utf8')) - friday.getTime())
      .toBeGreaterThan(60_000);
  });

  test('bears with a small correction of the clock, and with a mark that is none', () => {
    const file = join(makeFolder(), 'clock');
    for (const mark of [new Date(friday.getTime() + 50_000).toISOString(), 'yesterday']) {
      writeFileSync(file, mark);
      maintainClockMark(file, 'there', startClock({ at: friday }))();
      expect(readFileSync(file, 'utf8')).toMatch(/^2026-11-19T23:00:0/);
    }
  });
});
