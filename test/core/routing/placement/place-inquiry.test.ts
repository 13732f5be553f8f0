import { describe, expect, it } from 'vitest';
import type { ObservedDesk } from '../../../../core/inquiry/events/routing-observation.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import { DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import {
  type PlacementRequest,
  placeInquiry,
} from '../../../../core/routing/placement/place-inquiry.ts';
import { deskList, staffDesk } from '../../help-desk.ts';
import {
  makeObservation,
  makePlacementInput,
  makeRouteToDesk,
  makeRouteToPool,
  makeTermsWithSettings,
  routeToBpo,
  tuesdayMorning,
  tuesdayNight,
  wednesdayBeforeOpening,
} from './placement-fixture.ts';

function place(terms: Terms, given: Partial<PlacementRequest> = {}) {
  const placed = placeInquiry(makePlacementInput(given), terms);
  if (placed === undefined) throw new TypeError('there are no desks');
  return placed;
}

/** The desk and the steps that led there, such as `bpo: contract-volume`. */
function way(terms: Terms, given: Partial<PlacementRequest> = {}): string {
  const { desk, trace, availableAt } = place(terms, given);
  const steps = trace.map(({ rule, matched }) => (matched ? rule : `not ${rule}`)).join(' ');
  const held = availableAt === undefined ? '' : ` until ${availableAt}`;
  return `${desk.id}${held}: ${steps}`;
}

const volume = (used: number): Readonly<Record<string, Partial<ObservedDesk>>> => ({
  bpo: { volume: { used, limit: 300 } },
});

describe('a contract', () => {
  const contracted = (contract: object) => makeTermsWithSettings({ desks: { bpo: { contract } } });
  const takes = contracted({ categories: ['network'], otherwise: 'staff' });
  const elsewhere = contracted({ otherwise: 'bpo-b', outsideCoverage: { desk: 'staff' } });
  const limited = contracted({ otherwise: 'staff', monthlyVolume: { inquiries: 300 } });
  const unlimited = contracted({
    otherwise: 'staff',
    monthlyVolume: { inquiries: 300, beyond: 'accept' },
  });
  const printer = { ...routeToBpo, category: 'printer' };

  it.each<[string, Terms, Partial<PlacementRequest>, string]>([
    ['takes a category that it names', takes, {}, 'bpo: '],
    ['sends on what it does not name', takes, { route: printer }, 'staff: contract-category'],
    [
      'that names no categories takes all',
      contracted({ otherwise: 'staff' }),
      { route: printer },
      'bpo: ',
    ],
    [
      'holds by night unless it says otherwise',
      takes,
      { at: tuesdayNight },
      `bpo until ${wednesdayBeforeOpening}: contract-coverage`,
    ],
    [
      'sends on at once, closed or not, what it does not take',
      takes,
      { at: tuesdayNight, route: printer },
      'staff: contract-category',
    ],
    [
      'sends on by night where it says so',
      elsewhere,
      { at: tuesdayNight },
      'staff: contract-coverage',
    ],
    ['that sends on by night takes it by day', elsewhere, {}, 'bpo: '],
    [
      'that sends on by night has it held all the same by a rule that holds',
      elsewhere,
      { at: tuesdayNight, route: { ...routeToBpo, hold: true } },
      `bpo until ${wednesdayBeforeOpening}: hold`,
    ],
    [
      'with a single inquiry left takes it',
      limited,
      { observed: makeObservation(volume(299)) },
      'bpo: ',
    ],
    [
      'with its volume reached sends on',
      limited,
      { observed: makeObservation(volume(300)) },
      'staff: contract-volume',
    ],
    [
      'with its volume reached holds nothing for itself by night',
      limited,
      { at: tuesdayNight, observed: makeObservation(volume(301)) },
      'staff: contract-volume',
    ],
    [
      'may take more than its volume',
      unlimited,
      { observed: makeObservation(volume(999)) },
      'bpo: ',
    ],
  ])('%s', (_, terms, given, expected) => {
    expect(way(terms, given)).toBe(expected);
  });

  it('says why it sends on, in facts that can be worded', () => {
    const because = (terms: Terms, given: Partial<PlacementRequest>) =>
      place(terms, given).trace.map((entry) => entry.because);
    expect(because(takes, { route: printer })).toEqual([
      ['contract.accepts: bpo false', 'category: printer'],
    ]);
    expect(because(limited, { observed: makeObservation(volume(300)) })).toEqual([
      ['contract.volumeLeft: bpo false', 'contract.volume: bpo 300 of 300'],
    ]);
    expect(because(takes, { at: tuesdayNight })).toEqual([
      ['contract.covered: bpo false', `held.until: ${wednesdayBeforeOpening}`],
    ]);
    expect(because(elsewhere, { at: tuesdayNight })).toEqual([['contract.covered: bpo false']]);
  });

  it('asks only for volumes that can be used up', () => {
    expect(place(takes, { at: tuesdayNight }).unseen).toEqual([]);
    expect(place(unlimited).unseen).toEqual([]);
    expect(place(limited).unseen).toEqual(['bpo']);
    expect(place(limited, { observed: makeObservation(volume(1)) }).unseen).toEqual([]);
  });

  it('passes from vendor to vendor until one takes it', () => {
    const terms = makeTermsWithSettings({
      desks: {
        bpo: { contract: { categories: ['mail'], otherwise: 'bpo-b' } },
        'bpo-b': { contract: { categories: ['network'], otherwise: 'staff' } },
      },
    });
    expect(way(terms)).toBe('bpo-b: contract-category');
    expect(way(terms, { route: printer })).toBe('staff: contract-category contract-category');
  });

  it('ends at the first desk of the house where contracts point at each other', () => {
    const terms = makeTermsWithSettings({
      desks: {
        bpo: { contract: { categories: ['mail'], otherwise: 'bpo-b' } },
        'bpo-b': { contract: { categories: ['mail'], otherwise: 'bpo' } },
      },
    });
    expect(way(terms)).toBe('staff: contract-category contract-category last-resort');
  });

  it('ends there too where it points at a desk that the stage has not', () => {
    const terms = contracted({ categories: ['mail'], otherwise: 'gone' });
    expect(way(terms)).toBe('staff: contract-category missing-desk last-resort');
  });

  it('goes on from there by its overflow as from any desk', () => {
    const overflow = { to: 'bpo-b', enter: { depth: 6 }, leave: { depth: 2 } };
    const contract = { categories: ['mail'], otherwise: 'gone' };
    const terms = makeTermsWithSettings({ desks: { bpo: { contract }, staff: { overflow } } });
    const observed = makeObservation({ staff: { depth: 6 } });
    const steps = 'contract-category missing-desk last-resort overflow';
    expect(way(terms, { observed })).toBe(`bpo-b: ${steps}`);
  });

  it('counts for nothing at a desk of the house', () => {
    const contract = { categories: ['mail'], otherwise: 'bpo' };
    const terms = makeTermsWithSettings({ desks: { staff: { contract } } });
    expect(way(terms, { route: makeRouteToDesk(staffDesk) })).toBe('staff: ');
  });
});

