import { describe, expect, it } from 'vitest';
import { evolve } from '../../../core/inquiry/evolve.ts';
import { findGrantedKinds, unmaskingLimit } from '../../../core/inquiry/unmasking.ts';
import type { VendorId } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import { readSpecimen } from '../../support/specimens.ts';

const vendor = 'vendor-a' as VendorId;
const asking = readSpecimen('UnmaskingAsked');
const asked = evolve(makeInquiryIn('in_progress'), asking);
const granted = evolve(asked, readSpecimen('UnmaskingSettled'));

describe('what is masked', () => {
  it('stays masked while it is only asked for, and when it is refused', () => {
    const refused = evolve(asked, { ...readSpecimen('UnmaskingSettled'), outcome: 'refused' });
    for (const { unmaskings } of [asked, refused]) {
      expect(findGrantedKinds(unmaskings, vendor, 'requester').size).toBe(0);
    }
  });

  it('is shown once it is granted: the kinds asked for, of what they were asked of, to who asked', () => {
    const { unmaskings } = granted;
    expect([...findGrantedKinds(unmaskings, vendor, 'requester')]).toEqual(['phone']);
    expect(findGrantedKinds(unmaskings, vendor, 'another message').size).toBe(0);
    expect(findGrantedKinds(unmaskings, 'vendor-b' as VendorId, 'requester').size).toBe(0);
  });

  it('is masked again once the inquiry leaves the desk', () => {
    const away = evolve(granted, readSpecimen('InquiryTransferred'));
    expect(away.unmaskings).toBeUndefined();
  });

  it('may be asked for any number of times, and what waits for an answer is not forgotten', () => {
    let inquiry = granted;
    for (let count = 0; count < unmaskingLimit + 5; count += 1) {
      inquiry = evolve(inquiry, { ...asking, id: `request-${count}` });
    }
    expect(inquiry.unmaskings).toHaveLength(unmaskingLimit);
    expect(inquiry.unmaskings?.at(-1)?.id).toBe(`request-${unmaskingLimit + 4}`);
    expect(inquiry.unmaskings?.some(({ state }) => state === 'granted')).toBe(false);
  });
});
