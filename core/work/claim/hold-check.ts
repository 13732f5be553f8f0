import { isOutsider } from '../../access/person.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { LeaseChange, LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import { type Circumstances, eventActorOf } from '../actor.ts';

/** Somebody's right to work an inquiry now. */
export type Grip = {
  readonly by: EventActor;
  /** The acceptance of an assignment, by its holder's first act. */
  readonly first: readonly InquiryEvent[];
  /** The condition on the lease when the inquiry stays with its holder. */
  readonly keep: Pick<InquiryDecision, 'lease'>;
  /** What becomes of the lease when it does not. */
  readonly end: Pick<InquiryDecision, 'lease'>;
};

const leaseLost = () =>
  refuse('work.lease-lost', 'This fence is not, or no longer, the one of the living lease.');

/**
 * Finds out whether somebody may work an inquiry as it stands: its holder with their fence; a lead
 * always; staff when nobody else holds it.
 *
 * Refuses `work.lease-lost` for a missing, other or outlived fence, `work.already-claimed` for
 * staff while somebody else holds it, and `work.not-holder` for outsiders who do not hold it.
 */
export function gripOf(
  loaded: LoadedInquiry,
  fence: number | undefined,
  { actor, now }: Circumstances,
): Grip | Refusal {
  const { inquiry, lease } = loaded;
  const { holder } = inquiry;
  const by = eventActorOf(actor, 'agent');
  if (holder?.agent === actor.sub) {
    if (holder.by === 'claim') {
      const lives = lease?.fence === holder.fence && lease.until > now;
      if (fence !== holder.fence || !lives) return leaseLost();
      const keep: LeaseChange = { change: 'hold', fence, at: now };
      return { by, first: [], keep: { lease: keep }, end: endOf(loaded) };
    }
    if (fence !== undefined && fence !== holder.fence) return leaseLost();
    const accepted = { v: 1, at: now, by, type: 'AssignmentAccepted', agent: actor.sub } as const;
    const first = holder.acceptedAt === undefined ? [accepted] : [];
    return { by, first, keep: {}, end: {} };
  }
  if (fence !== undefined) return leaseLost();
  if (isOutsider(actor)) {
    return refuse('work.not-holder', 'Claim the inquiry first.');
  }
  if (holder !== undefined && actor.role !== 'lead') {
    return refuse('work.already-claimed', `${holder.name} holds the inquiry.`);
  }
  return { by, first: [], keep: {}, end: endOf(loaded) };
}

/** Ends whatever lease there is. */
export function endOf({ lease }: LoadedInquiry): Pick<InquiryDecision, 'lease'> {
  return lease === undefined ? {} : { lease: { change: 'end', fence: lease.fence } };
}