describe('a desk without a contract', () => {
  it('queues by night, or holds where that is its own way or a rule holds', () => {
    expect(way(makeTermsWithSettings({}), { at: tuesdayNight })).toBe('bpo: ');
    const holding = makeTermsWithSettings({ desks: { bpo: { whenClosed: 'hold' } } });
    expect(way(holding, { at: tuesdayNight })).toBe(`bpo until ${wednesdayBeforeOpening}: hold`);
    expect(
      way(makeTermsWithSettings({}), { at: tuesdayNight, route: { ...routeToBpo, hold: true } }),
    ).toBe(`bpo until ${wednesdayBeforeOpening}: hold`);
    expect(way(makeTermsWithSettings({}), { route: { ...routeToBpo, hold: true } })).toBe('bpo: ');
  });
});

describe('overflow', () => {
  const thresholds = { enter: { depth: 20 }, leave: { depth: 10 } };
  const out = makeTermsWithSettings({
    desks: { bpo: { overflow: { to: 'staff', ...thresholds } } },
  });
  const both = makeTermsWithSettings({
    desks: {
      bpo: { overflow: { to: 'staff', ...thresholds } },
      staff: { overflow: { to: 'bpo', ...thresholds } },
    },
  });
  const staff = makeRouteToDesk(staffDesk);

  it.each<[string, number, boolean, string, readonly boolean[]]>([
    ['stays closed below its level', 19, false, 'bpo: ', []],
    ['begins at its level', 20, false, 'staff: overflow', [true]],
    ['goes on above the lower level', 11, true, 'staff: overflow', []],
    ['ends at the lower level', 10, true, 'bpo: ', [false]],
  ])('%s', (_, depth, overflowing, expected, changes) => {
    const observed = makeObservation({ bpo: { depth, overflowing } });
    expect(way(out, { observed })).toBe(expected);
    const { overflowChanges } = place(out, { observed });
    expect(overflowChanges).toEqual(
      changes.map((active) => ({ desk: 'bpo', active, measure: 'depth' })),
    );
  });

  it('goes from staff to a vendor as well', () => {
    const observed = makeObservation({ staff: { depth: 25 }, bpo: {} });
    expect(way(both, { route: staff, observed })).toBe('bpo: overflow');
    expect(place(both, { route: staff, observed }).trace.at(-1)?.because).toEqual([
      'overflow: staff bpo',
      'desk.depth: staff 25',
    ]);
  });

  it('stays where it is when the other desk overflows too, whoever asks', () => {
    const observed = makeObservation({ staff: { depth: 25 }, bpo: { depth: 30 } });
    expect(way(both, { observed })).toBe('bpo: not overflow');
    expect(way(both, { route: staff, observed })).toBe('staff: not overflow');
    expect(place(both, { observed }).trace.at(-1)?.because).toEqual([
      'overflow: bpo staff',
      'overflow: staff bpo',
    ]);
    expect(place(both, { observed }).overflowChanges).toHaveLength(2);
  });

  it.each<[string, object, Instant, Partial<ObservedDesk>, string]>([
    ['closed', { otherwise: 'staff' }, tuesdayNight, {}, 'contract.covered: bpo false'],
    [
      'not for the category',
      { otherwise: 'staff', categories: ['mail'] },
      tuesdayMorning,
      {},
      'contract.accepts: bpo false',
    ],
    [
      'without volume left',
      { otherwise: 'staff', monthlyVolume: { inquiries: 300 } },
      tuesdayMorning,
      { volume: { used: 300, limit: 300 } },
      'contract.volumeLeft: bpo false',
    ],
  ])('does not go to a vendor whose desk is %s', (_, contract, at, desk, reason) => {
    const overflow = { to: 'bpo', ...thresholds };
    const terms = makeTermsWithSettings({ desks: { staff: { overflow }, bpo: { contract } } });
    const observed = makeObservation({ staff: { depth: 99 }, bpo: desk });
    expect(way(terms, { route: staff, observed, at })).toBe('staff: not overflow');
    const [entry] = place(terms, { route: staff, observed, at }).trace;
    expect(entry?.because).toContain(reason);
  });

  it('does not go to a desk that the stage has not', () => {
    const overflow = { to: 'gone', ...thresholds };
    const terms = makeTermsWithSettings({ desks: { bpo: { overflow } } });
    expect(way(terms, { observed: makeObservation({ bpo: { depth: 99 } }) })).toBe(
      'bpo: not overflow',
    );
  });

  it('sends nothing on that is held back: its contract says what becomes of it', () => {
    const overflow = { to: 'staff', ...thresholds };
    const terms = makeTermsWithSettings({
      desks: { bpo: { overflow, contract: { otherwise: 'staff' } } },
    });
    const observed = makeObservation({ bpo: { depth: 99 } });
    expect(way(terms, { observed, at: tuesdayNight })).toBe(
      `bpo until ${wednesdayBeforeOpening}: contract-coverage`,
    );
  });

  it('counts a desk without an observation as quiet, and says which', () => {
    const { desk, overflowChanges, unseen } = place(both);
    expect([desk.id, overflowChanges, unseen]).toEqual(['bpo', [], ['bpo']]);
    const full = makeObservation({ bpo: { depth: 99 } });
    expect(place(both, { observed: full }).unseen).toEqual(['staff']);
  });
});

describe('what the stage has not', () => {
  it('is replaced by the first desk of the house, and of a stage that has none by its first', () => {
    const [, ...vendors] = deskList;
    const [house] = deskList;
    if (house === undefined) throw new TypeError('there is a desk');
    const stage = makeTermsWithSettings({}, [...vendors, house]);
    expect(way(stage, { route: makeRouteToDesk(DeskId.parse('gone')) })).toBe(
      'staff: missing-desk',
    );
    expect(way(stage, { route: makeRouteToPool('constructor') })).toBe('staff: missing-pool');
    const gone = makeRouteToDesk(staffDesk);
    expect(way(makeTermsWithSettings({}, vendors), { route: gone })).toBe('bpo: missing-desk');
    expect(place(makeTermsWithSettings({}, vendors), { route: gone }).trace).toEqual([
      { rule: 'missing-desk', matched: true, because: ['missing: desk staff'], set: ['desk'] },
    ]);
    expect(way(makeTermsWithSettings({}), { route: makeRouteToPool('gone') })).toBe(
      'staff: missing-pool',
    );
  });

  it('leaves nothing to place in a stage without desks', () => {
    expect(placeInquiry(makePlacementInput(), makeTermsWithSettings({}, []))).toBeUndefined();
  });
});
