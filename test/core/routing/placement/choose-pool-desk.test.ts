import { describe, expect, it } from 'vitest';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import {
  type PlacementRequest,
  placeInquiry,
} from '../../../../core/routing/placement/place-inquiry.ts';
import {
  makeInquiryIdAt,
  makeObservation,
  makePlacementInput,
  makeRouteToPool,
  makeTermsWithSettings,
  tuesdayNight,
  wednesdayBeforeOpening,
} from './placement-fixture.ts';

const name = { ja: '委託先', en: 'Vendors' };

function vendors(pool: object, desks: object = {}): Terms {
  return makeTermsWithSettings({ desks, pools: { vendors: { name, ...pool } } });
}

function desk(terms: Terms, given: Partial<PlacementRequest> = {}): string {
  const placed = placeInquiry(
    makePlacementInput({ route: makeRouteToPool('vendors'), ...given }),
    terms,
  );
  return `${placed?.desk.id}${placed?.availableAt === undefined ? '' : ' held'}`;
}

describe('a pool that chooses by category', () => {
  const pool = {
    choose: 'category',
    members: [
      { desk: 'bpo', categories: ['network', 'mail'] },
      { desk: 'bpo-b', categories: ['network', 'printer'] },
      { desk: 'staff' },
    ],
  };

  it.each([
    ['mail', 'bpo'],
    ['network', 'bpo'],
    ['printer', 'bpo-b'],
    ['device', 'staff'],
  ])('gives %s to the first that names it, or else to one that names none: %s', (category, to) => {
    expect(desk(vendors(pool), { route: makeRouteToPool('vendors', category) })).toBe(to);
  });

  it('passes over who names it without the volume or the contract for it', () => {
    const monthlyVolume = { inquiries: 10 };
    const limited = vendors(pool, { bpo: { contract: { otherwise: 'staff', monthlyVolume } } });
    const full = makeObservation({ bpo: { volume: { used: 10, limit: 10 } } });
    expect(desk(limited, { observed: full })).toBe('bpo-b');
    const refusing = { contract: { otherwise: 'staff', categories: ['device'] } };
    const all = { bpo: refusing, 'bpo-b': refusing };
    expect(desk(vendors(pool, all))).toBe('staff');
    expect(desk(vendors(pool, all), { route: makeRouteToPool('vendors', 'printer') })).toBe(
      'staff',
    );
  });

  it('says which pool it was, by what, and names it in the event of the desk', () => {
    const placed = placeInquiry(
      makePlacementInput({ route: makeRouteToPool('vendors') }),
      vendors(pool),
    );
    expect(placed).toMatchObject({
      pool: 'vendors',
      trace: [{ rule: 'pool', because: ['pool: vendors category bpo', 'category: network'] }],
    });
  });
});

describe('a pool that chooses by share', () => {
  const pool = {
    choose: 'share',
    members: [
      { desk: 'bpo', share: 3 },
      { desk: 'bpo-b', share: 1 },
      { desk: 'staff', share: 0 },
    ],
  };
  const counted = (terms: Terms, given: Partial<PlacementRequest> = {}) => {
    const counts: Record<string, number> = {};
    for (let part = 0; part < 400; part += 1) {
      const to = desk(terms, { ...given, id: makeInquiryIdAt(part / 400) });
      counts[to] = (counts[to] ?? 0) + 1;
    }
    return counts;
  };

  it('gives each its part, by the random end of ids, and none to who has no share', () => {
    expect(counted(vendors(pool))).toEqual({ bpo: 300, 'bpo-b': 100 });
  });

  it('shares what one cannot take now among those who can', () => {
    const overflow = { to: 'staff', enter: { depth: 5 }, leave: { depth: 2 } };
    const observed = makeObservation({ bpo: { depth: 9 } });
    expect(counted(vendors(pool, { bpo: { overflow } }), { observed })).toEqual({ 'bpo-b': 400 });
  });

  it('shares by night what is held for the morning', () => {
    const contract = { otherwise: 'staff' };
    const terms = vendors(pool, { bpo: { contract }, 'bpo-b': { contract } });
    expect(counted(terms, { at: tuesdayNight })).toEqual({ 'bpo held': 300, 'bpo-b held': 100 });
  });
});

describe('a pool that chooses in order', () => {
  const pool = { choose: 'order', members: [{ desk: 'bpo' }, { desk: 'bpo-b' }] };
  const overflow = { to: 'staff', enter: { depth: 5 }, leave: { depth: 2 } };
  const full = { bpo: { overflow }, 'bpo-b': { overflow } };

  it('gives to the first that takes it now', () => {
    expect(desk(vendors(pool))).toBe('bpo');
    expect(
      desk(vendors(pool, full), { observed: makeObservation({ bpo: { depth: 9 }, 'bpo-b': {} }) }),
    ).toBe('bpo-b');
  });

  it('lets the first overflow where every member is full', () => {
    const observed = makeObservation({ bpo: { depth: 9 }, 'bpo-b': { depth: 9 } });
    expect(desk(vendors(pool, full), { observed })).toBe('staff');
  });

  it('holds for the first whose contract takes it where all are closed', () => {
    const terms = vendors(pool, {
      bpo: { contract: { otherwise: 'staff', categories: ['mail'] } },
      'bpo-b': { contract: { otherwise: 'staff' } },
    });
    const placed = placeInquiry(
      makePlacementInput({ route: makeRouteToPool('vendors'), at: tuesdayNight }),
      terms,
    );
    expect(placed).toMatchObject({ desk: { id: 'bpo-b' }, availableAt: wednesdayBeforeOpening });
  });

  it('goes where the first contract says when no contract takes it', () => {
    const contract = { otherwise: 'staff', categories: ['mail'] };
    expect(desk(vendors(pool, { bpo: { contract }, 'bpo-b': { contract } }))).toBe('staff');
  });

  it('passes over a member that the stage has not', () => {
    const terms = vendors({ choose: 'order', members: [{ desk: 'gone' }, { desk: 'bpo-b' }] });
    expect(desk(terms)).toBe('bpo-b');
    const none = vendors({ choose: 'order', members: [{ desk: 'gone' }] });
    expect(desk(none)).toBe('staff');
  });
});
