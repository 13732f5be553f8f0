import type {
  ObservedDesk,
  RoutingObservation,
} from '../../../../core/inquiry/events/routing-observation.ts';
import { DeskSettings, shippedDeskSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import { applyDeskSettings, type Desk, type Terms } from '../../../../core/inquiry/terms/terms.ts';
import { DeskId, InquiryId, type Instant, PoolId } from '../../../../core/inquiry/values/ids.ts';
import type { PlacementRequest } from '../../../../core/routing/placement/place-inquiry.ts';
import type { InquiryRoute } from '../../../../core/routing/rules/compiled-rules.ts';
import { bpo, deskList, inquiryId, terms } from '../../work/command-scenario.ts';

/** Tuesday 10:00 in Tokyo, when every desk is open. */
export const morning = '2026-11-24T01:00:00.000Z' as Instant;
/** Tuesday 22:00: both vendors' desks have closed at 20:00. */
export const night = '2026-11-24T13:00:00.000Z' as Instant;
/** Wednesday 08:00. */
export const opening = '2026-11-24T23:00:00.000Z' as Instant;

/** The stage's desks under settings as a lead would put them. */
export function settled(body: object, desks: readonly Desk[] = deskList): Terms {
  const settings = { ...shippedDeskSettings, version: 4, body: DeskSettings.parse(body) };
  return applyDeskSettings({ ...terms, desks }, desks, settings);
}

const network = {
  priority: 'high' as const,
  category: 'network',
  tags: [],
  skills: [],
  rules: 3,
  trace: [{ rule: 'vpn', matched: true, because: ['text: vpn'], set: ['desk'] }],
};

/** An inquiry of `network` that the rules send to a desk. */
export function toDesk(desk: DeskId): InquiryRoute {
  return { ...network, desk };
}

export function toPool(pool: string, category = 'network'): InquiryRoute {
  return { ...network, pool: PoolId.parse(pool), category };
}

export const route = toDesk(bpo);

/** Desks where nothing waits, and what is different about some of them. */
export function seen(given: Readonly<Record<string, Partial<ObservedDesk>>>): RoutingObservation {
  const quiet = { open: true, depth: 0, oldestMinutes: 0, present: 2, waitMinutes: 0 };
  return {
    desks: Object.fromEntries(
      Object.entries(given).map(([id, desk]) => [DeskId.parse(id), { ...quiet, ...desk }]),
    ),
  };
}

export function placing(given: Partial<PlacementRequest> = {}): PlacementRequest {
  return { id: inquiryId, route, observed: { desks: {} }, at: morning, ...given };
}

/** An id whose random end is a part of the whole. */
export function idAt(part: number): InquiryId {
  const end = Math.floor(part * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return InquiryId.parse(`019a0000-0000-7000-8000-0000${end}`);
}
