import { describe, expect, it } from 'vitest';
import { PolicyId } from '../../../core/inquiry/clock/clock.ts';
import type { Instant } from '../../../core/inquiry/ids.ts';
import { plusSeconds } from '../../../core/inquiry/ids.ts';
import type { Terms } from '../../../core/inquiry/terms.ts';
import { decideRoute } from '../../../core/routing/decide-route.ts';
import type { Route } from '../../../core/routing/route.ts';
import { bpo, Inquest, received, staffDesk, start, termsWith } from '../work/help-desk.ts';

const holding = termsWith({}, { whenClosed: 'hold' });
const queueing = termsWith({});
const evening = '2026-11-20T12:30:00.000Z' as Instant;
/** Tuesday 08:00 in Tokyo: Monday is a holiday. */
const opening = '2026-11-23T23:00:00.000Z' as Instant;

const route: Route = {
  desk: bpo,
  priority: 'high',
  category: 'network',
  tags: [],
  rules: 3,
  trace: [{ rule: 'vpn', matched: true, because: ['text: vpn'], set: ['desk'] }],
};

function routed(changed: Partial<Route>, terms: Terms, now: Instant) {
  const [event] = decideRoute({ ...route, ...changed }, terms, now).events;
  if (event?.type !== 'InquiryRouted') throw new TypeError('it is not routed');
  return event;
}

describe('routing to a desk that is closed', () => {
  it('holds the inquiry back until it opens, where the desk holds', () => {
    const event = routed({}, holding, evening);
    expect(event).toMatchObject({ availableAt: opening, announceAt: opening });
  });

  it('lets it wait at once where the desk queues', () => {
    const event = routed({}, queueing, evening);
    expect(event).not.toHaveProperty('availableAt');
    expect(event.announceAt).toBe(plusSeconds(evening, 86_400));
  });

  it('holds nothing back at the second in which the desk opens', () => {
    expect(routed({}, holding, opening)).not.toHaveProperty('availableAt');
    const before = plusSeconds(opening, -1);
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
    const inquest = new Inquest(
      received,
      routed({ policy: PolicyId.parse('standard') }, queueing, start),
    );
    expect(inquest.inquiry).toMatchObject({ policy: 'standard' });
  });

  it('stays named where there is none of it, says so, and leaves the one for all others', () => {
    const event = routed({ policy: gold }, queueing, start);
    expect(event.trace).toEqual([
      {
        rule: 'missing-policy',
        matched: true,
        because: ['there is no policy gold'],
        set: ['policy'],
      },
      ...route.trace,
    ]);
    const { inquiry } = new Inquest(received, event);
    expect(inquiry.policy).toBe('gold');
    expect(inquiry.clocks.map(({ target }) => target?.policy)).toEqual(
      inquiry.clocks.map(() => 'standard'),
    );
    expect(inquiry.clocks).not.toHaveLength(0);
  });
});
