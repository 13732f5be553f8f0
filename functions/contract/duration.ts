import * as z from 'zod';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A duration of at most 30 days in ISO 8601, in days, hours, minutes and seconds. */
export const Duration = z
  .string()
  .max(40)
  .regex(/^P(?=\d|T\d)(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?$/)
  .refine((written) => secondsOf(written) >= minute && secondsOf(written) <= 30 * day, {
    error: 'must be between one minute and 30 days',
  })
  .meta({ description: 'ISO 8601, PT1M to P30D.', examples: ['P1D', 'PT4H30M'] });

/** The seconds of a duration as `Duration` takes it. */
export function secondsOf(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration) ?? [];
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return days * day + hours * hour + minutes * minute + seconds;
}
