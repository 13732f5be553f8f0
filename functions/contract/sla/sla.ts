import * as z from 'zod';
import { CalendarId } from '../../../core/calendar/calendar-definition.ts';
import { ClockName, ClockVerdict, PolicyId } from '../../../core/inquiry/clock/clock.ts';
import { Month } from '../../../core/inquiry/clock/month.ts';
import { ResponsibleParty } from '../../../core/inquiry/terms/sla-policies.ts';
import { DeskId, InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../../edge/http/route-contract.ts';
import { InquiryRef, makeListSchema, NoteText, PageCursor, PageLimit } from '../api-schemas.ts';
import { BusinessTime } from './duration.ts';

const tag = 'service-levels';

/** A breach in a path: the inquiry's id, the clock and its cycle. */
const BreachRef = z
  .string()
  .max(80)
  .transform((text, context) => {
    const [id = '', clock, cycle = '', ...more] = text.split('.');
    const ref = z
      .strictObject({ inquiryId: InquiryId, clock: ClockName, cycle: z.int().min(1) })
      .safeParse({
        inquiryId: id.toLowerCase(),
        clock,
        cycle: /^\d{1,6}$/.test(cycle) ? Number(cycle) : undefined,
      });
    if (ref.success && more.length === 0) return ref.data;
    context.addIssue({ code: 'custom', message: 'is no id of a breach' });
    return z.NEVER;
  })
  .meta({
    description: 'The id of a breach: inquiry, clock and cycle.',
    examples: ['019a0000-0000-7000-8000-000000000001.resolution.1'],
  });

const ReviewView = z
  .strictObject({
    cause: z.string(),
    party: ResponsibleParty.meta({ description: 'Whose doing it was.' }),
    note: z.string().optional(),
    by: z.strictObject({ sub: z.string(), name: z.string() }),
    at: Instant,
  })
  .meta({ id: 'BreachReview' });

export const BreachView = z
  .strictObject({
    id: z.string().meta({ description: 'Inquiry, clock and cycle.' }),
    inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
    clock: ClockName,
    cycle: z.int(),
    desk: DeskId.optional().meta({ description: 'Under which it is reported.' }),
    priority: Priority.meta({ description: 'Under which it is reported.' }),
    state: z.enum(['running', 'ended']).meta({ description: 'Whether the clock has ended since.' }),
    target: BusinessTime,
    elapsed: BusinessTime.optional().meta({ description: 'To its end, or so far.' }),
    lateBy: BusinessTime.optional().meta({
      description: 'From the deadline on, to its end or so far.',
    }),
    breachedAt: Instant.meta({ description: 'The deadline that was missed.' }),
    detectedAt: Instant.meta({ description: 'When that was recorded.' }),
    endedAt: Instant.optional(),
    zone: z.string().meta({ description: 'The IANA zone of the calendar that set the deadline.' }),
    review: ReviewView.optional().meta({ description: 'The last one.' }),
  })
  .meta({ id: 'Breach' });
export type BreachView = z.infer<typeof BreachView>;

export const listBreaches = defineContract({
  method: 'GET',
  path: '/v1/sla/breaches',
  audit: { action: 'list-breaches', what: 'inquiries' },
  summary: { en: 'List missed service levels', ja: 'SLA 違反の一覧' },
  description:
    'Those without a review first, the oldest of them first; then the reviewed ones, the newest first. Desk, priority and month are those under which a breach is reported. A page may hold fewer than asked for, even none, while `next` is given: go on until it is null. What has just changed may be missing for a moment.',
  tag,
  auth: 'token',
  roles: ['lead'],
  query: z.strictObject({
    desk: DeskId.optional(),
    clock: ClockName.optional(),
    priority: Priority.optional(),
    month: Month.optional(),
    reviewed: z.enum(['true', 'false']).optional(),
    limit: PageLimit,
    cursor: PageCursor.optional(),
  }),
  answers: { 200: makeListSchema(BreachView) },
  refusals: [],
  idempotent: false,
  concurrency: false,
});

export const reviewBreach = defineContract({
  method: 'POST',
  path: '/v1/sla/breaches/{id}/review',
  audit: { action: 'review-breach', what: 'inquiry' },
  summary: { en: 'Say why a service level was missed', ja: 'SLA 違反の確認' },
  description:
    'The causes are those of the policies in force. A further review counts instead of those before, except in reports of earlier instants.',
  tag,
  auth: 'token',
  roles: ['lead'],
  params: z.strictObject({ id: BreachRef }),
  body: z.strictObject({
    cause: z.string().min(1).max(32),
    party: ResponsibleParty,
    note: NoteText.min(1).optional(),
  }),
  answers: { 200: BreachView },
  refusals: ['sla.unknown-breach', 'sla.reviewed-out', 'inquiry.illegal-transition'],
  idempotent: true,
  concurrency: false,
});

const ClockIntervalView = z
  .strictObject({
    from: Instant,
    to: Instant,
    state: z.enum(['counting', 'out-of-hours', 'paused']),
    counted: BusinessTime,
  })
  .meta({ id: 'ClockStretch' });

export const ClockAccount = z
  .strictObject({
    inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
    clock: ClockName,
    cycle: z.int(),
    run: z.int().meta({ description: 'How often the cycle has begun, counted from 1.' }),
    desk: DeskId.optional().meta({ description: "Of a desk's clock: the desk." }),
    state: z.enum(['running', 'paused', 'ended']),
    verdict: ClockVerdict.optional(),
    asOf: Instant,
    startedAt: Instant,
    endedAt: Instant.optional(),
    carried: BusinessTime.meta({ description: 'What it started with, of the cycle before.' }),
    stretches: z.array(ClockIntervalView).meta({
      description: 'From its start to its end or now, without gaps; empty where no calendar says.',
    }),
    elapsed: BusinessTime.optional().meta({
      description: 'What `carried` and the stretches add up to, to the second.',
    }),
    target: z.strictObject({
      duration: BusinessTime,
      priority: Priority,
      policy: PolicyId,
      policies: z.int().meta({ description: 'Version of the policies; 0 is the shipped one.' }),
      calendar: CalendarId,
      calendars: z.int().meta({ description: 'Version of the calendars; 0 is the shipped one.' }),
      countFrom: Instant,
      since: Instant,
    }),
    deadline: z
      .strictObject({
        at: Instant,
        zone: z.string().meta({ description: 'The IANA zone of its calendar.' }),
        local: z.string().meta({
          description: 'In that zone, with its offset.',
          examples: ['2026-11-24T10:10:00+09:00'],
        }),
      })
      .optional()
      .meta({ description: 'Absent while it is paused, unless it is missed.' }),
    warnings: z.array(z.strictObject({ percent: z.int(), at: Instant })),
    nextWarning: z.strictObject({ percent: z.int(), at: Instant }).optional(),
    breach: z
      .strictObject({
        at: Instant,
        detectedAt: Instant.optional().meta({ description: 'Absent while it is not recorded.' }),
        lateBy: BusinessTime.optional(),
      })
      .optional(),
    pauses: z.array(z.strictObject({ from: Instant, to: Instant.optional() })),
    retargeted: z.int().meta({ description: 'How often it was held to another target.' }),
  })
  .meta({ id: 'ClockAccount' });
export type ClockAccount = z.infer<typeof ClockAccount>;

export const explainClock = defineContract({
  method: 'GET',
  path: '/v1/inquiries/{id}/clocks/{clock}/explain',
  audit: { action: 'explain-clocks', what: 'inquiry', object: { in: 'path', field: 'clock' } },
  summary: { en: 'Account for a clock', ja: '時計の内訳' },
  description:
    "The cycle of now, or the last one, unless told which. Operators see the clocks of inquiries at their desk, without what other desks have agreed to. Time that has passed since the inquiry's last change is reckoned with, though nothing of it may be recorded yet.",
  tag,
  auth: 'token',
  roles: ['operator', 'staff', 'lead'],
  params: z.strictObject({ id: InquiryRef, clock: ClockName }),
  query: z.strictObject({ cycle: z.coerce.number().int().min(1).max(1_000_000).optional() }),
  answers: { 200: ClockAccount },
  refusals: ['sla.unknown-clock', 'transient.conflict'],
  idempotent: false,
  concurrency: false,
});
