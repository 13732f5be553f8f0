import * as z from 'zod';
import { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { Month as BareMonth } from '../../../core/inquiry/clock/month.ts';
import { ResponsibleParty } from '../../../core/inquiry/terms/sla-policies.ts';
import { DeskId, InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { Language, Priority } from '../../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../../edge/http/route-contract.ts';
import { InstantInput, JobView } from '../api-schemas.ts';
import { BusinessTime } from './duration.ts';

const reportDefaults = {
  tag: 'service-levels',
  auth: 'token',
  roles: ['lead'],
  concurrency: false,
} as const;

const ReportMonth = BareMonth.meta({ examples: ['2026-11'] });

const runningCaseFields = {
  inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
  clock: ClockName,
  breachedAt: Instant,
};

export const ServiceLevelFigures = z
  .strictObject({
    cycles: z.int(),
    met: z.int(),
    missed: z.int().meta({ description: 'Those included that have not ended.' }),
    moved: z.int(),
    cancelled: z.int(),
    attainment: z.number().nullable().meta({
      description:
        'Met of those met or missed, in percent, rounded down to one decimal: 100 only when none was missed. Null when there is none of either.',
    }),
    running: z.int().meta({ description: 'How many of those missed have not ended.' }),
    elapsed: z
      .strictObject({
        cycles: z.int().meta({ description: 'How many have ended met or missed.' }),
        median: BusinessTime.nullable(),
        p90: BusinessTime.nullable(),
      })
      .meta({
        description:
          'Of the cycles that have ended met or missed, by the nearest rank: the value at place ⌈n × p / 100⌉ of the n values in ascending order.',
      }),
    worst: z
      .array(z.strictObject({ ...runningCaseFields, lateBy: BusinessTime }))
      .meta({ description: 'Up to five that have ended missed, the latest first.' }),
    oldest: z
      .array(z.strictObject(runningCaseFields))
      .meta({ description: 'Up to five missed that have not ended, those missed first.' }),
    causes: z
      .array(z.strictObject({ cause: z.string(), party: ResponsibleParty, count: z.int() }))
      .meta({ description: 'Of all those missed, the commonest first.' }),
    unreviewed: z.int().meta({ description: 'How many of those missed nobody has reviewed.' }),
  })
  .meta({ id: 'LevelFigures' });
export type ServiceLevelFigures = z.infer<typeof ServiceLevelFigures>;

export const ServiceLevelRow = z
  .strictObject({
    desk: DeskId.nullable().optional().meta({ description: 'Null: it had come to no desk.' }),
    clock: ClockName.optional(),
    priority: Priority.optional(),
    figures: ServiceLevelFigures,
  })
  .meta({ id: 'LevelRow', description: 'What is not named is all of it.' });
export type ServiceLevelRow = z.infer<typeof ServiceLevelRow>;

export const ServiceLevelReport = z
  .strictObject({
    month: ReportMonth,
    asOf: Instant.meta({ description: 'What was recorded later is left out.' }),
    over: z.boolean().meta({ description: 'Whether the month was over everywhere by then.' }),
    desk: DeskId.optional().meta({ description: 'Where the report is of one desk.' }),
    zones: z
      .array(z.strictObject({ desk: DeskId.nullable(), zone: z.string() }))
      .meta({ description: 'The IANA zone by which the month of a desk is counted.' }),
    versions: z
      .strictObject({ policies: z.array(z.int()), calendars: z.array(z.int()) })
      .meta({ description: 'By which the cycles were judged; 0 is the shipped one.' }),
    groups: z.array(ServiceLevelRow).meta({ description: 'By desk, clock and priority.' }),
    totals: z.strictObject({
      all: ServiceLevelFigures,
      desks: z.array(ServiceLevelRow),
      clocks: z.array(ServiceLevelRow),
      deskClocks: z.array(ServiceLevelRow),
    }),
    thresholds: z
      .array(
        z.strictObject({
          desk: DeskId,
          clock: ClockName,
          priority: Priority.optional(),
          demanded: z.number().meta({ description: 'In percent.' }),
          met: z.int(),
          missed: z.int(),
          attainment: z.number().nullable(),
          reached: z
            .boolean()
            .nullable()
            .meta({ description: 'By the exact share; null when there is nothing to judge.' }),
          policies: z.int().meta({ description: 'The version of the policies that demands it.' }),
        }),
      )
      .meta({
        description:
          "The desks' contracts, by the policies in force at the end of the month, or at `asOf` before that.",
      }),
  })
  .meta({ id: 'LevelReport' });
export type ServiceLevelReport = z.infer<typeof ServiceLevelReport>;

export const reportServiceLevels = defineContract({
  ...reportDefaults,
  method: 'GET',
  path: '/v1/sla/report',
  audit: { action: 'report-levels', what: 'inquiries', object: { in: 'query', field: 'month' } },
  summary: { en: 'Report a month of service levels', ja: 'SLA 月次レポート' },
  description:
    'Desk, priority and month are those at the end or the miss of a cycle, whichever came first; the month is that of the desk calendar. Counted is what had been recorded by `asOf`, so the same month and `asOf` give the same report, as soon as what was under way at `asOf` is written, which takes seconds. A cycle that went on by reopening, release or a lost lease is counted once, as what it became. As CSV by `format=csv` or `Accept: text/csv`, in UTF-8 with a byte order mark; headings by `lang` or `Accept-Language`. A month of more than 100,000 records is reported one desk at a time.',
  query: z.strictObject({
    month: ReportMonth,
    asOf: InstantInput.optional().meta({ description: 'Now, unless told.' }),
    desk: DeskId.optional(),
    format: z.enum(['json', 'csv']).optional(),
    lang: Language.optional(),
  }),
  answers: { 200: { 'application/json': ServiceLevelReport, 'text/csv': true } },
  refusals: ['work.unknown-desk'],
  idempotent: false,
});

const version = z.int().min(0).max(99_999_999);

export const restateServiceLevels = defineContract({
  ...reportDefaults,
  method: 'POST',
  path: '/v1/sla/restatements',
  audit: { action: 'restate-levels', what: 'none', object: { in: 'body', field: 'month' } },
  summary: { en: 'Restate a month by other versions', ja: 'SLA 月次レポートの再計算' },
  description:
    'Recomputes the month from events as if the versions named had been in force all along, and gives what was recorded, what would have been, and the difference of each group, as the result of the job. Verdicts stay as they are.',
  body: z
    .strictObject({
      month: ReportMonth,
      policies: version.optional(),
      calendars: version.optional(),
    })
    .refine(({ policies, calendars }) => policies !== undefined || calendars !== undefined, {
      error: 'names neither a version of the policies nor of the calendars',
    }),
  answers: { 202: JobView },
  refusals: [],
  idempotent: true,
});
