import * as z from 'zod';
import { parseDurationSeconds } from '../../../core/inquiry/clock/business-duration.ts';

const minute = 60;
const day = 86_400;

/** A duration of at most 30 days in ISO 8601, in days, hours, minutes and seconds. */
export const Duration = z
  .string()
  .max(40)
  .regex(/^P(?=\d|T\d)(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?$/)
  .refine(
    (text) => parseDurationSeconds(text) >= minute && parseDurationSeconds(text) <= 30 * day,
    {
      error: 'must be between one minute and 30 days',
    },
  )
  .meta({ description: 'ISO 8601, PT1M to P30D.', examples: ['P1D', 'PT4H30M'] });

export const BusinessTime = z
  .string()
  .meta({ description: 'Business time, ISO 8601.', examples: ['PT8H', 'PT1H30M'] });
