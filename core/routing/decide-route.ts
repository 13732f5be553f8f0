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

/** Limit of the event's schema. */
const traceLimit = 100;

/** The event that routes an inquiry, with what placement found out about desks. */
export type RouteDecision = Pick<PlacementResult, 'overflowChanges' | 'unseen'> & {
  readonly event: EventOf<'InquiryRouted'>;
};

/**
 * Routes an inquiry as the rules decide, as far as the stage and the contracts allow.
 *
 * The same inquiry, route, observation and instant under the same settings and service levels give
 * the same event, so that it can be rebuilt from the records; the service levels must be those that
 * were known at the instant. An unknown policy stays in the event, and the default one holds until
 * it exists. Undefined in a stage without desks.
 */
export function decideRoute(request: PlacementRequest, terms: Terms): RouteDecision | undefined {
  const { route, observed, at } = request;
  const placement = placeInquiry(request, terms);
  if (placement === undefined) return undefined;
  const { desk, pool, availableAt, overflowChanges, unseen } = placement;
  const { desk: _d, pool: _p, hold: _h, skills, trace, ...routeFields } = route;
  const addedTrace = [...traceMissingPolicy(request, terms), ...placement.trace];
  return {
    event: {
      v: 1,
      type: 'InquiryRouted',
      at,
      by: { kind: 'system', part: 'routing' },
      ...routeFields,
      desk: desk.id,
      ...(desk.vendor === undefined ? {} : { vendor: desk.vendor }),
      ...(pool === undefined ? {} : { pool }),
      ...(skills.length === 0 ? {} : { skills }),
      ...(isEmptyObservation(observed) ? {} : { observed }),
      settings: terms.settings.version,
      trace: [...trace.slice(0, traceLimit - addedTrace.length), ...addedTrace],
      ...(availableAt === undefined ? {} : { availableAt }),
      // The desk is notified of a held inquiry once it opens.
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
