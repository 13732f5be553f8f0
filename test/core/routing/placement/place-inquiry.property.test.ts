import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { RoutingObservation } from '../../../../core/inquiry/events/routing-observation.ts';
import type { Desk } from '../../../../core/inquiry/terms/desk.ts';
import { findDeskAttributes, type Terms } from '../../../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import { decideRoute } from '../../../../core/routing/decide-route.ts';
import { computeCoverage } from '../../../../core/routing/placement/candidate-desks.ts';
import type { PlacementRequest } from '../../../../core/routing/placement/place-inquiry.ts';
import type { InquiryRoute } from '../../../../core/routing/rules/compiled-rules.ts';
import {
  placementFacts,
  placementRules,
} from '../../../../core/routing/rules/placement-reasons.ts';
import { reasonFacts } from '../../../../core/routing/rules/reason-facts.ts';
import { runs } from '../../../support/volumes.ts';
import { deskList } from '../../help-desk.ts';
import {
  makeInquiryIdAt,
  makeObservation,
  makeRouteToPool,
  makeTermsWithSettings,
  routeToBpo,
  tuesdayMorning,
  tuesdayNight,
} from './placement-fixture.ts';

const ids = ['staff', 'bpo', 'bpo-b', 'gone'];
const desk = fc.constantFrom(...ids);
const category = fc.constantFrom('network', 'mail', 'printer');
const optional = { requiredKeys: [] };

const contract = fc.record(
  {
    categories: fc.uniqueArray(category, { minLength: 1 }),
    otherwise: desk,
    outsideCoverage: fc.oneof(fc.constant('hold'), fc.record({ desk })),
    monthlyVolume: fc.record({
      inquiries: fc.integer({ min: 1, max: 4 }),
      beyond: fc.constantFrom('otherwise', 'accept'),
    }),
  },
  { requiredKeys: ['otherwise'] },
);
const overflow = fc.record({
  to: desk,
  enter: fc.constant({ depth: 4 }),
  leave: fc.constant({ depth: 2 }),
});
const attributes = fc.record(
  { contract, overflow, whenClosed: fc.constantFrom('queue', 'hold') },
  optional,
);
const name = { ja: '組', en: 'Pool' };
const pool = fc.record({
  name: fc.constant(name),
  choose: fc.constantFrom('category', 'share', 'order'),
  members: fc.uniqueArray(
    fc.record(
      { desk, share: fc.nat({ max: 3 }), categories: fc.uniqueArray(category) },
      { requiredKeys: ['desk'] },
    ),
    { minLength: 1, selector: (member) => member.desk },
  ),
});
const settings = fc.record({
  desks: fc.record({ staff: attributes, bpo: attributes, 'bpo-b': attributes }, optional),
  pools: fc.record({ one: pool, two: pool }, optional),
});

const observedDesk = fc.record({
  depth: fc.nat({ max: 6 }),
  overflowing: fc.boolean(),
  volume: fc.record({ used: fc.nat({ max: 5 }) }),
});
const observed = fc
  .record({ staff: observedDesk, bpo: observedDesk, 'bpo-b': observedDesk })
  .map((desks) => makeObservation(desks));

const wanted: fc.Arbitrary<InquiryRoute> = fc
  .record({
    target: fc.oneof(
      desk.map((id) => ({ ...routeToBpo, desk: id }) as InquiryRoute),
      fc.constantFrom('one', 'two', 'gone').map((id) => makeRouteToPool(id)),
    ),
    category,
    hold: fc.boolean(),
  })
  .map(
    ({ target, category: of, hold }) =>
      ({ ...target, category: of, ...(hold ? { hold: true } : {}) }) as InquiryRoute,
  );

const world = fc.record({
  terms: fc
    .tuple(settings, fc.subarray([...deskList].slice(1)))
    .map(([body, vendors]) => makeTermsWithSettings(body, [...deskList.slice(0, 1), ...vendors])),
  placing: fc.record({
    id: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map(makeInquiryIdAt),
    route: wanted,
    observed,
    at: fc.constantFrom(tuesdayMorning, tuesdayNight, '2026-11-22T03:00:00.000Z' as Instant),
  }),
});

function decided(terms: Terms, placing: PlacementRequest) {
  const decision = decideRoute(placing, terms);
  const found = terms.desks.find(({ id }) => id === decision?.event.desk);
  if (decision === undefined || found === undefined) throw new TypeError('it got no desk');
  return { ...decision, desk: found };
}

/** The contract of a vendor's desk; one in the settings of other desks does not count. */
const contractOf = (terms: Terms, { id, vendor }: Desk) =>
  vendor === undefined ? undefined : findDeskAttributes(terms, id).contract;

const each = (check: (terms: Terms, placing: PlacementRequest) => void) =>
  fc.assert(
    fc.property(world, ({ terms, placing }) => check(terms, placing)),
    runs(200),
  );

it('places every inquiry at a desk of the stage, in a form that events have', () => {
  each((terms, placing) => {
    const { event } = decided(terms, placing);
    expect(InquiryEvent.parse(event)).toEqual(event);
  });
});

it('gives no vendor what its contract refuses', () => {
  each((terms, placing) => {
    const { desk: found, event } = decided(terms, placing);
    const agreed = contractOf(terms, found);
    if (agreed === undefined) return;
    if (agreed.categories !== undefined) expect(agreed.categories).toContain(event.category);
    const used = placing.observed.desks[found.id]?.volume?.used ?? 0;
    if (agreed.monthlyVolume?.beyond === 'otherwise') {
      expect(used).toBeLessThan(agreed.monthlyVolume.inquiries);
    }
  });
});

it('holds what a closed vendor gets under a contract, and nothing at a desk that is open', () => {
  each((terms, placing) => {
    const { desk: found, event } = decided(terms, placing);
    const coverage = computeCoverage(found.id, terms, placing.at);
    if (coverage.open) expect(event.availableAt).toBeUndefined();
    else if (contractOf(terms, found) !== undefined) {
      expect(event.availableAt).toBe(coverage.opensAt);
    }
  });
});

it('overflows only to a desk that is open and does not overflow itself', () => {
  each((terms, placing) => {
    const { desk: found, event, overflowChanges: changes } = decided(terms, placing);
    const last = event.trace.at(-1);
    if (last?.rule !== 'overflow' || !last.matched) return;
    expect(computeCoverage(found.id, terms, placing.at).open).toBe(true);
    if (findDeskAttributes(terms, found.id).overflow === undefined) return;
    const before = placing.observed.desks[found.id]?.overflowing;
    const change = changes.find((one) => one.desk === found.id);
    expect(change?.active ?? before).toBe(false);
  });
});

it('decides the same again from what the event records', () => {
  each((terms, placing) => {
    const { event } = decided(terms, placing);
    const kept = RoutingObservation.parse(JSON.parse(JSON.stringify(event.observed)));
    const again = decided(terms, { ...placing, observed: kept, at: event.at });
    expect(again.event).toEqual(event);
  });
});

it('says each step by a rule and facts of its closed lists', () => {
  const facts = new Set<string>([...reasonFacts, ...placementFacts]);
  each((terms, placing) => {
    const { event } = decided(terms, placing);
    for (const { rule, because } of event.trace.slice(routeToBpo.trace.length)) {
      expect(placementRules).toContain(rule);
      for (const reason of because) expect(facts).toContain(reason.split(': ')[0]);
    }
  });
});
