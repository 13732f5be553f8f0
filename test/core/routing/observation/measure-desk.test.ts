import { describe, expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import { addSeconds } from '../../../../core/inquiry/values/ids.ts';
import {
  computeOldestMinutes,
  countPresent,
  predictWait,
  selectEarlierInquiries,
} from '../../../../core/routing/observation/measure-desk.ts';
import { ReadCache } from '../../../../core/routing/observation/read-cache.ts';
import { makeInquiryIn } from '../../../support/inquiries.ts';
import { deskList, helpDeskActors } from '../../help-desk.ts';
import { makeInquiryIdAt, tuesdayMorning } from '../placement/placement-fixture.ts';

const [staff, bpo] = deskList;
if (staff === undefined || bpo === undefined) throw new TypeError('there are no desks');

describe('who is present at a desk', () => {
  const present = (given: object = {}, desk = staff) =>
    countPresent(desk, [Person.parse({ ...helpDeskActors.staff1, ...given })], tuesdayMorning);

  it.each<[string, object, number]>([
    ['present', {}, 1],
    ['away', { presence: 'away' }, 0],
    ['of another desk', { desks: ['bpo'] }, 0],
    ['left', { state: 'left' }, 0],
    ['without an account', { sub: undefined }, 0],
    [
      'absent today',
      { absences: [{ id: 'a', from: tuesdayMorning, until: addSeconds(tuesdayMorning, 60) }] },
      0,
    ],
    [
      'absent until just now',
      { absences: [{ id: 'a', from: addSeconds(tuesdayMorning, -60), until: tuesdayMorning }] },
      1,
    ],
  ])('an agent who is %s', (_, given, count) => {
    expect(present(given)).toBe(count);
  });

  it('counts the operators of its vendor only, at a vendor’s desk', () => {
    const all = Object.values(helpDeskActors);
    expect(countPresent(bpo, all, tuesdayMorning)).toBe(2);
    expect(countPresent(staff, all, tuesdayMorning)).toBe(3);
  });
});

describe('the predicted wait', () => {
  it.each<[string, 'internal' | 'outsourced', number, number, number | undefined]>([
    ['is shared by who is there', 'internal', 10, 4, 38],
    ['cannot be told at a desk of the house where nobody is', 'internal', 10, 0, undefined],
    ['counts a vendor, of whom it is not seen, as one', 'outsourced', 10, 0, 150],
    ['is nothing where nobody waits, whoever is there', 'internal', 0, 0, 0],
  ])('%s', (_, kind, depth, present, minutes) => {
    expect(predictWait(kind, { depth, present }, 15)).toBe(minutes);
  });
});

describe('the oldest that waits', () => {
  it('is given in whole minutes, and absent when there is none', () => {
    const oldest = addSeconds(tuesdayMorning, -119);
    expect(computeOldestMinutes({ depth: 3, oldest }, tuesdayMorning)).toBe(1);
    expect(computeOldestMinutes({ depth: 0 }, tuesdayMorning)).toBe(0);
    expect(
      computeOldestMinutes({ depth: 1, oldest: addSeconds(tuesdayMorning, 30) }, tuesdayMorning),
    ).toBe(0);
  });
});

describe('earlier inquiries', () => {
  const day = 86_400;
  const one = makeInquiryIn('queued');
  const received = (days: number, given: object = {}) => ({
    ...{
      ...one,
      id: makeInquiryIdAt(days / 1000),
      receivedAt: addSeconds(tuesdayMorning, -days * day),
    },
    ...given,
  });
  const own = received(0);

  it('are those of 90 days, without itself, what was merged and what lies in quarantine', () => {
    const listed = [
      own,
      received(1),
      received(2, { status: 'merged' }),
      received(3, { status: 'quarantined' }),
      received(90),
      received(91),
    ];
    expect(selectEarlierInquiries(own, listed, tuesdayMorning).map(({ at }) => at)).toEqual(
      [1, 90].map((days) => addSeconds(tuesdayMorning, -days * day)),
    );
  });

  it('are at most twenty, and say what they were of and who answered', () => {
    const held = makeInquiryIn('resolved');
    const listed = Array.from({ length: 25 }, (_, index) => received(index + 1, held.lastAgent));
    expect(selectEarlierInquiries(own, listed, tuesdayMorning)).toHaveLength(20);
    const { id: _i, receivedAt: _r, ...answered } = held;
    const [first] = selectEarlierInquiries(own, [received(1, answered)], tuesdayMorning);
    expect(first).toMatchObject({ category: held.category, agent: held.lastAgent?.agent });
  });
});

describe('recent reads', () => {
  it('are shared while they are on their way and fresh, with what was added since', async () => {
    let elapsed = 0;
    let asked = 0;
    const reads = new ReadCache<number>(() => elapsed);
    const read = () =>
      reads.get(
        'bpo',
        async () => {
          asked += 1;
          return asked * 10;
        },
        () => 2_000,
      );
    expect(await Promise.all([read(), read()])).toEqual([
      { value: 10, added: 0 },
      { value: 10, added: 0 },
    ]);
    reads.increment('bpo');
    reads.increment('staff');
    elapsed = 1_999;
    expect(await read()).toEqual({ value: 10, added: 1 });
    elapsed = 2_000;
    expect(await read()).toEqual({ value: 20, added: 0 });
    reads.invalidate('bpo');
    expect(await read()).toEqual({ value: 30, added: 0 });
  });

  it('are asked again after one that failed', async () => {
    const reads = new ReadCache<number>(() => 0);
    const failing = () =>
      reads.get(
        'bpo',
        () => Promise.reject(new Error('busy')),
        () => 2_000,
      );
    await expect(failing()).rejects.toThrow('busy');
    expect(
      await reads.get(
        'bpo',
        async () => 1,
        () => 2_000,
      ),
    ).toEqual({ value: 1, added: 0 });
  });
});
