import fc from 'fast-check';
import {
  type InquiryClosed,
  InquiryEvent,
  InquiryQuarantined,
  InquiryReceived,
  type OpeningEvent,
} from '../../core/inquiry/events/events.ts';
import { createSnapshot, evolve } from '../../core/inquiry/evolve.ts';
import { Inquiry, Lease } from '../../core/inquiry/snapshot.ts';
import { isLegalTransition } from '../../core/inquiry/transitions.ts';
import type { InquiryId } from '../../core/inquiry/values/ids.ts';
import { generated, generatedInquiryId } from './generated-values.ts';

/** Any event whatever, legal or not where it comes, and whatever it carries of clocks. */
export const generatedEvent: fc.Arbitrary<InquiryEvent> = generated(InquiryEvent);

/** Any snapshot that its schema accepts, also such as no events lead to. */
export const generatedInquiry: fc.Arbitrary<Inquiry> = generated(Inquiry);

export const generatedLease: fc.Arbitrary<Lease> = generated(Lease);

const ofLevels = { clocks: true, escalations: true, levels: true } as const;

export const generatedOpening: fc.Arbitrary<OpeningEvent> = fc.oneof(
  generated(InquiryReceived.omit(ofLevels)),
  generated(InquiryQuarantined.omit(ofLevels)),
);

const unlevelledEvent: fc.Arbitrary<InquiryEvent> = fc.oneof(
  // As far as what is left out goes, each is like any other.
  ...InquiryEvent.options.map((option) =>
    generated((option as typeof InquiryClosed).omit(ofLevels)),
  ),
);

/**
 * The life of an inquiry: an opening and whatever may legally follow, in any order. It knows no
 * service levels, which nothing but the kernel itself could make sense of.
 */
export type Life = { readonly id: InquiryId; readonly events: readonly InquiryEvent[] };

export const generatedLife: fc.Arbitrary<Life> = fc
  .record({
    id: generatedInquiryId,
    opening: generatedOpening,
    rest: fc.array(unlevelledEvent, { minLength: 20, maxLength: 80 }),
  })
  .map(({ id, opening, rest }) => {
    let inquiry = createSnapshot(id, opening);
    const events: InquiryEvent[] = [opening];
    for (const event of rest) {
      if (!isLegalTransition(inquiry.status, event.type)) continue;
      inquiry = evolve(inquiry, event);
      events.push(event);
    }
    return { id, events };
  });
