import * as z from 'zod';
import { CalendarDefinition, CalendarId } from '../../calendar/definition.ts';
import { BusinessDuration } from '../clock/business-duration.ts';
import { ClockName, PolicyId } from '../clock/clock.ts';
import { ChainId, Tell, WebhookId } from '../clock/escalation.ts';
import { DeskId, Instant } from '../values/ids.ts';
import { Language, Priority } from '../values/vocabulary.ts';
import { versionHead } from './config-version.ts';

/** A target per priority; a priority without one has no clock. */
export const Targets = z
  .partialRecord(Priority, BusinessDuration)
  .refine((targets) => Object.values(targets).every((target) => target !== 'PT0S'), {
    error: 'a target is longer than nothing',
  });
export type Targets = z.infer<typeof Targets>;

const ClockTerms = z.strictObject({
  calendar: CalendarId,
  targets: Targets,
  warnAt: z.array(z.int().min(1).max(99)).max(9).default([]),
});

/** A desk's clocks run on the desk's own calendar, and on `calendar` at a desk without one. */
const DeskClockTerms = z.strictObject({
  ...ClockTerms.shape,
  /** Targets agreed with one desk, instead of the others. */
  desks: z.partialRecord(DeskId, Targets).default({}),
});

/** What is promised of an inquiry: each clock's targets, and how they bear changes. */
export const SlaPolicy = z.strictObject({
  name: z.strictObject({ ja: z.string().max(100), en: z.string().max(100) }),
  clocks: z.strictObject({
    first_response: ClockTerms.optional(),
    next_response: ClockTerms.optional(),
    resolution: ClockTerms.optional(),
    pickup: DeskClockTerms.optional(),
    ownership: DeskClockTerms.optional(),
  }),
  /** From when a changed target counts: the clock's start, or the change. */
  retarget: z.enum(['from-start', 'from-change']).default('from-start'),
  /** Whether reopening starts `resolution` and `ownership` anew or with the time they had used. */
  reopen: z.enum(['new-cycle', 'continue']).default('new-cycle'),
  /** What a requester's message does to a resolved inquiry: reopen it, or only its link does. */
  afterResolution: z.enum(['reply-reopens', 'link-reopens']).default('reply-reopens'),
});
export type SlaPolicy = z.infer<typeof SlaPolicy>;

/** Whom to tell, and when. The first chain that fits an inquiry's desk, priority and clock is used. */
export const Chain = z.strictObject({
  id: ChainId,
  /** `clock`: warnings and breaches of clocks; `emergency`: the priorities named, from the start. */
  on: z.enum(['clock', 'emergency']),
  desks: z.array(DeskId).min(1).max(50).optional(),
  priorities: z.array(Priority).min(1).optional(),
  clocks: z.array(ClockName).min(1).optional(),
  /** Told at each warning. */
  warning: z.array(Tell).max(20).default([]),
  /** Told after a breach, or the beginning of an emergency, until somebody acknowledges. */
  steps: z
    .array(
      z.strictObject({
        afterMinutes: z.int().min(0).max(10_080),
        tell: z.array(Tell).min(1).max(20),
      }),
    )
    .max(20)
    .refine(
      (steps) =>
        steps.every((step, i) => i === 0 || step.afterMinutes > (steps[i - 1]?.afterMinutes ?? 0)),
      { error: 'each step comes later than the one before' },
    ),
  /** Outside this calendar nobody is woken: steps wait for its next opening. */
  quiet: z
    .strictObject({
      outside: CalendarId,
      /** Priorities for which there is no quiet. */
      except: z.array(Priority).default(['critical']),
    })
    .optional(),
});
export type Chain = z.infer<typeof Chain>;

export const Webhook = z.strictObject({
  /** Only https to public addresses, which is checked when connecting. */
  url: z.url({ protocol: /^https?$/ }).max(2000),
  payload: z.enum(['toritsugi', 'slack', 'teams']).default('toritsugi'),
  /** Of the shapes that people read. */
  language: Language.default('ja'),
});
export type Webhook = z.infer<typeof Webhook>;

export const Party = z.enum(['us', 'vendor', 'requester']);
export type Party = z.infer<typeof Party>;

/** Why a service level was missed, as leads may say in a review. */
export const Cause = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  label: z.strictObject({ ja: z.string().max(100), en: z.string().max(100) }),
});
export type Cause = z.infer<typeof Cause>;

/** The least attainment that a desk's contract demands of a clock, in percent. */
export const Threshold = z.strictObject({
  desk: DeskId,
  clock: ClockName,
  priority: Priority.optional(),
  attainment: z.number().min(0).max(100),
});
export type Threshold = z.infer<typeof Threshold>;

/** All of `CONFIG#policies`, one version of it. */
export const Policies = z
  .strictObject({
    policies: z.record(PolicyId, SlaPolicy),
    /** The policy of inquiries for which routing names none. */
    otherwise: PolicyId,
    deskCalendars: z.partialRecord(DeskId, CalendarId).default({}),
    chains: z.array(Chain).max(50).default([]),
    webhooks: z.partialRecord(WebhookId, Webhook).default({}),
    causes: z.array(Cause).min(1).max(50),
    thresholds: z.array(Threshold).max(200).default([]),
  })
  .superRefine((all, context) => {
    if (all.policies[all.otherwise] === undefined) {
      context.addIssue({ code: 'custom', message: 'is none of the policies', path: ['otherwise'] });
    }
    const ids = new Set<string>();
    for (const [index, chain] of all.chains.entries()) {
      if (ids.has(chain.id)) {
        context.addIssue({
          code: 'custom',
          message: 'two chains share it',
          path: ['chains', index, 'id'],
        });
      }
      ids.add(chain.id);
      const told = [...chain.warning, ...chain.steps.flatMap(({ tell }) => tell)];
      for (const tell of told) {
        if (tell.to === 'webhook' && all.webhooks[tell.webhook] === undefined) {
          context.addIssue({
            code: 'custom',
            message: `there is no webhook ${tell.webhook}`,
            path: ['chains', index],
          });
        }
      }
    }
  });
export type Policies = z.infer<typeof Policies>;

/** All of `CONFIG#calendars`, one version of it. */
export const Calendars = z.strictObject({
  calendars: z.record(CalendarId, CalendarDefinition),
});
export type Calendars = z.infer<typeof Calendars>;

/** A version of the configuration: what, from when on, and who put it there. */
const versionOf = <Body extends z.ZodType>(body: Body) =>
  z.strictObject({
    ...versionHead,
    /** In force from here on, whatever earlier versions say of that time. */
    from: Instant,
    body,
  });
export const PoliciesVersion = versionOf(Policies);
export type PoliciesVersion = z.infer<typeof PoliciesVersion>;
export const CalendarsVersion = versionOf(Calendars);
export type CalendarsVersion = z.infer<typeof CalendarsVersion>;
