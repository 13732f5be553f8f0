import { type Clock, deskClocks, isClockPaused } from '../../inquiry/clock/clock.ts';
import { computeClock } from '../../inquiry/clock/compute-clock.ts';
import { truncateToSecond } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type {
  ServiceLevelImpact,
  ServiceLevelOutcome,
  SimulatedRouting,
} from './simulated-routing.ts';

/** The levels as they were known at instants, compiled once for each version that was put. */
export class ServiceLevelsByTime {
  readonly #levels: ServiceLevels;
  readonly #known = new Map<string, ServiceLevels>();

  constructor(serviceLevels: ServiceLevels) {
    this.#levels = serviceLevels;
  }

  knownBy(at: Instant): ServiceLevels {
    const known = this.#levels.restrictToKnownBy(at);
    const mark = known.versionsAt(at);
    const key = `${mark.known} ${mark.calendars}`;
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    this.#known.set(key, known);
    return known;
  }
}

/** Whether other terms may hold for it. */
export function canAffectServiceLevels({ changed }: SimulatedRouting): boolean {
  return changed.some((field) => field === 'desk' || field === 'priority' || field === 'policy');
}

/**
 * The first cycles of an inquiry's clocks under the terms of the new decision, against when they
 * really ended: the work is taken to have gone as fast as it did.
 *
 * @param clocks the last state of each clock's first cycle
 */
export function computeServiceLevelImpacts(
  simulated: SimulatedRouting,
  clocks: readonly Clock[],
  serviceLevels: ServiceLevels,
  asOf: Instant,
): ServiceLevelImpact[] {
  return clocks.flatMap(
    (clock) => computeServiceLevelImpact(simulated, clock, serviceLevels, asOf) ?? [],
  );
}

function computeServiceLevelImpact(
  { old, new: changed, routedAt }: SimulatedRouting,
  clock: Clock,
  serviceLevels: ServiceLevels,
  asOf: Instant,
): ServiceLevelImpact | undefined {
  const { target, endedAt, startedAt } = clock;
  const isOfDesk = deskClocks.includes(clock.clock);
  // What a desk is held to begins with its getting the inquiry, which routing alone decides here.
  if (isOfDesk && clock.desk !== old.desk) return undefined;
  const desk = isOfDesk ? changed.desk : undefined;
  const version = target?.policies ?? serviceLevels.versionsAt(routedAt).policies;
  const calendars = target?.calendars ?? serviceLevels.versionsAt(routedAt).calendars;
  const of = (policy: typeof old.policy, at: DeskId | undefined, priority: typeof old.priority) =>
    serviceLevels.findClockTerms(version, policy, clock.clock, at, priority);
  const terms = of(changed.policy, desk, changed.priority);
  const wasHeldTo = of(old.policy, clock.desk, old.priority);
  if (terms === undefined && target === undefined) return undefined;
  const common = {
    ...{ clock: clock.clock, desk: changed.desk },
    ...(clock.dueAt === undefined ? {} : { oldDueAt: clock.dueAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
  if (terms === undefined) return { ...common, outcome: 'unheld' };
  const isAmended =
    target?.priority !== (wasHeldTo === undefined ? undefined : old.priority) ||
    target?.policy !== wasHeldTo?.policy;
  if (isAmended || isClockPaused(clock)) return { ...common, outcome: 'unknown' };
  const { dueAt, missedFrom } = computeClock(
    {
      ...{ clock: clock.clock, cycle: 1, run: 1, startedAt },
      ...{ pauses: clock.pauses, carried: clock.carried, warned: [] },
      target: {
        ...{ ...terms, warnAt: [...terms.warnAt], policies: version, calendars },
        priority: changed.priority,
        ...{ countFrom: startedAt, used: clock.carried, since: startedAt },
      },
    },
    serviceLevels.calendar(terms.calendar, calendars),
  );
  if (missedFrom === undefined || dueAt === undefined) return { ...common, outcome: 'unknown' };
  const wasMissed = clock.breachedAt !== undefined;
  const wouldMiss = (endedAt ?? truncateToSecond(asOf)) >= missedFrom;
  const isOver = clock.verdict === 'met' || clock.verdict === 'missed';
  return { ...common, newDueAt: dueAt, outcome: judgeOutcome(isOver, wasMissed, wouldMiss) };
}

/** What is missed already is missed, whenever it ends. */
function judgeOutcome(
  isOver: boolean,
  wasMissed: boolean,
  wouldMiss: boolean,
): ServiceLevelOutcome {
  if (wasMissed && wouldMiss) return 'same';
  if (wouldMiss) return 'wouldMiss';
  if (!isOver) return 'unknown';
  return wasMissed ? 'wouldMeet' : 'same';
}
