import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoticeKind } from '../../../../core/inquiry/outbox/notice.ts';
import { addSeconds, Instant } from '../../../../core/inquiry/values/ids.ts';
import {
  addSentInstant,
  buildBurstTrack,
  isServiceLevelNotice,
  judgeBurst,
  type NoticeBurst,
  type NoticeDigest,
} from '../../../../core/notice/sending/notice-bursts.ts';
import { runs } from '../../../support/volumes.ts';

const start = Instant.parse('2026-12-01T01:00:00.000Z');

/** The outcomes of notices that are sent so many seconds after the start. */
function sending(arrivals: readonly number[]) {
  let burst: NoticeBurst = { sent: [] };
  const alone: Instant[] = [];
  const held: Instant[] = [];
  const digests: NoticeDigest[] = [];
  for (const seconds of arrivals) {
    const at = addSeconds(start, seconds);
    // A digest's notice counts when it is sent, a while after the digest has ended.
    const due = digests.filter(({ until }) => addSeconds(until, 120) <= at).at(-1);
    if (due !== undefined && !burst.sent.includes(due.until))
      burst = addSentInstant(burst, due.until);
    const judged = judgeBurst(burst, at);
    if (judged.verdict === 'hold') held.push(at);
    else burst = judged.after;
    if (judged.verdict === 'send') alone.push(at);
    if (judged.verdict === 'gather') digests.push(judged.after.digest);
  }
  return { alone, held, digests };
}

describe('ten thousand in a minute', () => {
  const { alone, held, digests } = sending(Array.from({ length: 10_000 }, (_, i) => i * 0.006));

  it('make ten messages and one digest', () => {
    expect(alone).toHaveLength(10);
    expect(digests).toHaveLength(1);
    expect(held).toHaveLength(9989);
  });

  it('are all within the time of the digest, so that it counts them', () => {
    const [digest] = digests;
    expect(held.every((at) => at >= (digest?.from ?? '') && at < (digest?.until ?? ''))).toBe(true);
  });
});

it('sends at most 30 an hour one by one and 20 digests, however they come', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3599 }), { maxLength: 3000, size: 'max' }),
      (arrivals) => {
        const { alone, held, digests } = sending([...arrivals].sort((one, two) => one - two));
        expect(alone.length).toBeLessThanOrEqual(30);
        expect(digests.length).toBeLessThanOrEqual(20);
        // Nothing is lost: each notice that is not sent is covered by a digest.
        expect(alone.length + held.length + digests.length).toBe(arrivals.length);
        for (const at of held) {
          expect(digests.filter(({ from, until }) => from <= at && at < until)).toHaveLength(1);
        }
      },
    ),
    runs(10),
  );
});

it('sends one by one what comes one by one', () => {
  const { alone, held } = sending(Array.from({ length: 100 }, (_, i) => i * 150));
  expect(alone).toHaveLength(100);
  expect(held).toEqual([]);
});

it('counts emergencies apart from other service levels, and each destination by itself', () => {
  const kinds = NoticeKind.options.filter(isServiceLevelNotice);
  expect(kinds).toEqual(['sla-warning', 'sla-breach', 'emergency']);
  expect(new Set(kinds.map((kind) => buildBurstTrack('a@b.example', kind))).size).toBe(2);
  expect(buildBurstTrack('a@b.example', 'emergency')).not.toBe(
    buildBurstTrack('webhook:ops', 'emergency'),
  );
});
