import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import { foldEvents } from '../../core/inquiry/evolve.ts';
import type { Inquiry, InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { buildShippedTerms } from '../../core/inquiry/terms/terms.ts';
import { DeskId, VendorId } from '../../core/inquiry/values/ids.ts';
import { readSpecimen, specimenInquiryId } from './specimens.ts';

const makeDesk = (id: string, vendor?: string) => ({
  id: DeskId.parse(id),
  kind: vendor === undefined ? ('internal' as const) : ('outsourced' as const),
  mode: vendor === undefined ? ('push' as const) : ('pull' as const),
  ...(vendor === undefined ? {} : { vendor: VendorId.parse(vendor) }),
  name: { ja: id, en: id },
  queueUrl: `http://queues.example/000000000000/desk-${id}`,
  claimSeconds: 60,
  leaseSeconds: 900,
  offerSeconds: 1800,
  whenClosed: 'queue' as const,
});

/** The default desks with the shipped lifecycle. */
export const defaultDeskTerms = buildShippedTerms([
  makeDesk('staff'),
  makeDesk('bpo', 'vendor-a'),
  makeDesk('bpo-b', 'vendor-b'),
]);

/** The shortest lives of the specimens that end in each status. */
const shortestLives: Readonly<Record<InquiryStatus, () => InquiryEvent[]>> = {
  new: () => [readSpecimen('InquiryReceived')],
  queued: () => [...shortestLives.new(), readSpecimen('InquiryRouted')],
  in_progress: () => [...shortestLives.queued(), readSpecimen('InquiryClaimed')],
  waiting: () => [...shortestLives.in_progress(), readSpecimen('RequesterAwaited')],
  resolved: () => [...shortestLives.in_progress(), readSpecimen('InquiryResolved')],
  closed: () => [...shortestLives.resolved(), readSpecimen('InquiryClosed')],
  quarantined: () => [readSpecimen('InquiryQuarantined')],
  merged: () => [...shortestLives.queued(), readSpecimen('InquiryMerged')],
};

/** The events of an inquiry that has just reached a status. */
export function eventsUntilStatus(status: InquiryStatus): InquiryEvent[] {
  return shortestLives[status]();
}

/** The inquiry of the specimens that has just reached a status. */
export function makeInquiryIn(status: InquiryStatus): Inquiry {
  return foldAll(eventsUntilStatus(status));
}

export function foldAll(events: readonly InquiryEvent[]): Inquiry {
  const inquiry = foldEvents(specimenInquiryId, events);
  if (inquiry === undefined) throw new TypeError('the events begin with no opening');
  return inquiry;
}
