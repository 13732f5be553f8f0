import { isOutsider } from '../../access/person.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { LeaseChange, LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import { buildEventActor, type CommandContext } from '../actor.ts';

/** An actor's right to work an inquiry now. */
export type HoldCheck = {
  readonly by: EventActor;
  /** The acceptance of an assignment, which its holder's first command implies. */
  readonly firstEvents: readonly InquiryEvent[];
  /** The condition on the lease when the inquiry stays with its holder. */
  readonly keepLease: Pick<InquiryDecision, 'lease'>;
  /** The end of the lease when it does not. */
  readonly endLease: Pick<InquiryDecision, 'lease'>;
};

const refuseLeaseLost = () =>
  refuse('work.lease-lost', 'This fence is not, or no longer, the one of the living lease.');

/**
 * Checks whether somebody may work an inquiry now: its holder with their fence, a lead always, and
 * staff when nobody else holds it.
 *
 * Refuses `work.lease-lost` for a missing, wrong or outdated fence, `work.already-claimed` for
 * staff while somebody else holds it, and `work.not-holder` for outsiders who do not hold it.
 */
export function checkHold(
  loaded: LoadedInquiry,
  fence: number | undefined,
  { actor, now }: CommandContext,
): HoldCheck | Refusal {
  const { inquiry, lease } = loaded;
  const { holder } = inquiry;
  const by = buildEventActor(actor, 'agent');
  if (holder?.agent === actor.sub) {
    if (holder.by === 'claim') {
      const isLive = lease?.fence === holder.fence && lease.until > now;
      if (fence !== holder.fence || !isLive) return refuseLeaseLost();
      const keptLease: LeaseChange = { change: 'hold', fence, at: now };
      return { by, firstEvents: [], keepLease: { lease: keptLease }, endLease: leaseEndOf(loaded) };
    }
    if (fence !== undefined && fence !== holder.fence) return refuseLeaseLost();
    const acceptance = { v: 1, at: now, by, type: 'AssignmentAccepted', agent: actor.sub } as const;
    const firstEvents = holder.acceptedAt === undefined ? [acceptance] : [];
    return { by, firstEvents, keepLease: {}, endLease: {} };
  }
  if (fence !== undefined) return refuseLeaseLost();
  if (isOutsider(actor)) {
    return refuse('work.not-holder', 'Claim the inquiry first.');
  }
  if (holder !== undefined && actor.role !== 'lead') {
    return refuse('work.already-claimed', `${holder.name} holds the inquiry.`);
  }
  return { by, firstEvents: [], keepLease: {}, endLease: leaseEndOf(loaded) };
}

/** Ends the lease if there is one. */
export function leaseEndOf({ lease }: LoadedInquiry): Pick<InquiryDecision, 'lease'> {
  return lease === undefined ? {} : { lease: { change: 'end', fence: lease.fence } };
}
