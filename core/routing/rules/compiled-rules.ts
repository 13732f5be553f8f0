import type { CalendarId } from '../../calendar/calendar-definition.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { DeskId, PoolId } from '../../inquiry/values/ids.ts';
import type { RoutingFacts } from './routing-facts.ts';

/** Where the rules send an inquiry: to a desk, or to whichever of a pool's desks takes it. */
export type RouteTarget =
  | { readonly desk: DeskId; readonly pool?: never }
  | { readonly pool: PoolId; readonly desk?: never };

/** What the rules make of an inquiry, with each matched rule's part in it. */
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
    /** It waits until its desk opens, whatever the desk's own way is. */
    readonly hold?: true;
  };

/** What a rule set asks besides the inquiry itself; nothing else has to be looked up for it. */
export type RuleSetNeeds = {
  readonly desks: readonly DeskId[];
  readonly earlier: boolean;
  readonly calendars: readonly CalendarId[];
};

/** A rule set made ready: asked as often as inquiries come, made once per version. */
export type CompiledRules = {
  readonly needs: RuleSetNeeds;
  route(facts: RoutingFacts): InquiryRoute;
};
