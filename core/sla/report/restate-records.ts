import * as z from 'zod';
import { Month } from '../../inquiry/clock/month.ts';
import { restateClocks } from '../../inquiry/clock/replay-clocks.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import { hasMonthBegun } from '../report-months.ts';

/** A month, and the versions by which it is restated; an absent one stays as it was. */
export const RestatementRequest = z.strictObject({
  month: Month,
  policies: z.int().min(0).optional(),
  calendars: z.int().min(0).optional(),
});
export type RestatementRequest = z.infer<typeof RestatementRequest>;

/** Finds why a month cannot be restated; undefined when it can. */
export function findRestatementFault(
  serviceLevels: ServiceLevels,
  { month, policies, calendars }: RestatementRequest,
  now: Instant,
): { readonly of: keyof RestatementRequest; readonly detail: string } | undefined {
  if (!hasMonthBegun(month, now)) return { of: 'month', detail: `${month} has not begun yet.` };
  if (policies !== undefined && serviceLevels.restateWith({ policies }) === undefined) {
    return { of: 'policies', detail: `There is no version ${policies} of the policies.` };
  }
  if (calendars !== undefined && serviceLevels.restateWith({ calendars }) === undefined) {
    return { of: 'calendars', detail: `There is no version ${calendars} of the calendars.` };
  }
  return undefined;
}

/**
 * Computes the records that an inquiry would have left in a month under other policies or
 * calendars; its real records stay as they are.
 *
 * @param serviceLevels by the other policies or calendars
 * @param until what was recorded later is left out
 */
export function restateRecords(
  id: InquiryId,
  events: readonly InquiryEvent[],
  serviceLevels: ServiceLevels,
  month: Month,
  until: Instant,
): VerdictRecord[] {
  const restated = restateClocks(id, events, serviceLevels, until);
  return (restated?.verdicts ?? []).flatMap(({ verdict, supersededAt }) =>
    verdict === undefined || verdict.judged.month !== month
      ? []
      : [{ verdict, ...(supersededAt === undefined ? {} : { supersededAt }), reviews: [] }],
  );
}
