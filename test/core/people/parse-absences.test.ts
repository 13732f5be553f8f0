import { describe, expect, it } from 'vitest';
import { findAbsence, findCoveredAbsences } from '../../../core/access/absence.ts';
import { Absence, Person } from '../../../core/access/person.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { EmailAddress, type Instant } from '../../../core/inquiry/values/ids.ts';
import {
  type AbsenceInput,
  judgeStandIns,
  parseAbsences,
} from '../../../core/people/parse-absences.ts';

const day = (number: number) =>
  `2026-12-${String(number).padStart(2, '0')}T00:00:00.000Z` as Instant;
const addressOf = (name: string) => EmailAddress.parse(`${name}@toritsugi.example`);

const person = (name: string, given: object = {}) =>
  Person.parse({ address: addressOf(name), sub: name, name, role: 'staff', ...given });

function absence(from: number, until: number, standIn?: string, given: object = {}): AbsenceInput {
  const covered = standIn === undefined ? [] : ['network'];
  return {
    ...{ from: day(from), until: day(until), categories: covered },
    ...(standIn === undefined ? {} : { standIn: addressOf(standIn) }),
    ...given,
  };
}

describe('absences', () => {
  it('stand in their order, each known by when it begins unless it has an id', () => {
    const absences = parseAbsences([absence(8, 9, undefined, { id: 'trip' }), absence(1, 3)]);
    expect(absences).toMatchObject([
      { id: day(1), from: day(1) },
      { id: 'trip', from: day(8) },
    ]);
  });

  it.each([
    ['that overlap', [absence(1, 5), absence(4, 6)], 'overlaps'],
    ['of which one lies within another', [absence(1, 9), absence(4, 6)], 'overlaps'],
    ['that end before they begin', [absence(5, 1)], 'absences.0.until'],
    [
      'whose stand-in has no categories',
      [absence(1, 5, 'ben', { categories: [] })],
      'absences.0.categories',
    ],
    [
      'of the same id',
      [absence(1, 2, undefined, { id: 'x' }), absence(3, 4, undefined, { id: 'x' })],
      'same id',
    ],
  ])('%s are refused', (_, given, detail) => {
    const refused = parseAbsences(given);
    expect(refused).toMatchObject({ refused: 'invalid.body' });
    expect(isRefusal(refused) ? refused.detail : '').toContain(detail);
  });

  it('may follow one upon the other', () => {
    expect(parseAbsences([absence(1, 2), absence(2, 3)])).toHaveLength(2);
  });
});

describe('a stand-in', () => {
  const anna = person('anna');
  const refusalFor = (whose: Person, standIn: Person | undefined, now = day(1)) => {
    const planned = Absence.parse({ ...absence(1, 3, standIn?.name ?? 'nobody'), id: 'a' });
    return judgeStandIns(whose, [planned], standIn === undefined ? [] : [standIn], now)?.refused;
  };

  it.each([
    ['a colleague', person('ben'), undefined],
    ['a lead of another department', person('ben', { role: 'lead', department: 'x' }), undefined],
    ['somebody who is not registered', undefined, 'invalid.body'],
    ['somebody who has left', person('ben', { state: 'left' }), 'invalid.body'],
    ['an employee', person('ben', { role: 'requester' }), 'invalid.body'],
    ['an operator', person('ben', { role: 'operator', vendor: 'vendor-a' }), 'invalid.body'],
    ['the absent one', anna, 'invalid.body'],
  ])('who is %s: %#', (_, standIn, refused) => {
    expect(refusalFor(anna, standIn)).toBe(refused);
  });

  it('is refused for a vendor’s operator, whose absence itself is not', () => {
    const operator = person('op', { role: 'operator', vendor: 'vendor-a' });
    expect(refusalFor(operator, person('ben'))).toBe('invalid.body');
    const planned = Absence.parse({ ...absence(1, 3), id: 'a' });
    expect(judgeStandIns(operator, [planned], [], day(1))).toBeUndefined();
  });

  it('of an absence that is over may have left since', () => {
    expect(refusalFor(anna, person('ben', { state: 'left' }), day(3))).toBeUndefined();
  });

  it('stands in from the first instant of the absence until just before its end', () => {
    const absent = person('anna', { absences: [{ ...absence(2, 4, 'ben'), id: 'a' }] });
    const ben = person('ben');
    const at = (number: number) => findCoveredAbsences([absent, ben], ben, day(number)).length;
    expect([1, 2, 3, 4].map(at)).toEqual([0, 1, 1, 0]);
    expect([1, 2, 4].map((number) => findAbsence(absent, day(number))?.id)).toEqual([
      undefined,
      'a',
      undefined,
    ]);
  });
});
