import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import { foldEvents } from '../../core/inquiry/evolve.ts';
import type { Inquiry, InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { buildShippedTerms } from '../../core/inquiry/terms/terms.ts';
import { DeskId, VendorId } from '../../core/inquiry/values/ids.ts';
import { inquiryId, specimen } from './specimens.ts';

const desk = (id: string, vendor?: string) => ({
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
export const terms = buildShippedTerms([
  desk('staff'),
  desk('bpo', 'vendor-a'),
  desk('bpo-b', 'vendor-b'),
]);

/** Shortest lives of the specimens that end in each status. */
const lives: Readonly<Record<InquiryStatus, () => InquiryEvent[]>> = {
  new: () => [specimen('InquiryReceived')],
  queued: () => [...lives.new(), specimen('InquiryRouted')],
  in_progress: () => [...lives.queued(), specimen('InquiryClaimed')],
  waiting: () => [...lives.in_progress(), specimen('RequesterAwaited')],
  resolved: () => [...lives.in_progress(), specimen('InquiryResolved')],
  closed: () => [...lives.resolved(), specimen('InquiryClosed')],
  quarantined: () => [specimen('InquiryQuarantined')],
  merged: () => [...lives.queued(), specimen('InquiryMerged')],
};

/** The events of an inquiry that has just come to a status. */
export function lifeTo(status: InquiryStatus): InquiryEvent[] {
  return lives[status]();
}

/** The inquiry of the specimens that has just come to a status. */
export function inquiryIn(status: InquiryStatus): Inquiry {
  return foldAll(lifeTo(status));
}

export function foldAll(events: readonly InquiryEvent[]): Inquiry {
  const inquiry = foldEvents(inquiryId, events);
  if (inquiry === undefined) throw new TypeError('the events begin with no opening');
  return inquiry;
}
