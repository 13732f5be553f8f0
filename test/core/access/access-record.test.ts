import { describe, expect, it } from 'vitest';
import {
  collectInquiryRefs,
  recordByRole,
  recordChange,
  recordRead,
} from '../../../core/access/access-record.ts';
import { Person } from '../../../core/access/person.ts';
import { evolve } from '../../../core/inquiry/evolve.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import { readSpecimen } from '../../support/specimens.ts';

const atBpo = makeInquiryIn('in_progress');
const passedOn = evolve(atBpo, readSpecimen('InquiryTransferred'));
const { id, number } = atBpo;

function person(sub: string, given: Readonly<Record<string, unknown>>): Person {
  return Person.parse({ address: `${sub}@toritsugi.example`, sub, name: sub, ...given });
}
const operator = person('operator-a1', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] });

describe('the right by which an inquiry is seen', () => {
  it.each([
    ['desk', operator, atBpo],
    ['former', operator, passedOn],
    ['own', person('employee-1', { role: 'requester' }), atBpo],
    ['office own', person('employee-1', { role: 'staff' }), atBpo],
    ['role', person('form', { role: 'system' }), atBpo],
  ] as const)('is %s', (right, actor, inquiry) => {
    expect(recordRead(actor, inquiry)).toEqual({ id, number, right: right.split(' ') });
  });

  it('is that of the desk for the command that gave it away', () => {
    expect(recordChange(operator, passedOn).right).toEqual(['desk']);
    expect(recordChange(person('staff-1', { role: 'staff' }), passedOn).right).toEqual(['office']);
  });
});

describe('what JSON names', () => {
  it('is each inquiry once, wherever it stands, and nothing else', () => {
    const other = '019a0000-0000-7000-8000-000000000002';
    const result = {
      id: '019a0000-0000-7000-8000-000000000009',
      lines: [{ line: 1, inquiryId: id, number }, { line: 2, inquiryId: id, number }, null],
      moved: { most: [{ inquiry: { id: other }, was: 'bpo' }, { inquiry: 'none' }] },
    };
    expect(collectInquiryRefs(result)).toEqual([
      recordByRole({ id, number }),
      { id: other, right: ['role'] },
    ]);
    expect(collectInquiryRefs(undefined)).toEqual([]);
  });
});
