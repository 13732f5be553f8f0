import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { EscalationId } from '../../../../core/inquiry/clock/escalation.ts';
import {
  DeliveryFailed,
  type InquiryEvent,
  MessageReceived,
} from '../../../../core/inquiry/events/events.ts';
import { Notice, type NoticeKind } from '../../../../core/inquiry/outbox/notice.ts';
import { Instant } from '../../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import { composeNotice } from '../../../../core/notice/content/compose-notice.ts';
import type {
  EscalationFacts,
  GatheredNotices,
} from '../../../../core/notice/content/escalation-facts.ts';
import type { NoticeContext } from '../../../../core/notice/content/notice-context.ts';
import { generatedEvent, generatedInquiry } from '../../../support/generated-inquiries.ts';
import { generateFromSchema } from '../../../support/generated-values.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

/** The facts of an escalation that are not in the inquiry. */
const escalation: fc.Arbitrary<EscalationFacts> = fc.record(
  {
    id: generateFromSchema(EscalationId),
    reason: fc.constantFrom('warning', 'breach', 'emergency'),
    clock: generateFromSchema(ClockName),
    dueAt: generateFromSchema(Instant),
    zone: fc.constantFrom('Asia/Tokyo', 'Australia/Lord_Howe'),
    left: fc.nat(),
    late: fc.nat(),
    step: fc.integer({ min: 1, max: 20 }),
    steps: fc.integer({ min: 1, max: 20 }),
    state: fc.constantFrom('open', 'acknowledged', 'over'),
    acknowledgedBy: anyText,
  },
  { requiredKeys: ['id', 'reason', 'step', 'state'] },
);
const gathered: fc.Arbitrary<GatheredNotices> = fc.record({
  count: fc.nat({ max: 10_000 }),
  first: fc.array(
    fc.record({
      number: generateFromSchema(InquiryNumber),
      kind: fc.constantFrom('sla-warning' as const, 'sla-breach' as const),
      clock: generateFromSchema(ClockName),
    }),
    { maxLength: 3 },
  ),
});

const context: fc.Arbitrary<NoticeContext> = fc
  .record({
    notice: generateFromSchema(Notice),
    inquiry: generatedInquiry,
    subject: anyText,
    event: generatedEvent,
    reader: fc.constantFrom('requester' as const, 'colleague' as const, 'vendor' as const),
    language: fc.constantFrom('ja' as const, 'en' as const),
    leftOut: fc.array(anyText, { maxLength: 2 }),
    levels: fc.option(fc.record({ escalation, gathered })),
  })
  .map(({ inquiry, subject, levels, ...rest }) => ({
    ...rest,
    ...levels,
    acknowledgeLink: 'https://desk.toritsugi.example/escalations/abc',
    inquiry: { ...inquiry, subject },
    preceding: [],
    statusLink: 'https://desk.toritsugi.example/status/abc',
  }));

it('writes a subject of one line without controls, whatever the inquiry holds', () => {
  fc.assert(
    fc.property(context, (given) => {
      const { subject } = composeNotice(given);
      expect(subject).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
      expect(subject).toContain(`[${given.inquiry.number}]`);
      expect(subject.length).toBeLessThan(300);
    }),
  );
});

it('writes HTML of no tags and attributes but its own, whatever people wrote', () => {
  const own =
    /^<(?:!doctype html|\/?(?:html|head|body|div|p|a|table|tr|td|blockquote|title)|meta charset="utf-8"|html lang="(?:ja|en)"|br|(?:body|div|td|p|blockquote) style="[^"<>]*"|table style="[^"<>]*" role="presentation"|a href="https:\/\/desk\.toritsugi\.example\/(?:status|escalations)\/abc")>$/;
  fc.assert(
    fc.property(context, (given) => {
      for (const tag of composeNotice(given).html.match(/<[^>]*>?/g) ?? []) {
        expect(tag).toMatch(own);
      }
    }),
  );
});

it("tells a vendor's operator nothing that differs by what people wrote", () => {
  const message = generateFromSchema(MessageReceived).map((event) => ({
    ...event,
    message: { ...event.message, unverified: false },
  }));
  const noticeEvents: fc.Arbitrary<{ kind: NoticeKind; events: InquiryEvent[] }> = fc.oneof(
    fc.record({ kind: fc.constant('message-arrived' as const), events: twice(message) }),
    fc.record({
      kind: fc.constant('delivery-failed' as const),
      events: twice(generateFromSchema(DeliveryFailed)),
    }),
    fc.record({
      kind: fc.constantFrom('assigned' as const, 'transferred' as const, 'lease-lost' as const),
      events: generatedEvent.map((event) => [event, event]),
    }),
    fc.record({
      kind: fc.constantFrom('sla-warning' as const, 'sla-breach' as const, 'emergency' as const),
      events: generatedEvent.map((event) => [event, event]),
    }),
  );
  fc.assert(
    fc.property(context, generatedInquiry, noticeEvents, (given, other, { kind, events }) => {
      const reader = 'vendor' as const;
      const notice = { ...given.notice, kind };
      const [one, another] = events.map((event, index) =>
        composeNotice({
          ...given,
          ...{ reader, notice, event },
          inquiry: index === 0 ? given.inquiry : { ...other, number: given.inquiry.number },
        }),
      );
      expect(one).toEqual(another);
    }),
  );
});

function twice(event: fc.Arbitrary<InquiryEvent>): fc.Arbitrary<InquiryEvent[]> {
  return fc.array(event, { minLength: 2, maxLength: 2 });
}
