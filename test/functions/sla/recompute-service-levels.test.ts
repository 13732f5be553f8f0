import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isClockRunning } from '../../../core/inquiry/clock/clock.ts';
import { epochSecondOf } from '../../../core/inquiry/clock/epoch-seconds.ts';
import { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { AppendOutcome, InquiryLedger } from '../../../core/inquiry/ports.ts';
import { shippedCalendars } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { JobWork } from '../../../core/job/ports.ts';
import { SlowCalendar } from '../../support/slow-calendar.ts';
import { volume } from '../../support/volumes.ts';
import {
  type ConfigFixture,
  findClock,
  readShippedDocument,
  startConfigFixture,
  tokyoInstant,
} from './config-fixture.ts';

const noon = tokyoInstant('2026-11-24T12:00:00');
const hour = 3_600;

/** A typhoon: the office is closed all day, as decided at noon. */
function makeTyphoonCalendar() {
  const document = readShippedDocument('calendars');
  document.calendars['tokyo-office'].overrides = [{ date: '2026-11-24', intervals: [] }];
  return { document, from: '2026-11-24T09:00:00+09:00', note: '台風' };
}

function makeReplyEvent(at: Instant): InquiryEvent {
  return InquiryEvent.parse({
    ...{ v: 1, at, by: { kind: 'agent', sub: 'staff1', name: 'staff1', role: 'staff' } },
    type: 'ReplyPosted',
    message: { id: 'answer', kind: 'agent', from: {}, text: '確認します。', attachments: [] },
  });
}

const count = volume({ small: 250, whole: 1_000 });

describe(`a calendar edit with ${count} open inquiries`, () => {
  let fixture: ConfigFixture;
  let ids: InquiryId[];
  let answered: InquiryId[];
  let job: string;

  /** They came in from 10:00 on, so nothing is due by noon; every twentieth is answered. */
  const received = (index: number) => addSeconds(tokyoInstant('2026-11-24T10:00:00'), index * 7);

  beforeAll(async () => {
    fixture = await startConfigFixture();
    fixture.clock.at = noon;
    ids = await fixture.seed(
      Array.from({ length: count - 5 }, (_, index) => ({
        receivedAt: received(index),
        ...(index % 20 === 0
          ? { followedBy: [makeReplyEvent(addSeconds(received(index), 60))] }
          : {}),
      })),
    );
    answered = await Promise.all(
      Array.from({ length: 5 }, (_, index) => {
        const receivedAt = received(index * 100);
        return fixture.open({
          receivedAt,
          followedBy: [makeReplyEvent(addSeconds(receivedAt, 90))],
        });
      }),
    );
  });
  afterAll(() => fixture.stop());

  it('shows beforehand what it would do, and does not do it', async () => {
    const { status, body } = await fixture.dryRun('calendars', makeTyphoonCalendar());
    expect(status).toBe(200);
    const { effect } = body;
    expect(effect).toMatchObject({
      ...{ complete: true, inquiries: count },
      ...{ earlier: 0, gained: 0, lost: 0, missed: 0 },
    });
    // First response for the unanswered; resolution, pickup and ownership for all.
    expect(effect.clocks).toBe(4 * count - Math.ceil((count - 5) / 20) - 5);
    expect(effect.later).toBe(effect.clocks);
    expect(effect.by).toHaveLength(4);
    expect(effect.examples).toHaveLength(50);
    const [first] = ids;
    expect((await fixture.load(first as InquiryId)).levels?.calendars).toBe(0);
  });

  it('is in force before any of them has been written, for whatever happens meanwhile', async () => {
    const put = await fixture.put('calendars', makeTyphoonCalendar());
    expect(put).toMatchObject({
      status: 201,
      body: { version: 1, from: tokyoInstant('2026-11-24T09:00:00') },
    });
    job = put.body.job.replace('/v1/jobs/', '');
    // Due after 4 h by the earlier calendar, with a lunch break between.
    const between = ids[1] as InquiryId;
    expect(findClock(await fixture.load(between), 'first_response').dueAt).toBe(
      tokyoInstant('2026-11-24T15:00:07'),
    );
    fixture.clock.at = tokyoInstant('2026-11-24T15:01:00');
    await fixture.fireAlarm(between);
    const fired = await fixture.load(between);
    expect(findClock(fired, 'first_response')).toMatchObject({
      dueAt: tokyoInstant('2026-11-25T14:00:00'),
      target: { calendars: 1 },
    });
    expect(findClock(fired, 'first_response').breachedAt).toBeUndefined();
    const added = (await fixture.eventsOf(between)).map(({ type, at }) => ({ type, at }));
    expect(added).toEqual([{ type: 'ClocksReckoned', at: noon }]);
  });

  it('is recomputed to the end though the worker dies in between, without anybody asking', async () => {
    const { work, reached, revive } = makeHangingWork(4, fixture.recomputation);
    const dead = fixture.deliver(job, work);
    await reached;
    const half = await countStale();
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(count - 1);
    expect(await fixture.sweepJobs()).toBe(0);
    fixture.clock.at = addSeconds(fixture.clock.at, 61);
    expect(await fixture.sweepJobs()).toBe(1);
    const done = await fixture.jobs.find(job as Job['id']);
    expect(done).toMatchObject({ state: 'done', failures: 0 });
    expect(done?.counts['reckoned']).toBe(done?.checkpoint);
    expect(await countStale()).toBe(0);
    // The worker that seemed dead comes back: it has lost the job and changes nothing any more.
    revive();
    await dead;
    expect(await fixture.jobs.find(job as Job['id'])).toEqual(done);
  });

  it('leaves every deadline as the slow reference has it', async () => {
    const slow = new SlowCalendar(
      [shippedCalendars.body, makeTyphoonCalendar().document].map((body, version) => ({
        from:
          version === 0
            ? Number.NEGATIVE_INFINITY
            : epochSecondOf(tokyoInstant('2026-11-24T09:00:00')),
        definition: body.calendars['tokyo-office'],
      })),
    );
    // Nothing counts on the 24th, so all clocks with the same target are due at the same time.
    const morning = epochSecondOf(tokyoInstant('2026-11-25T09:00:00'));
    const inquiries = await Promise.all([...ids, ...answered].map((id) => fixture.load(id)));
    const running = inquiries.flatMap(({ clocks }) => clocks.filter(isClockRunning));
    const byTarget = Map.groupBy(running, ({ target }) => target?.seconds ?? 0);
    expect([...byTarget.keys()].sort((a, b) => a - b)).toEqual([2, 4, 16, 21].map((h) => h * hour));
    for (const [seconds, clocks] of byTarget) {
      const expected = slow.add(morning, seconds, morning + 14 * 86_400) ?? 0;
      const due = new Set(clocks.map(({ dueAt }) => dueAt));
      expect([...due]).toEqual([new Date(expected * 1000).toISOString()]);
    }
  });

  it('moves none of the finished verdicts, neither on the inquiry nor in the records', async () => {
    for (const [index, id] of answered.entries()) {
      const clock = findClock(await fixture.load(id), 'first_response');
      const endedAt = addSeconds(received(index * 100), 90);
      expect(clock).toMatchObject({ endedAt, verdict: 'met', target: { calendars: 0 } });
      const opening = (await fixture.eventsOf(id)).flatMap(({ clocks = [] }) => clocks);
      expect(opening.filter((one) => one.clock === 'first_response').at(-1)).toEqual(clock);
    }
    for (const id of ids.filter((_, index) => index % 20 === 0)) {
      const { clocks } = await fixture.load(id);
      expect(clocks.filter((clock) => !isClockRunning(clock))).toMatchObject([
        { clock: 'first_response', verdict: 'met', target: { calendars: 0 } },
      ]);
    }
  });

  async function countStale(): Promise<number> {
    const inquiries = await Promise.all([...ids, ...answered].map((id) => fixture.load(id)));
    return inquiries.filter(({ levels }) => levels?.calendars === 0).length;
  }
});

describe('what changes with time', () => {
  let fixture: ConfigFixture;
  beforeAll(async () => {
    fixture = await startConfigFixture();
  });
  afterAll(() => fixture.stop());

  it('is missed at the new deadline, where that passes between the edit and its recomputation', async () => {
    fixture.clock.at = tokyoInstant('2026-11-24T11:00:00');
    const id = await fixture.open({
      priority: 'high',
      receivedAt: tokyoInstant('2026-11-24T11:30:00'),
    });
    expect(findClock(await fixture.load(id), 'first_response').dueAt).toBe(
      tokyoInstant('2026-11-24T13:30:00'),
    );
    // No lunch break today.
    const document = readShippedDocument('calendars');
    document.calendars['tokyo-office'].overrides = [
      { date: '2026-11-24', intervals: ['09:00-17:00'] },
    ];
    fixture.clock.at = tokyoInstant('2026-11-24T12:15:00');
    const body = { document, from: tokyoInstant('2026-11-24T09:00:00') };
    const { job } = (await fixture.put('calendars', body)).body;
    fixture.clock.at = tokyoInstant('2026-11-24T12:40:00');
    const done = await fixture.deliver(job.replace('/v1/jobs/', ''));
    expect(done).toMatchObject({ state: 'done', counts: { reckoned: 1, moved: 3, missed: 2 } });
    expect(findClock(await fixture.load(id), 'first_response')).toMatchObject({
      breachedAt: tokyoInstant('2026-11-24T12:30:00'),
      detectedAt: tokyoInstant('2026-11-24T12:40:00'),
    });
  });

  it('takes effect at the instant of a version that is put for later, by the alarm', async () => {
    fixture.clock.at = tokyoInstant('2026-11-25T10:00:00');
    const id = await fixture.open({
      priority: 'low',
      receivedAt: tokyoInstant('2026-11-25T10:00:00'),
    });
    const before = findClock(await fixture.load(id), 'resolution');
    const document = readShippedDocument('policies');
    document.policies.standard.clocks.resolution.targets.low = 'PT3H';
    document.policies.standard.clocks.resolution.warnAt = [];
    const from = tokyoInstant('2026-11-25T11:00:00');
    const preview = (await fixture.dryRun('policies', { document, from })).body.effect;
    expect(preview.by).toContainEqual(
      expect.objectContaining({ desk: 'staff', clock: 'resolution', earlier: 1 }),
    );
    const { job } = (await fixture.put('policies', { document, from })).body;
    expect(await fixture.deliver(job.replace('/v1/jobs/', ''))).toMatchObject({ state: 'done' });
    expect(findClock(await fixture.load(id), 'resolution').dueAt).toBe(before.dueAt);
    expect(await fixture.alarmOf(id)).toBe(from);
    fixture.clock.at = addSeconds(from, 2);
    await fixture.fireAlarm(id);
    const after = findClock(await fixture.load(id), 'resolution');
    expect(after).toMatchObject({
      dueAt: tokyoInstant('2026-11-25T14:00:00'),
      target: { seconds: 3 * hour, policies: 1, since: from },
    });
    expect((await fixture.eventsOf(id)).at(-1)).toMatchObject({ type: 'ClocksReckoned', at: from });
  });

  it('goes on in the next run where the time of the one before was up', async () => {
    fixture.clock.at = tokyoInstant('2026-11-26T10:00:00');
    const receivedAt = tokyoInstant('2026-11-26T09:00:00');
    const ids = await fixture.seed(Array.from({ length: 40 }, () => ({ desk: 'bpo', receivedAt })));
    const { job } = (await fixture.put('policies', { document: readShippedDocument('policies') }))
      .body;
    const jobId = job.replace('/v1/jobs/', '');
    let looks = 0;
    const soonUp = () => {
      looks += 1;
      return looks > 4 ? 1_000_000 : 0;
    };
    const half = await fixture.deliver(jobId, fixture.recomputation, soonUp);
    expect(half).toMatchObject({ state: 'queued', cursor: '1/3' });
    const done = await fixture.deliver(jobId);
    expect(done).toMatchObject({ state: 'done' });
    expect(done?.cursor).toBeUndefined();
    expect(done?.checkpoint).toBeGreaterThan(half?.checkpoint ?? 0);
    for (const id of ids) expect((await fixture.load(id)).levels?.policies).toBe(2);
  });

  it('counts what would be missed at once', async () => {
    fixture.clock.at = tokyoInstant('2026-11-26T16:00:00');
    await fixture.open({
      desk: 'bpo',
      receivedAt: tokyoInstant('2026-11-26T09:00:00'),
      priority: 'low',
    });
    const document = readShippedDocument('policies');
    document.policies.standard.clocks.ownership.targets.low = 'PT5H';
    const { effect } = (await fixture.dryRun('policies', { document })).body;
    expect(effect.by).toContainEqual(
      expect.objectContaining({ desk: 'bpo', clock: 'ownership', missed: 1 }),
    );
    expect(effect.examples).toContainEqual(
      expect.objectContaining({
        ...{ desk: 'bpo', clock: 'ownership', shift: 'missed' },
        after: tokyoInstant('2026-11-26T16:00:00'),
      }),
    );
  });
});

describe('a recomputation of which single inquiries fail', () => {
  let fixture: ConfigFixture;
  let ids: InquiryId[];
  beforeAll(async () => {
    fixture = await startConfigFixture();
  });
  afterAll(() => fixture.stop());
  beforeEach(async () => {
    fixture.clock.at = noon;
    ids = await fixture.seed(Array.from({ length: 40 }, () => ({ receivedAt: noon })));
  });

  /** Puts another version, and runs its job with a ledger that fails as told, until it is over. */
  async function recomputeWith(append: (id: InquiryId) => AppendOutcome | Error | undefined) {
    const { body: current } = await fixture.get('calendars');
    const version = { ...makeTyphoonCalendar(), from: fixture.clock.at };
    const ifMatch = `"${current.version}"`;
    const put = await fixture.put('calendars', version, { headers: { 'if-match': ifMatch } });
    expect([put.status, put.body]).toEqual([201, expect.anything()]);
    const jobId = put.body.job.replace('/v1/jobs/', '') as Job['id'];
    const { ledger } = fixture;
    const failing: InquiryLedger = {
      load: (id) => ledger.load(id),
      loadOpening: (id) => ledger.loadOpening(id),
      idOf: (number) => ledger.idOf(number),
      events: (id, after, limit) => ledger.events(id, after, limit),
      prolong: (id, lease, now, until) => ledger.prolong(id, lease, now, until),
      rearm: (id, version, at) => ledger.rearm(id, version, at),
      append: async (...appends) => {
        const outcome = append(appends[0]?.id as InquiryId);
        if (outcome instanceof Error) throw outcome;
        return outcome ?? ledger.append(...appends);
      },
    };
    const work = fixture.makeRecomputation(failing);
    for (let run = 0; run < 8; run += 1) {
      const job = await fixture.deliver(jobId, work);
      if (job?.state === 'done') return { job, lines: await fixture.jobs.lines(jobId) };
    }
    return { job: await fixture.jobs.find(jobId), lines: await fixture.jobs.lines(jobId) };
  }

  it('sets aside those that cannot be written, lists them, and recomputes all others', async () => {
    const broken = ids[7];
    const { job, lines } = await recomputeWith((id) =>
      id === broken ? new TypeError('its snapshot is damaged') : undefined,
    );
    // Two passes, each of which finds it.
    expect(job?.counts['set-aside']).toBe(2);
    expect(new Set(lines.map(({ inquiryId }) => inquiryId))).toEqual(new Set([broken]));
    const written = await Promise.all(ids.map((id) => fixture.load(id)));
    const versions = written.map(({ levels }) => levels?.calendars);
    expect(new Set(versions.filter((_, at) => ids[at] !== broken)).size).toBe(1);
    expect(versions[7]).toBeLessThan(versions[0] ?? 0);
  });

  it('is not done while a store lets nobody win the race for one of them', async () => {
    const contended = ids[3];
    let isMended = false;
    const { job } = await recomputeWith((id) =>
      id === contended && !isMended ? { appended: false, conflict: 'version' } : undefined,
    );
    expect(job).toMatchObject({ state: 'queued', failures: 8, needsPersonAt: expect.any(String) });
    isMended = true;
    const done = await fixture.deliver(job?.id as string);
    expect(done).toMatchObject({ state: 'done' });
    const [one, other] = [
      await fixture.load(contended as InquiryId),
      await fixture.load(ids[0] as InquiryId),
    ];
    expect(one.levels?.calendars).toBe(other.levels?.calendars);
  });
});

/** Work whose worker hangs at a batch, as when its machine is gone, until it is revived. */
function makeHangingWork(stretch: number, whole: { open(): ReturnType<JobWork['open']> }) {
  const { promise: revived, resolve: revive } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  let begun = 0;
  const work: JobWork = {
    open: async () => {
      const opened = await whole.open();
      if (!('runBatch' in opened)) throw new TypeError('it has rows');
      return {
        runBatch: async (cursor, allowance) => {
          begun += 1;
          if (begun === stretch) {
            reach();
            await revived;
          }
          return opened.runBatch(cursor, allowance);
        },
      };
    },
  };
  return { work, reached, revive };
}
