import * as z from 'zod';
import { Clock } from '../clock/clock.ts';
import { Escalation } from '../clock/escalation.ts';
import { AppliedSlaVersions } from '../clock/service-levels.ts';
import { EventActor } from '../values/actor.ts';
import { Instant } from '../values/ids.ts';

/**
 * The fields of every event. `at` is when it took effect: for an alarm, when it was due and not
 * when it fired. `v` is the version of the event's own shape.
 *
 * `recordedAt` is when it was written, if later than `at`.
 *
 * `clocks`, `escalations` and `levels` are its effect on service levels, computed when it was
 * recorded: the changed clocks in their new state, all escalations if one changed, and the versions
 * they were computed by if those changed.
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
