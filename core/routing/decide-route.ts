import { closureOf } from '../inquiry/desk-hours.ts';
import type { EventOf } from '../inquiry/events.ts';
import { type Instant, plusSeconds } from '../inquiry/ids.ts';
import type { Decision } from '../inquiry/perform.ts';
import { type Desk, deskOf, type Terms } from '../inquiry/terms.ts';
import type { Route } from './route.ts';

const traceLimit = 100;

/**
 * Routes an inquiry as the rules have it, as far as the stage has what they name.
 *
 * A desk that is gone is replaced by the stage's first; a policy that there is not stays named, and
 * the one for all others holds until there is. A desk that holds while it is closed gets what is
 * routed to it when it opens; until then nobody can claim it.
 */
export function decideRoute(route: Route, terms: Terms, now: Instant): Decision {
  const desk = deskOf(terms, route.desk) ?? terms.desks[0];
  if (desk === undefined) return { events: [] };
  return {
    events: [
      {
        v: 1,
        type: 'InquiryRouted',
        at: now,
        by: { kind: 'system', part: 'routing' },
        ...route,
        desk: desk.id,
        trace: [...missing(route, desk, terms, now), ...route.trace].slice(0, traceLimit),
        ...(desk.vendor === undefined ? {} : { vendor: desk.vendor }),
        ...announcement(desk, terms, now),
      },
    ],
  };
}

/** What the rules name and the stage has not, as if rules of their own had said so. */
function missing(route: Route, desk: Desk, { levels }: Terms, now: Instant): Route['trace'] {
  const { policy } = route;
  const entry = (what: 'desk' | 'policy', id: string) => ({
    rule: `missing-${what}`,
    matched: true,
    because: [`there is no ${what} ${id}`],
    set: [what],
  });
  const { policies } = levels.policiesAt(now).body;
  const isUnknown = policy !== undefined && policies[policy] === undefined;
  return [
    ...(desk.id === route.desk ? [] : [entry('desk', route.desk)]),
    ...(isUnknown ? [entry('policy', policy)] : []),
  ];
}

/** When the desk is told: of what is held back, once it opens. */
function announcement(
  desk: Desk,
  terms: Terms,
  now: Instant,
): Pick<EventOf<'InquiryRouted'>, 'availableAt' | 'announceAt'> {
  const closure = desk.whenClosed === 'hold' ? closureOf(desk, terms, now) : undefined;
  if (closure === undefined)
    return { announceAt: plusSeconds(now, terms.lifecycle.announceQueued) };
  return { availableAt: closure.opensAt, announceAt: closure.opensAt };
}
