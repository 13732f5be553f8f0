import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addSeconds, type InquiryId, Instant } from '../../../../core/inquiry/values/ids.ts';
import {
  type AutomaticSending,
  addSending,
  findFullWindow,
} from '../../../../core/notice/sending/sending-limits.ts';
import { runs } from '../../../support/volumes.ts';

const start = Instant.parse('2026-11-22T00:00:00.000Z');
const inquiry = (index: number) =>
  `01931a5c-0000-7000-8000-00000000000${index}` as unknown as InquiryId;

/** The attempts that are let through, of a series in seconds from the start. */
function lettingThrough(
  attempts: readonly { at: number; inquiryId: InquiryId }[],
): AutomaticSending[] {
  let sendings: AutomaticSending[] = [];
  const sent: AutomaticSending[] = [];
  for (const attempt of attempts) {
    const sending = { at: addSeconds(start, attempt.at), inquiryId: attempt.inquiryId };
    if (findFullWindow(sendings, sending.inquiryId, sending.at) !== undefined) continue;
    sendings = addSending(sendings, sending);
    sent.push(sending);
  }
  return sent;
}

const each = (count: number, seconds: number, inquiryId = inquiry(1)) =>
  Array.from({ length: count }, (_, index) => ({ at: index * seconds, inquiryId }));

it.each([
  ['all at once', 0, 600, 10],
  ['one a minute, in half an hour', 60, 1800, 15],
  ['one in a hundred seconds, in an hour', 100, 3600, 25],
  ['one a minute, in a day', 60, 86_400, 100],
])('lets through, about one inquiry, %s', (_, seconds, within, expected) => {
  const sent = lettingThrough(each(1440, seconds));
  const until = addSeconds(start, within);
  expect(sent.filter(({ at }) => at < until)).toHaveLength(expected);
});

it('lets more through when the window has passed', () => {
  const attempts = [...each(20, 0), { at: 600, inquiryId: inquiry(1) }];
  expect(lettingThrough(attempts)).toHaveLength(11);
});

it('counts each inquiry by itself, up to three times as much in all', () => {
  const attempts = [1, 2, 3, 4, 5].flatMap((index) => each(8, 0, inquiry(index)));
  const sent = lettingThrough(attempts);
  expect(sent).toHaveLength(30);
  expect(sent.filter(({ inquiryId }) => inquiryId === inquiry(4))).toHaveLength(6);
});

it('says which window is full', () => {
  const sendings = lettingThrough(each(10, 1));
  expect(findFullWindow(sendings, inquiry(1), addSeconds(start, 10))).toBe(
    '10 in 600 s of one inquiry',
  );
});

it('never remembers more than the longest window can hold', () => {
  const attempt = fc.record({
    gap: fc.integer({ min: 0, max: 400 }),
    inquiryId: fc.integer({ min: 0, max: 9 }).map(inquiry),
  });
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 300, maxLength: 900, size: 'max' }), (gaps) => {
      let at = start;
      let sendings: AutomaticSending[] = [];
      for (const { gap, inquiryId } of gaps) {
        at = addSeconds(at, gap);
        if (findFullWindow(sendings, inquiryId, at) === undefined) {
          sendings = addSending(sendings, { at, inquiryId });
        }
        expect(sendings.length).toBeLessThanOrEqual(300);
      }
    }),
    runs(10),
  );
});
