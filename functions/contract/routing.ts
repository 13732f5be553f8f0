import * as z from 'zod';
import { ClockName, PolicyId } from '../../core/inquiry/clock/clock.ts';
import { InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { DeskId, InquiryId, Instant, PoolId } from '../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import {
  Category,
  Channel,
  Language,
  Priority,
  ServiceId,
  Tag,
} from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { InquiryRef, InstantInput, JobView, PageCursor } from './api-schemas.ts';

const simulationDefaults = {
  tag: 'routing',
  auth: 'token',
  roles: ['lead'],
  concurrency: false,
} as const;

const DocumentInput = z.record(z.string(), z.json());

export const simulateRouting = defineContract({
  ...simulationDefaults,
  method: 'POST',
  path: '/v1/routing/simulate',
  audit: { action: 'simulate-routing', what: 'none', object: { in: 'body', field: 'version' } },
  summary: { en: 'Simulate routing over a past period', ja: '振り分けのシミュレーション' },
  description:
    'Routes what was received in a period again: by a rule set given whole as `document` (without its `version`), by an earlier `version`, or by the rules in force; under desk `settings` given whole, or those in force. It is judged like a PUT, and refused with a pointer to each fault. Each inquiry is routed by what was known when it was routed: the requester as received, the first message, calendars as they had been put by then, and what routing saw of desks and of earlier inquiries. Of desks that it did not look at then, hours and contract are known, and they are taken for quiet, with somebody there and volume left; such are counted as `unseen`. Nothing is changed. The result of the job has the sums; its rows are kept for 30 days.',
  body: z
    .strictObject({
      document: DocumentInput.optional(),
      version: z.int().min(0).optional(),
      settings: DocumentInput.optional(),
      from: InstantInput.meta({ description: 'At most 92 days before `until`.' }),
      until: InstantInput.meta({ description: 'Not included, and not in the future.' }),
    })
    .refine(({ document, version }) => document === undefined || version === undefined, {
      error: 'a document or a version, not both',
      path: ['version'],
    }),
  bodyLimitBytes: 2_097_152,
  answers: { 202: JobView },
  refusals: ['config.unknown-version'],
  idempotent: true,
});

const RoutingDecisionView = z
  .strictObject({
    desk: DeskId,
    priority: Priority,
    category: Category,
    service: ServiceId.optional(),
    policy: PolicyId.optional(),
    pool: PoolId.optional(),
    tags: z.array(Tag),
    skills: z.array(z.string()).optional(),
    expedite: z.literal(true).optional(),
    flag: z.string().optional(),
    availableAt: Instant.optional().meta({ description: 'Until when it is held back.' }),
    deskRule: z.string().optional().meta({
      description: 'The rule that named the desk or the pool; `otherwise` is the default.',
    }),
    placedBy: z.array(z.string()).meta({
      description: 'What sent it on from there: a contract, an overflow, a pool, a closed desk.',
    }),
    priorityRules: z.array(z.string()).meta({
      description: 'What made the priority; none where it stays as it was set on reception.',
    }),
  })
  .meta({ id: 'RoutingDecision' });

export const SimulatedInquiry = z
  .strictObject({
    inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
    channel: Channel,
    receivedAt: Instant,
    routedAt: Instant,
    routedBy: z.strictObject({ rules: z.int(), settings: z.int().optional() }),
    old: RoutingDecisionView,
    new: RoutingDecisionView,
    changed: z.array(z.string()).meta({ description: 'What of the decision differs.' }),
    unseen: z.array(DeskId).meta({
      description: 'Desks that were asked about and had not been looked at.',
    }),
    earlierUnseen: z.boolean().meta({
      description: "The requester's earlier inquiries were asked for and had not been looked up.",
    }),
    now: z
      .strictObject({ status: InquiryStatus, desk: DeskId.optional() })
      .optional()
      .meta({ description: 'Where it is by now, whoever sent it there; of what differs.' }),
    levels: z
      .array(
        z.strictObject({
          clock: ClockName,
          desk: DeskId,
          outcome: z.enum(['wouldMiss', 'wouldMeet', 'same', 'unheld', 'unknown']),
          oldDueAt: Instant.optional(),
          newDueAt: Instant.optional(),
          endedAt: Instant.optional(),
        }),
      )
      .meta({
        description:
          'The first cycle of each clock by the targets and calendars of the new desk, priority and policy, against when it really ended. `unheld`: nothing would hold it to a target; `unknown`: it has not ended, or a person has since set what routing had decided.',
      }),
  })
  .meta({ id: 'SimulatedInquiry' });
