import { isCalendarFault } from '../../calendar/calendar.ts';
import type { InquiryEvent } from '../events/events.ts';
import { type Inquiry, isOpenStatus } from '../snapshot.ts';
import type { EscalationChain } from '../terms/sla-policies.ts';
import { addSeconds, type Instant } from '../values/ids.ts';
import { type Clock, isClockRunning } from './clock.ts';
import { epochSecondOf, instantOfSecond } from './epoch-seconds.ts';
import type { Escalation } from './escalation.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';

const toldLimit = 100;

type EscalationContext = {
  readonly serviceLevels: ServiceLevels;
  readonly versions: AppliedSlaVersions;
  readonly now: Instant;
};

/**
 * Computes the escalations of an inquiry after an event; undefined when it changes none.
 *
 * A warning or breach starts one by the chain that fits, an emergency by the priority alone. It is
 * over when its clock has ended or its inquiry is no longer an emergency, and a warning also with
 * the clock's next warning or breach; so there is at most one per clock, and one emergency. A call
 * that was entered late escalates to nobody.
 */
export function computeEscalations(
  before: Inquiry | undefined,
  event: InquiryEvent,
  after: Inquiry,
  clocks: readonly Clock[],
  context: EscalationContext,
): Escalation[] | undefined {
  const former = before?.escalations ?? [];
  if (after.call?.late) return former.length === 0 ? undefined : [];
  const isOpen = isOpenStatus(after.status);
  const running = isOpen
    ? applyEscalationEvent(former, event).filter((one) =>
        isEscalationLive(one, event, after, clocks),
      )
    : [];
  const started = isOpen ? startEscalation(event, before, after, running, context) : undefined;
  const all = started === undefined ? running : [...running, started];
  return all.length === former.length && all.every((one, i) => one === former[i]) ? undefined : all;
}

function applyEscalationEvent(
  escalations: readonly Escalation[],
  event: InquiryEvent,
): Escalation[] {
  return escalations.map((one) => {
    if (event.type === 'EscalationStepped' && event.escalation === one.id) {
      const told = [...one.told, ...event.tell].slice(-toldLimit);
      return { ...one, steps: one.steps.slice(1), taken: event.step, told };
    }
    if (event.type === 'EscalationAcknowledged' && event.escalation === one.id) {
      return { ...one, steps: [], acknowledged: { at: event.at, name: actorNameOf(event) } };
    }
    return one;
  });
}

function actorNameOf({ by }: InquiryEvent): string {
  if (by.kind === 'machine') return by.address ?? '';
  return by.kind === 'agent' || by.kind === 'requester' ? (by.name ?? '') : '';
}

function isEscalationLive(
  { reason, cycle, clock: name, ...escalation }: Escalation,
  event: InquiryEvent,
  inquiry: Inquiry,
  clocks: readonly Clock[],
): boolean {
  if (reason === 'emergency') return isStillEmergency(escalation, inquiry);
  const clock = clocks.find((one) => one.clock === name);
  if (clock === undefined || clock.cycle !== cycle || !isClockRunning(clock)) return false;
  // A warning deferred past quiet hours is obsolete once there is a newer one or a breach.
  const isNewer = event.type === 'ClockWarned' && event.clock === name;
  return reason === 'breach' || (clock.breachedAt === undefined && !isNewer);
}

/** An emergency lasts as long as the priority is the one it began with. */
function isStillEmergency({ priority }: Pick<Escalation, 'priority'>, inquiry: Inquiry): boolean {
  return priority === inquiry.priority;
}

function startEscalation(
  event: InquiryEvent,
  before: Inquiry | undefined,
  after: Inquiry,
  running: readonly Escalation[],
  context: EscalationContext,
): Escalation | undefined {
  const { chains } = context.serviceLevels.policies(context.versions.policies);
  if (event.type === 'ClockWarned' || event.type === 'ClockBreached') {
    const { clock, cycle } = event;
    const chain = chains.find((one) => one.on === 'clock' && fitsChain(one, after, clock));
    if (chain === undefined) return undefined;
    const percent = event.type === 'ClockWarned' ? event.percent : undefined;
    const warning = chain.warning.length === 0 ? [] : [{ afterMinutes: 0, tell: chain.warning }];
    // The steps of a breach count from its detection: nobody could acknowledge it before.
    const steps =
      percent === undefined
        ? scheduleSteps(chain, chain.steps, context.now, after, context)
        : scheduleSteps(chain, warning, event.at, after, context);
    if (steps.length === 0) return undefined;
    return {
      id: percent === undefined ? `${clock}-${cycle}` : `${clock}-${cycle}-${percent}`,
      reason: percent === undefined ? 'breach' : 'warning',
      ...{ clock, cycle },
      ...(percent === undefined ? {} : { percent }),
      chain: chain.id,
      priority: after.priority,
      startedAt: event.at,
      ...{ steps, taken: 0, told: [] },
    };
  }
  const mayBegin =
    after.desk !== undefined &&
    (before?.desk === undefined ||
      before.priority !== after.priority ||
      event.type === 'InquiryReopened');
  if (!mayBegin || running.some(({ reason }) => reason === 'emergency')) return undefined;
  const chain = chains.find((one) => one.on === 'emergency' && fitsChain(one, after));
  if (chain === undefined || chain.steps.length === 0) return undefined;
  return {
    id: `emergency-${after.version}`,
    reason: 'emergency',
    chain: chain.id,
    priority: after.priority,
    startedAt: event.at,
    ...{ steps: scheduleSteps(chain, chain.steps, event.at, after, context), taken: 0, told: [] },
  };
}

/**
 * Computes when each step is due; a step deferred past quiet hours defers those after it, so that
 * there is still time to acknowledge.
 */
function scheduleSteps(
  chain: EscalationChain,
  steps: EscalationChain['steps'],
  from: Instant,
  inquiry: Inquiry,
  context: EscalationContext,
): Escalation['steps'] {
  let at = from;
  let previousMinutes = 0;
  return steps.map(({ afterMinutes, tell }) => {
    at = deferPastQuietHours(
      chain,
      addSeconds(at, (afterMinutes - previousMinutes) * 60),
      inquiry,
      context,
    );
    previousMinutes = afterMinutes;
    return { at, tell };
  });
}

function fitsChain(
  chain: EscalationChain,
  { desk, priority }: Inquiry,
  clock?: Clock['clock'],
): boolean {
  const includesOrAny = <Value>(list: readonly Value[] | undefined, value: Value | undefined) =>
    list === undefined || (value !== undefined && list.includes(value));
  return (
    includesOrAny(chain.desks, desk) &&
    includesOrAny(chain.priorities, priority) &&
    includesOrAny(chain.clocks, clock)
  );
}

/** Returns the instant itself, or the end of the quiet hours in which it lies. */
function deferPastQuietHours(
  chain: EscalationChain,
  at: Instant,
  inquiry: Inquiry,
  { serviceLevels, versions }: EscalationContext,
): Instant {
  const { quiet } = chain;
  if (quiet === undefined || quiet.except.includes(inquiry.priority)) return at;
  const calendar = serviceLevels.calendar(quiet.outside, versions.calendars);
  if (calendar?.isOpen(epochSecondOf(at)) !== false) return at;
  const opening = calendar.nextOpening(epochSecondOf(at));
  return isCalendarFault(opening) ? at : instantOfSecond(opening);
}
