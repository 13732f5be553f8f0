import type {
  ObservedDesk,
  RoutingObservation,
} from '../../../../core/inquiry/events/routing-observation.ts';
import type { Desk } from '../../../../core/inquiry/terms/desk.ts';
import { DeskSettings, shippedDeskSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import { applyDeskSettings, type Terms } from '../../../../core/inquiry/terms/terms.ts';
import { DeskId, InquiryId, type Instant, PoolId } from '../../../../core/inquiry/values/ids.ts';
import type { PlacementRequest } from '../../../../core/routing/placement/place-inquiry.ts';
import type { InquiryRoute } from '../../../../core/routing/rules/compiled-rules.ts';
import { bpo, commandedInquiryId, deskList, deskListTerms } from '../../help-desk.ts';

/** Tuesday 10:00 in Tokyo, when every desk is open. */
export const tuesdayMorning = '2026-11-24T01:00:00.000Z' as Instant;
/** Tuesday 22:00: both vendors' desks have closed at 20:00. */
export const tuesdayNight = '2026-11-24T13:00:00.000Z' as Instant;
/** Wednesday 08:00. */
export const wednesdayBeforeOpening = '2026-11-24T23:00:00.000Z' as Instant;

/** Terms with the desks of the stage and the settings that a lead has put. */
export function makeTermsWithSettings(body: object, desks: readonly Desk[] = deskList): Terms {
  const settings = { ...shippedDeskSettings, version: 4, body: DeskSettings.parse(body) };
  return applyDeskSettings({ ...deskListTerms, desks }, desks, settings);
}

const networkRoute = {
  priority: 'high' as const,
  category: 'network',
  tags: [],
  skills: [],
  rules: 3,
  trace: [{ rule: 'vpn', matched: true, because: ['text: vpn'], set: ['desk'] }],
};

/** The route by which the rules send an inquiry of `network` to a desk. */
export function makeRouteToDesk(desk: DeskId): InquiryRoute {
  return { ...networkRoute, desk };
}

export function makeRouteToPool(pool: string, category = 'network'): InquiryRoute {
  return { ...networkRoute, pool: PoolId.parse(pool), category };
}

export const routeToBpo = makeRouteToDesk(bpo);

/** Observations of desks where nothing waits, with some of them changed. */
export function makeObservation(
  given: Readonly<Record<string, Partial<ObservedDesk>>>,
): RoutingObservation {
  const quiet = { open: true, depth: 0, oldestMinutes: 0, present: 2, waitMinutes: 0 };
  return {
    desks: Object.fromEntries(
      Object.entries(given).map(([id, desk]) => [DeskId.parse(id), { ...quiet, ...desk }]),
    ),
  };
}

export function makePlacementInput(given: Partial<PlacementRequest> = {}): PlacementRequest {
  return {
    id: commandedInquiryId,
    route: routeToBpo,
    observed: { desks: {} },
    at: tuesdayMorning,
    ...given,
  };
}

/** An id whose random end is this fraction of its range. */
export function makeInquiryIdAt(part: number): InquiryId {
  const end = Math.floor(part * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return InquiryId.parse(`019a0000-0000-7000-8000-0000${end}`);
}