export type SimulatedInquiry = z.infer<typeof SimulatedInquiry>;

export const readSimulation = defineContract({
  ...simulationDefaults,
  method: 'GET',
  path: '/v1/routing/simulations/{job}',
  audit: { action: 'simulate-routing', what: 'inquiries', object: { in: 'path', field: 'job' } },
  summary: {
    en: 'See what a simulation would have routed otherwise',
    ja: 'シミュレーション結果の一覧',
  },
  description:
    'What would have gone otherwise, in the order in which it came in; with `all=true` everything. Empty until the job is done, as `state` says. As CSV by `format=csv` or `Accept: text/csv`, in UTF-8 with a byte order mark, headings by `lang` or `Accept-Language`; its next page is in the header `Link`.',
  params: z.strictObject({ job: z.string().regex(/^[\w-]{1,64}$/) }),
  query: z.strictObject({
    all: z.enum(['true', 'false']).default('false'),
    format: z.enum(['json', 'csv']).optional(),
    lang: Language.optional(),
    limit: z.coerce.number().int().min(1).max(5_000).default(100),
    cursor: PageCursor.optional(),
  }),
  answers: {
    200: {
      'application/json': z
        .strictObject({
          state: z.enum(['queued', 'running', 'done', 'failed']),
          items: z.array(SimulatedInquiry),
          next: z.string().nullable(),
        })
        .meta({ id: 'SimulationPage' }),
      'text/csv': true,
    },
  },
  refusals: ['job.unknown'],
  idempotent: false,
});

const NamedView = z.strictObject({ id: z.string(), name: z.string() });

const RoutingStepView = z
  .strictObject({
    rule: z.string().meta({
      description:
        'A rule of the set, `services` (words that name a service), `otherwise` (the default), or a step of placing.',
    }),
    kind: z.enum(['rule', 'service', 'otherwise', 'placement']),
    name: z.string(),
    matched: z.boolean(),
    reasons: z.array(z.string()),
    sets: z.array(z.string()),
    decides: z.boolean().meta({ description: 'It named the desk or the pool.' }),
    text: z.string().meta({ description: 'All of it in one sentence.' }),
  })
  .meta({ id: 'RoutingStep' });

export const RoutingExplanation = z
  .strictObject({
    inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
    language: Language,
    status: InquiryStatus,
    summary: z.string(),
    routings: z
      .array(
        z.strictObject({
          at: Instant,
          desk: NamedView,
          vendor: z.string().optional(),
          pool: NamedView.optional(),
          priority: Priority,
          category: Category,
          availableAt: Instant.optional(),
          versions: z.strictObject({ rules: z.int(), settings: z.int() }),
          decidedBy: z.string().optional(),
          text: z.string(),
          steps: z
            .array(RoutingStepView)
            .meta({ description: 'In the order in which they were asked.' }),
        }),
      )
      .meta({ description: 'None while it is not routed; more than one after being routed anew.' }),
    afterwards: z
      .array(
        z.strictObject({
          at: Instant,
          from: NamedView.optional(),
          desk: NamedView,
          by: z.string(),
          note: z.string().optional(),
          text: z.string(),
        }),
      )
      .meta({ description: 'Transfers since, which no rule made.' }),
  })
  .meta({ id: 'RoutingExplanation' });
export type RoutingExplanation = z.infer<typeof RoutingExplanation>;

export const explainRouting = defineContract({
  method: 'GET',
  path: '/v1/inquiries/{id}/routing/explain',
  tag: 'routing',
  auth: 'token',
  roles: ['staff', 'lead'],
  audit: { action: 'explain-routing', what: 'inquiry' },
  summary: { en: 'Explain why an inquiry went where it went', ja: '振り分け理由の説明' },
  description:
    'In words, in Japanese or English by `lang` or `Accept-Language`: the rules that matched in their order and why, what each set, which one decided the desk, how contracts, pools and overflow sent it on, and the transfers since. Rules have the names of the version by which it was routed.',
  params: z.strictObject({ id: InquiryRef }),
  query: z.strictObject({ lang: Language.optional() }),
  answers: { 200: RoutingExplanation },
  refusals: [],
  idempotent: false,
  concurrency: false,
});
