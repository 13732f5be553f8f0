import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant, type Sub } from '../../../core/inquiry/values/ids.ts';
import {
  applyLineResults,
  beginJobRun,
  createQueuedJob,
  failJobRun,
  Job,
  type JobId,
  jobAlarmAt,
  requeueJob,
} from '../../../core/job/job.ts';

const now = '2026-11-22T01:00:00.000Z' as Instant;
const later = (seconds: number) => addSeconds(now, seconds);

const queued = createQueuedJob(
  {
    id: '0193a5c0-0000-7000-8000-000000000001' as JobId,
    jobKind: 'people-import',
    startedBy: 'lead-1' as Sub,
    input: 'job/1/input.csv',
  },
  now,
);

function running(job: Job = queued, at: Instant = now): Job {
  const job_ = beginJobRun(job, at);
  if (job_ === undefined) throw new Error('not taken');
  return job_;
}

describe('a job', () => {
  it('is stored as its schema says in each of its states', () => {
    const finished = [{ line: 2, outcome: 'created' as const }];
    const states = [queued, running(), applyLineResults(running(), 3, finished, now)];
    for (const job of states) expect(Job.parse(job)).toEqual(job);
  });

  it('has an alarm until it is over', () => {
    expect(jobAlarmAt(queued)).toBe(later(120));
    expect(jobAlarmAt(running())).toBe(later(60));
    expect(jobAlarmAt({ ...queued, state: 'done' })).toBeUndefined();
    expect(jobAlarmAt({ ...queued, state: 'failed' })).toBeUndefined();
  });

  it('is not taken from a worker that shows checkpoints', () => {
    const job = running();
    expect(beginJobRun(job, later(59))).toBeUndefined();
    const further = applyLineResults(job, 9, [{ line: 2, outcome: 'created' }], later(59));
    expect(beginJobRun(further, later(118))).toBeUndefined();
    expect(beginJobRun(further, later(119))?.state).toBe('running');
  });

  it('is not taken when it is over', () => {
    expect(beginJobRun({ ...queued, state: 'done' }, now)).toBeUndefined();
    expect(beginJobRun({ ...queued, state: 'failed' }, now)).toBeUndefined();
  });

  it('is taken over at once from the first worker that dies, and after longer and longer pauses from others', () => {
    const second = running(running(), later(60));
    expect(second).toMatchObject({ state: 'running', failures: 1 });
    expect(beginJobRun(second, later(120))).toMatchObject({
      ...{ state: 'queued', failures: 2, announceAt: later(150) },
      reason: expect.stringContaining('worker'),
    });
    const third = running(second, later(150));
    expect(third).toMatchObject({ state: 'running', failures: 2 });
    expect(beginJobRun(third, later(210))).toMatchObject({ failures: 3, announceAt: later(270) });
  });

  it('stays owed however often it fails, with pauses that grow to four hours', () => {
    let job = running();
    const pauses: number[] = [];
    for (let failure = 0; failure < 14; failure += 1) {
      const failed = failJobRun(job, 'reason', now);
      expect(failed).toMatchObject({ state: 'queued', failures: failure + 1, reason: 'reason' });
      pauses.push((Date.parse(jobAlarmAt(failed) ?? '') - Date.parse(now)) / 1000);
      job = running(failed);
    }
    expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240]);
    expect(pauses.slice(-4)).toEqual([14_400, 14_400, 14_400, 14_400]);
  });

  it('needs a person from its fifth failure in a row until it gets further', () => {
    let job = running();
    for (let failure = 1; failure <= 6; failure += 1) {
      const failed = failJobRun(job, 'reason', later(failure));
      expect(failed.needsPersonAt).toBe(failure < 5 ? undefined : later(5));
      job = running(failed, later(failure));
    }
    const further = applyLineResults(job, 9, [{ line: 2, outcome: 'created' }], now);
    expect(further.needsPersonAt).toBeUndefined();
    expect(further.reason).toBeUndefined();
  });

  it('gets no further by a row that is set aside', () => {
    const failed = running(failJobRun(running(), 'reason', now));
    const aside = applyLineResults(failed, 9, [{ line: 2, outcome: 'set-aside' }], now);
    expect(aside).toMatchObject({ failures: 1, checkpoint: 1, counts: { 'set-aside': 1 } });
  });

  it('forgets its failures when it gets further', () => {
    const twice = running(failJobRun(running(failJobRun(running(), 'r', now)), 'r', now));
    expect(twice.failures).toBe(2);
    expect(applyLineResults(twice, 9, [{ line: 2, outcome: 'created' }], now).failures).toBe(0);
  });

  it('is put back without a failure when its worker has no more time', () => {
    expect(requeueJob(running(), now)).toMatchObject({ state: 'queued', failures: 0 });
  });

  it('counts what became of its lines', () => {
    const job = applyLineResults(
      running(),
      4,
      [
        { line: 2, outcome: 'opened' },
        { line: 3, outcome: 'refused' },
        { line: 4, outcome: 'opened' },
      ],
      now,
    );
    expect(job).toMatchObject({ checkpoint: 3, total: 4, counts: { opened: 2, refused: 1 } });
  });
});
