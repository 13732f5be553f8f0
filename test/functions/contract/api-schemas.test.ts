import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDurationSeconds } from '../../../core/inquiry/clock/business-duration.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { InquiryRef, InstantInput } from '../../../functions/contract/api-schemas.ts';
import { listInquiries } from '../../../functions/contract/inquiries.ts';
import { logCall } from '../../../functions/contract/intake.ts';
import { putPerson } from '../../../functions/contract/people.ts';
import { Duration } from '../../../functions/contract/sla/duration.ts';
import { amendInquiry } from '../../../functions/contract/work.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('an inquiry in a path', () => {
  it('may be its number as people write it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (random) => {
        const number = makeInquiryNumber(random);
        expect(InquiryRef.parse(number.toLowerCase().replaceAll('-', ' '))).toBe(number);
      }),
    );
  });

  it('may be its id in any case', () => {
    const id = '019a0000-0000-7000-8000-00000000abcd';
    expect(InquiryRef.parse(id.toUpperCase())).toBe(id);
  });

  it.each(['', 'HD-7K3M-9QX4', '../../etc/passwd', '019a0000-0000-4000-8000-00000000abcd'])(
    'is not %j',
    (written) => expect(accepts(InquiryRef, written)).toBe(false),
  );
});

describe('an instant as clients write it', () => {
  it.each([
    ['2026-11-22T10:15:00+09:00', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22T01:15:00.1Z', '2026-11-22T01:15:00.100Z'],
  ])('reads %s as %s', (written, read) => expect(InstantInput.parse(written)).toBe(read));

  it.each([
    '2026-11-22T10:15:00',
    '2026-11-22',
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00+09:00',
  ])('refuses %s', (written) => expect(accepts(InstantInput, written)).toBe(false));
});

describe('a duration', () => {
  it.each([
    ['PT1M', 60],
    ['P2D', 172_800],
    ['P1DT2H3M4S', 93_784],
    ['P30D', 2_592_000],
  ])('of %s has %i seconds', (written, seconds) => {
    expect(accepts(Duration, written)).toBe(true);
    expect(parseDurationSeconds(written)).toBe(seconds);
  });

  it.each([
    'PT59S',
    'P30DT1S',
    'P',
    'PT',
    'P1DT',
    'P1M',
    'P1Y',
    '-P1D',
    'PT1.5H',
    '1D',
    'PT999999999999H',
  ])('is not %s', (written) => expect(accepts(Duration, written)).toBe(false));
});

describe('a list of inquiries', () => {
  it.each([
    { requester: 'me' },
    { requester: 'me', status: 'open' },
    { agent: 'me' },
    { desk: 'bpo', status: 'queued' },
    { number: 'HD-7K3M-9QX5' },
    { status: 'open', limit: '100' },
  ])('can be asked for by %j', (query) => expect(accepts(listInquiries.query, query)).toBe(true));

  it.each([
    {},
    { status: 'closed' },
    { requester: 'me', desk: 'bpo' },
    { requester: 'somebody' },
    { status: 'open', limit: '101' },
    { status: 'open', limit: '0' },
    { status: 'open', page: '2' },
  ])('cannot be asked for by %j', (query) =>
    expect(accepts(listInquiries.query, query)).toBe(false),
  );
});

it('takes a call that ends when it begins, and none that ends before', () => {
  const call = {
    caller: {},
    startedAt: '2026-11-22T10:00:00+09:00',
    summary: 'x',
    outcome: 'open',
  };
  expect(accepts(logCall.body, { ...call, endedAt: '2026-11-22T01:00:00Z' })).toBe(true);
  expect(accepts(logCall.body, { ...call, endedAt: '2026-11-22T00:59:59Z' })).toBe(false);
});

it('takes an amendment only when it amends something', () => {
  expect(accepts(amendInquiry.body, { priority: 'high' })).toBe(true);
  expect(accepts(amendInquiry.body, {})).toBe(false);
});

it('takes a vendor for operators and for nobody else', () => {
  const person = { name: 'Somebody', desks: ['bpo'] };
  expect(accepts(putPerson.body, { ...person, role: 'operator', vendor: 'vendor-a' })).toBe(true);
  expect(accepts(putPerson.body, { ...person, role: 'operator' })).toBe(false);
  expect(accepts(putPerson.body, { ...person, role: 'staff', vendor: 'vendor-a' })).toBe(false);
});
