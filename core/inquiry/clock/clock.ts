import * as z from 'zod';
import { CalendarId } from '../../calendar/calendar-definition.ts';
import { DeskId, Instant } from '../values/ids.ts';
import { Priority } from '../values/vocabulary.ts';

/**
 * What a clock measures.
 *
 * `first_response`, `next_response` and `resolution` are promised to the requester; `pickup` and
 * `ownership` are agreed with a desk.
 */
export const ClockName = z.enum([
  'first_response',
  'next_response',
  'resolution',
  'pickup',
  'ownership',
]);
export type ClockName = z.infer<typeof ClockName>;

export const deskClocks: readonly ClockName[] = ['pickup', 'ownership'];

export const PolicyId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'PolicyId'>();
export type PolicyId = z.infer<typeof PolicyId>;

/** How a cycle of a clock ended. */
export const ClockVerdict = z.enum(['met', 'missed', 'moved', 'cancelled']);
export type ClockVerdict = z.infer<typeof ClockVerdict>;

/** How often a cycle may pause; the command that would pause it once more is refused. */
export const pauseLimit = 200;

/** The target of a clock, and the versions of the configuration that set it. */
export const ClockTarget = z.strictObject({
  /** Business seconds. */
  seconds: z.int().min(1),
  calendar: CalendarId,
  policy: PolicyId,
  policies: z.int().min(0),
  calendars: z.int().min(0),
  priority: Priority,
  /** From when it counts: the start of the clock, or the change of target if the policy says so. */
  countFrom: Instant,
  /** Business seconds already used at `countFrom`. */
  used: z.int().min(0),
  /** Since when it applies; it cannot be missed before. */
  since: Instant,
  /** The percentages of it at which the clock warns, ascending. */
  warnAt: z.array(z.int().min(1).max(99)).max(9),
});
export type ClockTarget = z.infer<typeof ClockTarget>;

/** The desk, priority and month under which reports count a cycle, fixed at its end or breach. */
export const ReportAttribution = z.strictObject({
  desk: DeskId.optional(),
  priority: Priority,
  /** `yyyy-mm` in the zone of the desk's calendar. */
  month: z.string().regex(/^\d{4}-\d\d$/),
});
export type ReportAttribution = z.infer<typeof ReportAttribution>;

/**
 * One cycle of a clock.
 *
 * All its instants are whole seconds. Without `target` it is kept but not judged, since a later
 * policy or priority may give it one. While it is paused it has no deadline; once missed it keeps
 * the deadline that it missed and runs on to its end.
 */
export const Clock = z.strictObject({
  clock: ClockName,
  cycle: z.int().min(1),
  /**
   * Counts the runs of the cycle, which can go on after its end, as `pickup` does after a lost
   * lease.
   */
  run: z.int().min(1),
  /** Only for the clocks of a desk. */
  desk: DeskId.optional(),
  startedAt: Instant,
  /** Business seconds carried over from the cycle that it continues. */
  carried: z.int().min(0),
  /** It counts instead of the cycle before, where the policy reopens with `continue`. */
  continues: z.literal(true).optional(),
  pauses: z.array(z.strictObject({ from: Instant, to: Instant.optional() })).max(pauseLimit),
  target: ClockTarget.optional(),
  dueAt: Instant.optional(),
  /** The first instant at which it is missed: a deadline met to the second is met. */
  missedFrom: Instant.optional(),
  warning: z.strictObject({ percent: z.int(), at: Instant }).optional(),
  /** The percentages already passed, those of former targets too. */
  warned: z.array(z.int()).max(99),
  /** The deadline that was missed. */
  breachedAt: Instant.optional(),
  /** When the miss was noticed. */
  detectedAt: Instant.optional(),
  /** Business seconds it had run at the breach; what it has run since is how late it is. */
  elapsedAtBreach: z.int().min(0).optional(),
  /** The miss belongs to the cycle or run that it continues. */
  inherited: z.literal(true).optional(),
  endedAt: Instant.optional(),
  /** When the end was recorded; later than `endedAt` for what is entered afterwards. */
  recordedAt: Instant.optional(),
  verdict: ClockVerdict.optional(),
  /** Business seconds, once it has ended. */
  elapsed: z.int().min(0).optional(),
  judged: ReportAttribution.optional(),
});
export type Clock = z.infer<typeof Clock>;

export function isClockPaused(clock: Clock): boolean {
  const last = clock.pauses.at(-1);
  return last !== undefined && last.to === undefined;
}

/** A clock that has ended is kept until its next cycle replaces it. */
export function isClockRunning(clock: Clock): boolean {
  return clock.endedAt === undefined;
}
