import type { HeldInquiry, InquiryIndex, InquiryLedger } from '../../inquiry/ports.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import { type AssignmentCandidate, buildCandidate } from './assignment-candidate.ts';
import type { CapacityReservation } from './assignment-ports.ts';
import type { EligibleAgent } from './eligible-agents.ts';

/** How long an offer is remembered: an index may lag, though rarely for more than a second. */
const lagSeconds = 60;
/** How long an offer counts while its inquiry still waits: it is just being written. */
const writingSeconds = 10;

const noReservation: CapacityReservation = { revision: 0, offers: [] };

/** A candidate with their reservation as it was read. */
export type ReservedCandidate = AssignmentCandidate & { readonly reservation: CapacityReservation };

/**
 * Weighs what an agent holds besides the inquiry that is being assigned. The index may lag, so
 * recent offers, which are read consistently, count too.
 */
export async function loadCandidate(
  {
    ledger,
    index,
  }: { readonly ledger: Pick<InquiryLedger, 'load'> } & {
    readonly index: Pick<InquiryIndex, 'listHeld'>;
  },
  eligibleAgent: EligibleAgent,
  reservation: CapacityReservation = noReservation,
  { id, assignment, now }: { id: InquiryId; assignment: AssignmentSettings; now: Instant },
): Promise<ReservedCandidate> {
  const { sub } = eligibleAgent.agent;
  const indexed = (await index.listHeld(sub)).filter((one) => one.id !== id);
  const knownIds = new Set(indexed.map((one) => one.id)).add(id);
  const unindexedOffers = listRecentOffers(reservation, now).filter(
    (offer) => !knownIds.has(offer.id),
  );
  const unindexed = await Promise.all(
    unindexedOffers.map(async (offer): Promise<HeldInquiry[]> => {
      const { inquiry } = (await ledger.load(offer.id)) ?? {};
      const isBeingWritten =
        inquiry?.status === 'queued' && offer.at > addSeconds(now, -writingSeconds);
      return inquiry !== undefined && (inquiry.holder?.agent === sub || isBeingWritten)
        ? [{ id: inquiry.id, priority: inquiry.priority }]
        : [];
    }),
  );
  return {
    ...buildCandidate(eligibleAgent, [...indexed, ...unindexed.flat()], assignment),
    reservation,
  };
}

/** Adds an offer to a reservation, and drops those that the index knows by now. */
export function addReservation(
  reservation: CapacityReservation,
  id: InquiryId,
  now: Instant,
): CapacityReservation {
  const others = listRecentOffers(reservation, now).filter((offer) => offer.id !== id);
  return { revision: reservation.revision, offers: [...others, { id, at: now }] };
}

function listRecentOffers(
  { offers }: CapacityReservation,
  now: Instant,
): CapacityReservation['offers'] {
  const since = addSeconds(now, -lagSeconds);
  return offers.filter(({ at }) => at > since);
}
