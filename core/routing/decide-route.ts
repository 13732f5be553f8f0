import type { EventOf } from '../inquiry/events/events.ts';
import type { RoutingObservation } from '../inquiry/events/routing-observation.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import { addSeconds } from '../inquiry/values/ids.ts';
import { type Placed, type Placing, placeInquiry } from './placement/place-inquiry.ts';
import type { Route } from './rules/compiled-rules.ts';

/** What the event can hold. */
const traceLimit = 100;

/** The event that routes an inquiry, and what was found of desks on the way. */
export type RouteDecision = Pick<Placed, 'turns' | 'unseen'> & {
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
export function decideRoute(placing: Placing, terms: Terms): RouteDecision | undefined {
  const { route, observed, at } = placing;
  const placed = placeInquiry(placing, terms);
  if (placed === undefined) return undefined;
  const { desk, pool, availableAt, turns, unseen } = placed;
  const { desk: _d, pool: _p, hold: _h, skills, trace, ...decided } = route;
  const added = [...missingPolicy(placing, terms), ...placed.trace];
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
      ...(isNothing(observed) ? {} : { observed }),
      settings: terms.settings.version,
      trace: [...trace.slice(0, traceLimit - added.length), ...added],
      ...(availableAt === undefined ? {} : { availableAt }),
      // Its desk is told of what is held back once it opens.
      announceAt: availableAt ?? addSeconds(at, terms.lifecycle.announceQueued),
    },
    ...{ turns, unseen },
  };
}

function missingPolicy({ route, at }: Placing, { serviceLevels: levels }: Terms): Route['trace'] {
  const { policy } = route;
  const { policies } = levels.policiesAt(at).body;
  if (policy === undefined || policies[policy] !== undefined) return [];
  const because = [`missing: policy ${policy}`];
  return [{ rule: 'missing-policy', matched: true, because, set: ['policy'] }];
}

function isNothing({ desks, earlier }: RoutingObservation): boolean {
  return earlier === undefined && Object.keys(desks).length === 0;
}
