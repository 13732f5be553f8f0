import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry, Lease } from '../../inquiry/snapshot.ts';
import { findDesk } from '../../inquiry/terms/terms.ts';
import type { Sub } from '../../inquiry/values/ids.ts';
import { addSeconds } from '../../inquiry/values/ids.ts';
import { buildEventActor, type CommandContext } from '../actor.ts';
import type { CommandOf } from '../commands.ts';
import { checkHold } from './hold-check.ts';

/**
 * Claims an inquiry for one agent of its desk until the lease expires; no events when they have it.
 *
 * Refuses `work.already-claimed` while somebody else has it, `work.not-waiting` when it does not
 * wait and `work.not-available` until its desk opens. The returned fence guards every later write.
 */
export function decideClaim(
  loaded: LoadedInquiry,
  { next }: CommandOf<'claim'>,
  { actor, terms, now }: CommandContext,
): InquiryDecision | Refusal {
  const { inquiry, lease } = loaded;
  if (findLivingClaim(actor.sub, inquiry, lease) !== undefined) return { events: [] };
  if (inquiry.holder !== undefined) {
    return refuse('work.already-claimed', `${inquiry.holder.name} holds the inquiry.`);
  }
  const desk = inquiry.desk === undefined ? undefined : findDesk(terms, inquiry.desk);
  if (inquiry.status !== 'queued' || desk === undefined) {
    return refuse('work.not-waiting', `The inquiry is ${inquiry.status} and waits at no desk.`);
  }
  if (next !== undefined && next.desk !== desk.id) {
    return refuse('work.not-waiting', 'The inquiry has left the desk.');
  }
  if (!actor.desks.includes(desk.id)) {
    return refuse('access.forbidden', 'Only agents of its desk may claim the inquiry.');
  }
  if (inquiry.availableAt !== undefined && inquiry.availableAt > now) {
    return refuse('work.not-available', `Its desk opens at ${inquiry.availableAt}.`);
  }
  const fence = inquiry.fence + 1;
  const until = addSeconds(now, desk.claimSeconds);
  return {
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, 'agent'),
        type: 'InquiryClaimed',
        desk: desk.id,
        agent: actor.sub,
        name: actor.name,
        ...(actor.vendor === undefined ? {} : { vendor: actor.vendor }),
        fence,
        leaseUntil: until,
      },
    ],
    lease: {
      change: 'grant',
      lease: { agent: actor.sub, desk: desk.id, fence, until, confirmed: false },
    },
    ...(next === undefined
      ? {}
      : {
          pendingClaim: {
            agent: actor.sub,
            desk: desk.id,
            inquiryId: inquiry.id,
            until,
            ...(next.replaces === undefined ? {} : { replaces: next.replaces }),
          },
        }),
  };
}

/** The lease of an agent's claim, provided that the due alarms have been applied. */
export function findLivingClaim(
  agent: Sub,
  { holder }: Inquiry,
  lease: Lease | undefined,
): Lease | undefined {
  const isTheirs = holder?.agent === agent && holder.by === 'claim';
  return isTheirs && lease?.fence === holder.fence ? lease : undefined;
}

/**
 * Confirms that the holder is there: an assignment is accepted by an event, while a lease is
 * prolonged without one.
 *
 * Refuses `work.not-holder`, and `work.lease-lost` for an outdated fence.
 */
export function decideHeartbeat(
  loaded: LoadedInquiry,
  { fence }: CommandOf<'heartbeat'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  if (fence === undefined && loaded.inquiry.holder?.agent !== context.actor.sub) {
    return refuse('work.not-holder', 'Only who holds the inquiry sends heartbeats.');
  }
  const holdCheck = checkHold(loaded, fence, context);
  return 'refused' in holdCheck ? holdCheck : { events: holdCheck.firstEvents };
}
