import type { EventOf } from '../inquiry/events/events.ts';
import type { RoutingObservation } from '../inquiry/events/routing-observation.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import { addSeconds } from '../inquiry/values/ids.ts';
import {
  type PlacementRequest,
  type PlacementResult,
  placeInquiry,
} from './placement/place-inquiry.ts';
import type { InquiryRoute } from './rules/compiled-rules.ts';

/** What the event can hold. */
const traceLimit = 100;

/** The event that routes an inquiry, and what was found of desks on the way. */
export type RouteDecision = Pick<PlacementResult, 'overflowChanges' | 'unseen'> & {
  readonly event: EventOf<'InquiryRouted'>;
};

/**
 * Routes an inquiry as the rules have it, as far as the stage and the contracts have what they name.
 *
 * The same inquiry, route, observation and instant under the same settings and levels give the same
 * event, so that it can be made again from what is recorded; `levels` are to be those that were
 * known at the instant. A policy that there is not stays named, and the one for all others holds
 * until there is. Undefined in a stage without desks.
 */
export function decideRoute(request: PlacementRequest, terms: Terms): RouteDecision | undefined {
  const { route, observed, at } = request;
  const placed = placeInquiry(request, terms);
  if (placed === undefined) return undefined;
  const { desk, pool, availableAt, overflowChanges, unseen } = placed;
  const { desk: _d, pool: _p, hold: _h, skills, trace, ...decided } = route;
  const added = [...traceMissingPolicy(request, terms), ...placed.trace];
  return {
    event: {
      v: 1,
      type: 'InquiryRouted',
      at,
      by: { kind: 'system', part: 'routing' },
      ...decided,
      desk: desk.id,
      ...(desk.vendor === undefined ? {} : { vendor: desk.vendor }),
      ...(pool === undefined ? {} : { pool }),
      ...(skills.length === 0 ? {} : { skills }),
      ...(isEmptyObservation(observed) ? {} : { observed }),
      settings: terms.settings.version,
      trace: [...trace.slice(0, traceLimit - added.length), ...added],
      ...(availableAt === undefined ? {} : { availableAt }),
      // Its desk is told of what is held back once it opens.
      announceAt: availableAt ?? addSeconds(at, terms.lifecycle.announceQueued),
    },
    ...{ overflowChanges, unseen },
  };
}

function traceMissingPolicy(
  { route, at }: PlacementRequest,
  { serviceLevels }: Terms,
): InquiryRoute['trace'] {
  const { policy } = route;
  const { policies } = serviceLevels.policiesAt(at).body;
  if (policy === undefined || policies[policy] !== undefined) return [];
  const because = [`missing: policy ${policy}`];
  return [{ rule: 'missing-policy', matched: true, because, set: ['policy'] }];
}

function isEmptyObservation({ desks, earlier }: RoutingObservation): boolean {
  return earlier === undefined && Object.keys(desks).length === 0;
}
