import * as z from 'zod';
import { Month } from '../../inquiry/clock/month.ts';
import { restateClocks } from '../../inquiry/clock/replay-clocks.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import { hasBegun } from '../report-months.ts';

/** A month, and the versions by which it is restated; what is not named stays as it was. */
export const Restating = z.strictObject({
  month: Month,
  policies: z.int().min(0).optional(),
  calendars: z.int().min(0).optional(),
});
export type Restating = z.infer<typeof Restating>;

/** What keeps a month from being restated; undefined when nothing does. */
export function restatingFault(
  levels: ServiceLevels,
  { month, policies, calendars }: Restating,
  now: Instant,
): { readonly of: keyof Restating; readonly detail: string } | undefined {
  if (!hasBegun(month, now)) return { of: 'month', detail: `${month} has not begun yet.` };
  if (policies !== undefined && levels.restateWith({ policies }) === undefined) {
    return { of: 'policies', detail: `There is no version ${policies} of the policies.` };
  }
  if (calendars !== undefined && levels.restateWith({ calendars }) === undefined) {
    return { of: 'calendars', detail: `There is no version ${calendars} of the calendars.` };
  }
  return undefined;
}

/**
 * The records that an inquiry would have left in a month by other policies or calendars; those that
 * it has left stay as they are.
 *
 * @param levels the others
 * @param until what was recorded later is left out
 */
export function restatedRecords(
  id: InquiryId,
  events: readonly InquiryEvent[],
  levels: ServiceLevels,
  month: Month,
  until: Instant,
): VerdictRecord[] {
  const restated = restateClocks(id, events, levels, until);
  return (restated?.verdicts ?? []).flatMap(({ verdict, supersededAt }) =>
    verdict === undefined || verdict.judged.month !== month
      ? []
      : [{ verdict, ...(supersededAt === undefined ? {} : { supersededAt }), reviews: [] }],
  );
}
