import * as z from 'zod';
import { Clock } from '../clock/clock.ts';
import { Escalation } from '../clock/escalation.ts';
import { AppliedSlaVersions } from '../clock/service-levels.ts';
import { EventActor } from '../values/actor.ts';
import { Instant } from '../values/ids.ts';

/**
 * What every event carries. `at` is when it took effect: for what an alarm rings, the instant that
 * was due and not the one at which it rang. `v` is the version of the event's own shape.
 *
 * `recordedAt` is when it was written, where that was later than `at`.
 *
 * `clocks`, `escalations` and `levels` are what the event did to service levels, worked out when it
 * was recorded: the clocks that it changed in their new state, all escalations where one changed,
 * and the versions reckoned by where they changed.
 */
export const eventHeader = {
  v: z.literal(1),
  at: Instant,
  by: EventActor,
  recordedAt: Instant.optional(),
  clocks: z.array(Clock).max(20).optional(),
  escalations: z.array(Escalation).max(20).optional(),
  levels: AppliedSlaVersions.optional(),
};
