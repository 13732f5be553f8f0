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
import { generatedInquiryId, generateFromSchema } from './generated-values.ts';

/** Any event, legal or not where it comes, with any clocks in it. */
export const generatedEvent: fc.Arbitrary<InquiryEvent> = generateFromSchema(InquiryEvent);

/** Any snapshot that its schema accepts, also one that no events lead to. */
export const generatedInquiry: fc.Arbitrary<Inquiry> = generateFromSchema(Inquiry);

export const generatedLease: fc.Arbitrary<Lease> = generateFromSchema(Lease);

const serviceLevelFields = { clocks: true, escalations: true, levels: true } as const;

export const generatedOpening: fc.Arbitrary<OpeningEvent> = fc.oneof(
  generateFromSchema(InquiryReceived.omit(serviceLevelFields)),
  generateFromSchema(InquiryQuarantined.omit(serviceLevelFields)),
);

const generatedPlainEvent: fc.Arbitrary<InquiryEvent> = fc.oneof(
  // As far as the omitted fields go, all are alike.
  ...InquiryEvent.options.map((option) =>
    generateFromSchema((option as typeof InquiryClosed).omit(serviceLevelFields)),
  ),
);

/**
 * The life of an inquiry: an opening and whatever may legally follow, in any order. It has no
 * service levels, since only the kernel itself could compute consistent ones.
 */
export type LegalEventSequence = {
  readonly id: InquiryId;
  readonly events: readonly InquiryEvent[];
};

export const generatedEventSequence: fc.Arbitrary<LegalEventSequence> = fc
  .record({
    id: generatedInquiryId,
    opening: generatedOpening,
    rest: fc.array(generatedPlainEvent, { minLength: 20, maxLength: 80 }),
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
