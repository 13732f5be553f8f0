import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
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

describe('a clock', () => {
  test('is the system’s, unless it is set', () => {
    const clock = startClock();
    expect(clock.isReal).toBe(true);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    clock.shift(hour);
    expect(clock.isReal).toBe(false);
    expect(Math.abs(clock.now() - hour * 1000 - Date.now())).toBeLessThan(50);
  });

  test('goes on from where it is set, at its own speed', async () => {
    const [slow, fast] = [startClock({ at: friday }), startClock({ at: friday, speed: 1000 })];
    await pause(100);
    expect(since(slow)).toBeGreaterThan(0.09);
    expect(since(slow)).toBeLessThan(1);
    expect(since(fast)).toBeGreaterThan(90);
    expect(since(fast)).toBeLessThan(1000);
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
    end();
    expect(since(clock)).toBeGreaterThanOrEqual(90);
    expect(rounds).toBeGreaterThanOrEqual(4);
  });

  test('ends a pause that a shift passes over', async () => {
    const clock = startClock({ at: friday });
    const paused = clock.pause(hour * 1000);
    clock.shift(hour);
    await paused;
    expect(since(clock)).toBeLessThan(hour + 5);
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
    expect(Math.abs(Date.parse(functionsNow()) - Date.now())).toBeLessThan(50);
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
    const engine = await openQueue(startClock({ at: friday, speed: 1000 }));
    engine.send(arn, 'in a minute', 60);
    expect(bodies(engine)).toEqual([]);
    await pause(80);
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

  test('says so in its answers, its notifications and its mail', async () => {
    const { headers } = await fetch(`${host.url}/mailbox`);
    expect(Date.parse(headers.get('date') ?? '') - friday.getTime()).toBeLessThan(60_000);
    await sendMail(host, { subject: 'dated' });
    await host.idle();
    const [taken] = await readNoted<{ mail: { timestamp: string } }>(host, 'take-mail');
    expect(taken?.mail.timestamp).toMatch(/^2026-11-19T23:00:/);
    const mails = await (await fetch(`${host.url}/mailbox/messages`)).json();
    expect(mails).toMatchObject([{ at: expect.stringMatching(/^2026-11-19T23:00:/) }]);
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
      .poll(() => Date.parse(readFileSync(file, 'utf8')) - friday.getTime(), { timeout: 5000 })
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
