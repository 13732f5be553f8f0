import type { InquiryEvent } from './events/events.ts';
import type { Inquiry } from './snapshot.ts';
import type { Holder } from './values/actor.ts';
import type { Instant } from './values/ids.ts';

/* Parts of `evolve`: how an inquiry gets to a desk and to a holder, and leaves them. */

/** Queues an inquiry at the desk that the event names, or else at its own. */
export function queueAtDesk(
  inquiry: Inquiry,
  event: {
    at: Inquiry['receivedAt'];
    desk?: Inquiry['desk'] | undefined;
    availableAt?: Instant | undefined;
    announceAt: Inquiry['receivedAt'];
  },
): Inquiry {
  const desk = event.desk ?? inquiry.desk;
  return {
    ...clearHolderAndAlarms(inquiry),
    ...(desk === undefined ? {} : { desk, queuedAt: event.at }),
    ...(event.availableAt === undefined ? {} : { availableAt: event.availableAt }),
    announceAt: event.announceAt,
    announced: 0,
  };
}

/** Queues an inquiry at the desk to which it was routed or transferred. */
export function moveToDesk(
  inquiry: Inquiry,
  event: Extract<InquiryEvent, { type: 'InquiryRouted' | 'InquiryTransferred' }>,
): Inquiry {
  // A vendor's unmaskings end when the inquiry leaves its desk.
  const { vendor: _v, unmaskings: _u, ...waiting } = queueAtDesk(inquiry, event);
  const { vendor } = event;
  if (vendor === undefined) return waiting;
  return { ...waiting, vendor, vendors: [...new Set([...inquiry.vendors, vendor])] };
}

/** Ends an inquiry and its unmaskings, which stay ended if it is reopened. */
export function endInquiry(inquiry: Inquiry, closedAt: Instant): Inquiry {
  const { unmaskings: _, ...rest } = clearHolderAndAlarms(inquiry);
  return { ...rest, closedAt };
}

export function assignHolder(
  inquiry: Inquiry,
  event: Extract<InquiryEvent, { type: 'InquiryClaimed' | 'InquiryAssigned' }>,
): Inquiry {
  const holder: Holder = {
    agent: event.agent,
    name: event.name,
    desk: event.desk,
    ...(event.vendor === undefined ? {} : { vendor: event.vendor }),
    fence: event.fence,
    since: event.at,
    ...(event.type === 'InquiryClaimed'
      ? { by: 'claim' as const }
      : { by: 'assignment' as const, offeredUntil: event.offeredUntil }),
  };
  const { agent, name, desk, vendor } = holder;
  const lastAgent = { agent, name, desk, ...(vendor === undefined ? {} : { vendor }) };
  return { ...clearHolderAndAlarms(inquiry), holder, lastAgent, fence: event.fence };
}

/** Clears the holder and all due times; each event that needs an alarm sets it again. */
export function clearHolderAndAlarms(inquiry: Inquiry): Inquiry {
  const {
    holder: _h,
    queuedAt: _q,
    availableAt: _v,
    announceAt: _a,
    remindAt: _m,
    remindAfterSeconds: _s,
    closeAt: _c,
    nobodyAt: _n,
    ...rest
  } = inquiry;
  return rest;
}
