import * as z from 'zod';
import { clockStates } from '../../../core/access/view-clocks.ts';
import { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { EscalationReason } from '../../../core/inquiry/clock/escalation.ts';
import { DeskId, Instant } from '../../../core/inquiry/values/ids.ts';

/** A service level's clock; its account has a route of its own. */
export const ClockView = z
  .strictObject({
    clock: ClockName,
    cycle: z.int().meta({
      description:
        'Counts from 1; reopening starts the next, and so does moving to another desk of its clocks.',
    }),
    state: z.enum(clockStates),
    desk: DeskId.optional().meta({ description: "Of a desk's clock: the desk." }),
    startedAt: Instant,
    target: z.string().meta({ description: 'Business time, ISO 8601.', examples: ['PT4H'] }),
    dueAt: Instant.optional().meta({ description: 'Absent while it is paused.' }),
    zone: z.string().optional().meta({ description: 'The IANA zone of its calendar.' }),
    breachedAt: Instant.optional().meta({ description: 'The deadline that was missed.' }),
    detectedAt: Instant.optional().meta({ description: 'When the miss was recorded.' }),
    endedAt: Instant.optional(),
    elapsed: z.string().optional().meta({ description: 'Business time, once it has ended.' }),
    warned: z.array(z.int()).optional().meta({ description: 'Percentages of the target passed.' }),
  })
  .meta({
    id: 'Clock',
    description:
      'Requesters see what they were promised; vendors besides what their own desks have agreed to; staff and leads see all.',
  });

/** A warning, a breach or an emergency of which people are being notified. */
export const RunningEscalationView = z
  .strictObject({
    id: z.string().meta({ description: 'By which it is acknowledged.' }),
    reason: EscalationReason,
    clock: ClockName.optional(),
    cycle: z.int().optional(),
    percent: z.int().optional(),
    startedAt: Instant,
    steps: z.int().meta({ description: 'How many steps have been taken.' }),
    nextAt: Instant.optional().meta({ description: 'When the next step is taken.' }),
    acknowledged: z.strictObject({ at: Instant, name: z.string() }).optional(),
  })
  .meta({ id: 'RunningEscalation' });
