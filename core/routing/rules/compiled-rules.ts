import type { CalendarId } from '../../calendar/calendar-definition.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { DeskId, PoolId } from '../../inquiry/values/ids.ts';
import type { RoutingFacts } from './routing-facts.ts';

/** Where the rules send an inquiry: to a desk, or to a pool, one of whose desks is chosen. */
export type RouteTarget =
  | { readonly desk: DeskId; readonly pool?: never }
  | { readonly pool: PoolId; readonly desk?: never };

/** What the rules decide on an inquiry, with a trace of each matched rule. */
export type InquiryRoute = RouteTarget &
  Pick<
    EventOf<'InquiryRouted'>,
    | 'priority'
    | 'category'
    | 'service'
    | 'policy'
    | 'tags'
    | 'expedite'
    | 'flag'
    | 'rules'
    | 'trace'
  > & {
    readonly skills: string[];
    /** It waits until its desk opens, whatever the desk's settings say. */
    readonly hold?: true;
  };

/** All that must be looked up for a rule set, besides the inquiry itself. */
export type RuleSetNeeds = {
  readonly desks: readonly DeskId[];
  readonly earlier: boolean;
  readonly calendars: readonly CalendarId[];
};

/** A rule set ready to run, compiled once per version. */
export type CompiledRules = {
  readonly needs: RuleSetNeeds;
  route(facts: RoutingFacts): InquiryRoute;
};
