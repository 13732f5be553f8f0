import { epochSecondOf } from '../clock/epoch-seconds.ts';
import { formatMonth } from '../clock/month.ts';
import type { InquiryEvent } from '../events/events.ts';
import type { Terms } from '../terms/terms.ts';
import type { DeskId, InquiryId, Instant } from '../values/ids.ts';

/**
 * Records that an inquiry came to an outsourced desk in a month: once, however often it comes in
 * that month.
 */
export type VolumeEntry = {
  readonly desk: DeskId;
  readonly month: string;
  readonly id: InquiryId;
  readonly at: Instant;
};

/** The month in which an instant lies at a desk: by the zone of its calendar, or UTC without one. */
export function findDeskMonth(
  desk: DeskId,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  at: Instant,
): string {
  return formatMonth(at, serviceLevels.deskCalendar(desk, at)?.zoneAt(epochSecondOf(at)) ?? 'UTC');
}

/** Collects what events add to the volumes of vendors' contracts. */
export function collectVolumeEntries(
  id: InquiryId,
  events: readonly InquiryEvent[],
  terms: Pick<Terms, 'serviceLevels'>,
): VolumeEntry[] {
  const entries = new Map<string, VolumeEntry>();
  for (const event of events) {
    if (event.type !== 'InquiryRouted' && event.type !== 'InquiryTransferred') continue;
    const { desk, vendor, at } = event;
    if (vendor === undefined) continue;
    const month = findDeskMonth(desk, terms, at);
    entries.set(`${desk} ${month}`, { desk, month, id, at });
  }
  return [...entries.values()];
}
