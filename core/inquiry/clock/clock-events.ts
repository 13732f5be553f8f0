import * as z from 'zod';
import { eventHeader } from '../events/event-header.ts';
import { ResponsibleParty } from '../terms/sla-policies.ts';
import { Instant } from '../values/ids.ts';
import { ClockName } from './clock.ts';
import { EscalationId, EscalationReason, EscalationRecipient } from './escalation.ts';
import { AppliedSlaVersions } from './service-levels.ts';

/** An agent decided that what the requester wrote needs no answer. */
export const NoReplyNeeded = z.strictObject({ ...eventHeader, type: z.literal('NoReplyNeeded') });

/** The clocks were computed again because policies or calendars had changed. */
export const ClocksReckoned = z.strictObject({
  ...eventHeader,
  type: z.literal('ClocksReckoned'),
  mark: AppliedSlaVersions,
});
export const ClockWarned = z.strictObject({
  ...eventHeader,
  type: z.literal('ClockWarned'),
  clock: ClockName,
  cycle: z.int().min(1),
  percent: z.int().min(1).max(99),
  dueAt: Instant,
});
/** A deadline passed; `at` is the deadline. */
export const ClockBreached = z.strictObject({
  ...eventHeader,
  type: z.literal('ClockBreached'),
  clock: ClockName,
  cycle: z.int().min(1),
  breachedAt: Instant,
  detectedAt: Instant,
});
export const EscalationStepped = z.strictObject({
  ...eventHeader,
  type: z.literal('EscalationStepped'),
  escalation: EscalationId,
  reason: EscalationReason,
  clock: ClockName.optional(),
  cycle: z.int().min(1).optional(),
  percent: z.int().optional(),
  /** Counts from 1. */
  step: z.int().min(1),
  tell: z.array(EscalationRecipient).min(1).max(20),
});
export const EscalationAcknowledged = z.strictObject({
  ...eventHeader,
  type: z.literal('EscalationAcknowledged'),
  escalation: EscalationId,
});
/** A lead stated why a service level was missed, and who was responsible. */
export const BreachReviewed = z.strictObject({
  ...eventHeader,
  type: z.literal('BreachReviewed'),
  clock: ClockName,
  cycle: z.int().min(1),
  cause: z.string().max(32),
  party: ResponsibleParty,
  note: z.string().max(2000).optional(),
});
