import * as z from 'zod';

const minute = 60;
const hour = 60 * minute;
/** A year has 8,760 hours; a longer target is a mistake. */
const maxDurationSeconds = 9_000 * hour;

/**
 * A duration of ISO 8601 in hours, minutes and seconds, such as `PT1H30M`.
 *
 * Business time has no days, since their length depends on the calendar.
 */
export const BusinessDuration = z
  .string()
  .regex(/^PT(?=\d)(?:\d{1,5}H)?(?:\d{1,6}M)?(?:\d{1,8}S)?$/, {
    error: 'is no duration in hours, minutes and seconds such as PT1H30M',
    abort: true,
  })
  .refine((text) => parseDurationSeconds(text) <= maxDurationSeconds, {
    error: 'is longer than PT9000H',
  });

/** Parses a duration of ISO 8601 in days of 24 hours, hours, minutes and seconds. */
export function parseDurationSeconds(duration: string): number {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  return (Number(days) * 24 + Number(hours)) * hour + Number(minutes) * minute + Number(seconds);
}

/** Formats seconds as a duration of ISO 8601: `PT1H30M`, and `PT0S` for none. */
export function formatDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / hour), 'H'],
    [Math.floor((seconds % hour) / minute), 'M'],
    [seconds % minute, 'S'],
  ] as const;
  const texts = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return `PT${texts.length === 0 ? '0S' : texts.join('')}`;
}
