import * as z from 'zod';
import { CalendarDefinition, CalendarId } from '../../calendar/calendar-definition.ts';
import { BusinessDuration } from '../clock/business-duration.ts';
import { ClockName, PolicyId } from '../clock/clock.ts';
import { EscalationChainId, EscalationRecipient, WebhookId } from '../clock/escalation.ts';
import { DeskId, Instant } from '../values/ids.ts';
import { Language, Priority } from '../values/vocabulary.ts';
import { configVersionFields } from './config-version.ts';

/** A target per priority; a priority without one has no clock. */
export const PriorityTargets = z
  .partialRecord(Priority, BusinessDuration)
  .refine((targets) => Object.values(targets).every((target) => target !== 'PT0S'), {
    error: 'a target is longer than nothing',
  });
export type PriorityTargets = z.infer<typeof PriorityTargets>;

const ClockPolicy = z.strictObject({
  calendar: CalendarId,
  targets: PriorityTargets,
  warnAt: z.array(z.int().min(1).max(99)).max(9).default([]),
});

/** A desk's clocks run on the desk's own calendar, and on `calendar` at a desk without one. */
const DeskClockPolicy = z.strictObject({
  ...ClockPolicy.shape,
  /** Targets agreed with one desk, in place of the others. */
  desks: z.partialRecord(DeskId, PriorityTargets).default({}),
});

/** What an inquiry is promised: the targets of each clock, and how changes affect them. */
export const SlaPolicy = z.strictObject({
  name: z.strictObject({ ja: z.string().max(100), en: z.string().max(100) }),
  clocks: z.strictObject({
    first_response: ClockPolicy.optional(),
    next_response: ClockPolicy.optional(),
    resolution: ClockPolicy.optional(),
    pickup: DeskClockPolicy.optional(),
    ownership: DeskClockPolicy.optional(),
  }),
  /** From when a changed target counts: the clock's start, or the change. */
  retarget: z.enum(['from-start', 'from-change']).default('from-start'),
  /** Whether reopening starts `resolution` and `ownership` anew or with the time they had used. */
  reopen: z.enum(['new-cycle', 'continue']).default('new-cycle'),
  /**
   * Whether a requester's message reopens a resolved inquiry, or only the link in the mail does.
   */
  afterResolution: z.enum(['reply-reopens', 'link-reopens']).default('reply-reopens'),
});
export type SlaPolicy = z.infer<typeof SlaPolicy>;

/**
 * Whom to notify, and when. The first chain that fits an inquiry's desk, priority and clock is
 * used.
 */
export const EscalationChain = z.strictObject({
  id: EscalationChainId,
  /** `clock`: warnings and breaches of clocks; `emergency`: the priorities named, from the start. */
  on: z.enum(['clock', 'emergency']),
  desks: z.array(DeskId).min(1).max(50).optional(),
  priorities: z.array(Priority).min(1).optional(),
  clocks: z.array(ClockName).min(1).optional(),
  /** Notified at each warning. */
  warning: z.array(EscalationRecipient).max(20).default([]),
  /** Notified after a breach, or the beginning of an emergency, until somebody acknowledges. */
  steps: z
    .array(
      z.strictObject({
        afterMinutes: z.int().min(0).max(10_080),
        tell: z.array(EscalationRecipient).min(1).max(20),
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
      /** Priorities that ignore the quiet hours. */
      except: z.array(Priority).default(['critical']),
    })
    .optional(),
});
export type EscalationChain = z.infer<typeof EscalationChain>;

export const WebhookSettings = z.strictObject({
  /** Only https to public addresses, which is checked when connecting. */
  url: z.url({ protocol: /^https?$/ }).max(2000),
  payload: z.enum(['toritsugi', 'slack', 'teams']).default('toritsugi'),
  /** For the payloads that people read, `slack` and `teams`. */
  language: Language.default('ja'),
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;

export const ResponsibleParty = z.enum(['us', 'vendor', 'requester']);
export type ResponsibleParty = z.infer<typeof ResponsibleParty>;

/** Why a service level was missed, as leads may say in a review. */
export const BreachCause = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  label: z.strictObject({ ja: z.string().max(100), en: z.string().max(100) }),
});
export type BreachCause = z.infer<typeof BreachCause>;

/** The least attainment that a desk's contract demands of a clock, in percent. */
export const AttainmentThreshold = z.strictObject({
  desk: DeskId,
  clock: ClockName,
  priority: Priority.optional(),
  attainment: z.number().min(0).max(100),
});
export type AttainmentThreshold = z.infer<typeof AttainmentThreshold>;

/** One version of `CONFIG#policies`. */
export const PoliciesDocument = z
  .strictObject({
    policies: z.record(PolicyId, SlaPolicy),
    /** The policy of inquiries for which routing names none. */
    otherwise: PolicyId,
    deskCalendars: z.partialRecord(DeskId, CalendarId).default({}),
    chains: z.array(EscalationChain).max(50).default([]),
    webhooks: z.partialRecord(WebhookId, WebhookSettings).default({}),
    causes: z.array(BreachCause).min(1).max(50),
    thresholds: z.array(AttainmentThreshold).max(200).default([]),
  })
  .superRefine((document, context) => {
    if (document.policies[document.otherwise] === undefined) {
      context.addIssue({ code: 'custom', message: 'is none of the policies', path: ['otherwise'] });
    }
    const ids = new Set<string>();
    for (const [index, chain] of document.chains.entries()) {
      if (ids.has(chain.id)) {
        context.addIssue({
          code: 'custom',
          message: 'two chains share it',
          path: ['chains', index, 'id'],
        });
      }
      ids.add(chain.id);
      const recipients = [...chain.warning, ...chain.steps.flatMap(({ tell }) => tell)];
      for (const recipient of recipients) {
        if (recipient.to === 'webhook' && document.webhooks[recipient.webhook] === undefined) {
          context.addIssue({
            code: 'custom',
            message: `there is no webhook ${recipient.webhook}`,
            path: ['chains', index],
          });
        }
      }
    }
  });
export type PoliciesDocument = z.infer<typeof PoliciesDocument>;

/** One version of `CONFIG#calendars`. */
export const CalendarsDocument = z.strictObject({
  calendars: z.record(CalendarId, CalendarDefinition),
});
export type CalendarsDocument = z.infer<typeof CalendarsDocument>;

/** Defines a version that names the instant from which it is in force. */
const defineDatedVersion = <Body extends z.ZodType>(body: Body) =>
  z.strictObject({
    ...configVersionFields,
    /** In force from here on; it overrides earlier versions from there. */
    from: Instant,
    body,
  });
export const PoliciesVersion = defineDatedVersion(PoliciesDocument);
export type PoliciesVersion = z.infer<typeof PoliciesVersion>;
export const CalendarsVersion = defineDatedVersion(CalendarsDocument);
export type CalendarsVersion = z.infer<typeof CalendarsVersion>;
