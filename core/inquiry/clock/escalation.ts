import * as z from 'zod';
import { EmailAddress, Instant, Sub } from '../values/ids.ts';
import { Priority } from '../values/vocabulary.ts';
import { ClockName } from './clock.ts';

export const EscalationChainId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

export const WebhookId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'WebhookId'>();
export type WebhookId = z.infer<typeof WebhookId>;

/**
 * Whom a step of an escalation notifies: the holder of the inquiry, those present at its desk, all
 * leads, a person of the registry, an address, or a webhook of the policies.
 */
export const EscalationRecipient = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('holder') }),
  z.strictObject({ to: z.literal('desk') }),
  z.strictObject({ to: z.literal('leads') }),
  z.strictObject({ to: z.literal('person'), sub: Sub }),
  z.strictObject({ to: z.literal('address'), address: EmailAddress }),
  z.strictObject({ to: z.literal('webhook'), webhook: WebhookId }),
]);
export type EscalationRecipient = z.infer<typeof EscalationRecipient>;

export const EscalationReason = z.enum(['warning', 'breach', 'emergency']);
export type EscalationReason = z.infer<typeof EscalationReason>;

/**
 * An escalation's id within its inquiry: `resolution-1` for a breach, `resolution-1-75` for a
 * warning, `emergency-4` for an inquiry that became an emergency by its event 4.
 */
export const EscalationId = z.string().regex(/^[a-z_]{1,20}-\d{1,8}(?:-\d{1,2})?$/);
export type EscalationId = z.infer<typeof EscalationId>;

/**
 * The escalation of a warning, breach or emergency, step by step until somebody acknowledges it.
 */
export const Escalation = z.strictObject({
  id: EscalationId,
  reason: EscalationReason,
  clock: ClockName.optional(),
  cycle: z.int().optional(),
  percent: z.int().optional(),
  chain: EscalationChainId,
  /** The inquiry's priority when it began. */
  priority: Priority,
  startedAt: Instant,
  /** The steps still to come, in order; none once it is acknowledged. */
  steps: z
    .array(z.strictObject({ at: Instant, tell: z.array(EscalationRecipient).min(1).max(20) }))
    .max(20),
  /** How many steps have been taken. */
  taken: z.int().min(0),
  /** Whom the steps so far have notified. */
  told: z.array(EscalationRecipient).max(100),
  acknowledged: z.strictObject({ at: Instant, name: z.string().max(200) }).optional(),
});
export type Escalation = z.infer<typeof Escalation>;
