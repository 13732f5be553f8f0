import { secondOf } from '../clock/epoch-seconds.ts';
import { monthOf } from '../clock/month.ts';
import type { InquiryEvent } from '../events/events.ts';
import type { Terms } from '../terms/terms.ts';
import type { DeskId, InquiryId, Instant } from '../values/ids.ts';

/**
 * That an inquiry came to an outsourced desk in a month; once, however often it comes in the month.
 */
export type VolumeMark = {
  readonly desk: DeskId;
  readonly month: string;
  readonly id: InquiryId;
  readonly at: Instant;
};

/** The month in which an instant lies at a desk: by the zone of its calendar, or UTC without one. */
export function deskMonth(desk: DeskId, { levels }: Pick<Terms, 'levels'>, at: Instant): string {
  return monthOf(at, levels.deskCalendar(desk, at)?.zoneAt(secondOf(at)) ?? 'UTC');
}

/** What events add to the volumes of vendors' contracts. */
export function volumesOf(
  id: InquiryId,
  events: readonly InquiryEvent[],
  terms: Pick<Terms, 'levels'>,
): VolumeMark[] {
  const marks = new Map<string, VolumeMark>();
  for (const event of events) {
    if (event.type !== 'InquiryRouted' && event.type !== 'InquiryTransferred') continue;
    const { desk, vendor, at } = event;
    if (vendor === undefined) continue;
    const month = deskMonth(desk, terms, at);
    marks.set(`${desk} ${month}`, { desk, month, id, at });
  }
  return [...marks.values()];
}
