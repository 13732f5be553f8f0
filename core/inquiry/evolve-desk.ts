import type { InquiryEvent } from './events/events.ts';
import type { Inquiry } from './snapshot.ts';
import type { Holder } from './values/actor.ts';
import type { Instant } from './values/ids.ts';

/*
 * Parts of `evolve`: how an inquiry comes to a desk and to a holder, and leaves them.
 */

/** It waits at a desk, the one named or the one where it was. */
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

/** It waits at a desk to which routing or somebody sent it. */
export function moveToDesk(
  inquiry: Inquiry,
  event: Extract<InquiryEvent, { type: 'InquiryRouted' | 'InquiryTransferred' }>,
): Inquiry {
  // What a vendor was shown ends with its having the inquiry.
  const { vendor: _v, unmaskings: _u, ...waiting } = queueAtDesk(inquiry, event);
  const { vendor } = event;
  if (vendor === undefined) return waiting;
  return { ...waiting, vendor, vendors: [...new Set([...inquiry.vendors, vendor])] };
}

/** It has come to an end: what a vendor was shown ends too, though it should be reopened. */
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

/** Nobody holds it and nothing is due: each event that calls for an alarm sets it anew. */
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
