import type { HeldInquiry, InquiryIndex, InquiryLedger } from '../../inquiry/ports.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import { type Candidate, candidateOf } from './assignment-candidate.ts';
import type { Seat } from './assignment-ports.ts';
import type { Able } from './eligible-agents.ts';

/** For so long an offer is remembered: an index may lag, if rarely for more than a second. */
const lagSeconds = 60;
/** For so long an offer counts though the inquiry still waits: it is just being written. */
const writingSeconds = 10;

const noSeat: Seat = { revision: 0, offers: [] };

/** Somebody able, weighed, with their seat as it was read. */
export type Seated = Candidate & { readonly seat: Seat };

/**
 * Weighs what somebody holds, other than the inquiry that is to be assigned: by the index, and where
 * it may lag, by what they were offered of late, which is read consistently.
 */
export async function seated(
  {
    ledger,
    index,
  }: { readonly ledger: Pick<InquiryLedger, 'load'> } & {
    readonly index: Pick<InquiryIndex, 'listHeld'>;
  },
  able: Able,
  seat: Seat = noSeat,
  { id, assignment, now }: { id: InquiryId; assignment: AssignmentSettings; now: Instant },
): Promise<Seated> {
  const { sub } = able.agent;
  const indexed = (await index.listHeld(sub)).filter((one) => one.id !== id);
  const known = new Set(indexed.map((one) => one.id)).add(id);
  const unknown = recent(seat, now).filter((offer) => !known.has(offer.id));
  const late = await Promise.all(
    unknown.map(async (offer): Promise<HeldInquiry[]> => {
      const { inquiry } = (await ledger.load(offer.id)) ?? {};
      const isBeingWritten =
        inquiry?.status === 'queued' && offer.at > addSeconds(now, -writingSeconds);
      return inquiry !== undefined && (inquiry.holder?.agent === sub || isBeingWritten)
        ? [{ id: inquiry.id, priority: inquiry.priority }]
        : [];
    }),
  );
  return { ...candidateOf(able, [...indexed, ...late.flat()], assignment), seat };
}

/** A seat after one more offer; what the index knows by now is forgotten. */
export function seatAfter(seat: Seat, id: InquiryId, now: Instant): Seat {
  const others = recent(seat, now).filter((offer) => offer.id !== id);
  return { revision: seat.revision, offers: [...others, { id, at: now }] };
}

function recent({ offers }: Seat, now: Instant): Seat['offers'] {
  const since = addSeconds(now, -lagSeconds);
  return offers.filter(({ at }) => at > since);
}
