import { describe, expect, it } from 'vitest';
import { PolicyId } from '../../../core/inquiry/clock/clock.ts';
import { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Terms } from '../../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import { addSeconds } from '../../../core/inquiry/values/ids.ts';
import { decideRoute } from '../../../core/routing/decide-route.ts';
import type { InquiryRoute } from '../../../core/routing/rules/compiled-rules.ts';
import {
  bpo,
  commandedInquiryId,
  makeTermsWith,
  receivedEvent,
  staffDesk,
  workStart,
} from '../help-desk.ts';
import { given } from '../inquiry-specification.ts';
import {
  makeObservation,
  makePlacementInput,
  makeTermsWithSettings,
} from './placement/placement-fixture.ts';

const holding = makeTermsWith({}, { whenClosed: 'hold' });
const queueing = makeTermsWith({});
const evening = '2026-11-20T12:30:00.000Z' as Instant;
/** Tuesday 08:00 in Tokyo: Monday is a holiday. */
const opening = '2026-11-23T23:00:00.000Z' as Instant;

const route: InquiryRoute = {
  desk: bpo,
  priority: 'high',
  category: 'network',
  tags: [],
  skills: [],
  rules: 3,
  trace: [{ rule: 'vpn', matched: true, because: ['text: vpn'], set: ['desk'] }],
};

function routed(changed: Partial<InquiryRoute>, terms: Terms, now: Instant) {
  const placing = {
    id: commandedInquiryId,
    route: { ...route, ...changed } as InquiryRoute,
    at: now,
  };
  const decision = decideRoute({ ...placing, observed: { desks: {} } }, terms);
  if (decision === undefined) throw new TypeError('it is not routed');
  return decision.event;
}

describe('routing to a desk that is closed', () => {
  it('holds the inquiry back until it opens, where the desk holds', () => {
    const event = routed({}, holding, evening);
    expect(event).toMatchObject({ availableAt: opening, announceAt: opening });
  });

  it('lets it wait at once where the desk queues', () => {
    const event = routed({}, queueing, evening);
    expect(event).not.toHaveProperty('availableAt');
    expect(event.announceAt).toBe(addSeconds(evening, 86_400));
  });

  it('holds nothing back at the second in which the desk opens', () => {
    expect(routed({}, holding, opening)).not.toHaveProperty('availableAt');
    const before = addSeconds(opening, -1);
    expect(routed({}, holding, before)).toMatchObject({ availableAt: opening });
  });

  it('holds nothing back at a desk that keeps no hours', () => {
    const all: Terms = {
      ...holding,
      desks: holding.desks.map((desk) => ({ ...desk, whenClosed: 'hold' })),
    };
    expect(routed({ desk: staffDesk }, all, evening)).not.toHaveProperty('availableAt');
  });
});

describe('a policy that a rule names', () => {
  const gold = PolicyId.parse('gold');

  it('holds for the inquiry', () => {
    given(
      receivedEvent,
      routed({ policy: PolicyId.parse('standard') }, queueing, workStart),
    ).thenInquiry({ policy: 'standard' });
  });

  it('stays named where there is none of it, says so, and leaves the one for all others', () => {
    const event = routed({ policy: gold }, queueing, workStart);
    expect(event.trace).toEqual([
      ...route.trace,
      {
        rule: 'missing-policy',
        matched: true,
        because: ['missing: policy gold'],
        set: ['policy'],
      },
    ]);
    const { inquiry } = given(receivedEvent, event);
    expect(inquiry.policy).toBe('gold');
    expect(inquiry.clocks.map(({ target }) => target?.policy)).toEqual(
      inquiry.clocks.map(() => 'standard'),
    );
    expect(inquiry.clocks).not.toHaveLength(0);
  });
});

describe('what routing records', () => {
  it('is all that the decision was made from, and nothing where nothing was asked', () => {
    const event = routed({}, queueing, workStart);
    expect(event).not.toHaveProperty('observed');
    expect(event).not.toHaveProperty('skills');
    expect(event).toMatchObject({ rules: 3, settings: 0 });
    const limited = makeTermsWithSettings({
      desks: { bpo: { contract: { otherwise: 'staff', monthlyVolume: { inquiries: 9 } } } },
    });
    const observed = makeObservation({ bpo: { volume: { used: 4, limit: 9 } } });
    const { event: asked } = decideRoute(makePlacementInput({ observed }), limited) ?? {};
    expect(asked).toMatchObject({ settings: 4, observed, desk: 'bpo' });
  });

  it('keeps how it was placed even when the rules alone fill the trace', () => {
    const [entry] = route.trace;
    const trace = Array.from({ length: 100 }, () => entry as (typeof route.trace)[number]);
    const event = routed({ trace }, holding, evening);
    expect(event.trace).toHaveLength(100);
    expect(event.trace.at(-1)?.rule).toBe('hold');
    expect(InquiryEvent.parse(event)).toEqual(event);
  });
});
