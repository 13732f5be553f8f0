import { expect, it } from 'vitest';
import { Instant } from '../../../core/inquiry/values/ids.ts';
import { formatLocalTime } from '../../../core/wording/format-local-time.ts';
import { formatTimeSpan } from '../../../core/wording/format-time-span.ts';

it.each([
  [0, '0秒', '0 s'],
  [59, '59秒', '59 s'],
  [60, '1分', '1 min'],
  [3599, '59分', '59 min'],
  [3600, '1時間', '1 h'],
  [5430, '1時間30分', '1 h 30 min'],
  [90_000, '25時間', '25 h'],
])('says %i seconds as people do', (seconds, ja, en) => {
  expect(formatTimeSpan(seconds, 'ja')).toBe(ja);
  expect(formatTimeSpan(seconds, 'en')).toBe(en);
});

it.each([
  ['ja', undefined, '2026年12月1日(火) 10:00 (日本時間)'],
  ['en', undefined, 'Tue, 1 Dec 2026, 10:00 (Japan time)'],
  ['ja', 'Asia/Tokyo', '2026年12月1日(火) 10:00 (日本時間)'],
  ['en', 'America/New_York', 'Mon, 30 Nov 2026, 20:00 (Eastern Standard Time)'],
  ['ja', 'America/New_York', '2026年11月30日(月) 20:00 (米国東部標準時)'],
  ['en', 'Europe/London', 'Tue, 1 Dec 2026, 01:00 (Greenwich Mean Time)'],
] as const)('says a time in %s and the zone %s, and which it is', (language, zone, said) => {
  expect(formatLocalTime(Instant.parse('2026-12-01T01:00:00.000Z'), language, zone)).toBe(said);
});
