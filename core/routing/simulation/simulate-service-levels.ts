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

/** The service levels as they were known at an instant, compiled once per version. */
export class ServiceLevelsByTime {
  readonly #serviceLevels: ServiceLevels;
  readonly #known = new Map<string, ServiceLevels>();

  constructor(serviceLevels: ServiceLevels) {
    this.#serviceLevels = serviceLevels;
  }

  knownBy(at: Instant): ServiceLevels {
    const known = this.#serviceLevels.restrictToKnownBy(at);
    const versions = known.versionsAt(at);
    const key = `${versions.known} ${versions.calendars}`;
    const cached = this.#known.get(key);
    if (cached !== undefined) return cached;
    this.#known.set(key, known);
    return known;
  }
}

/** Whether the new decision may change the inquiry's service levels. */
export function canAffectServiceLevels({ changed }: SimulatedRouting): boolean {
  return changed.some((field) => field === 'desk' || field === 'priority' || field === 'policy');
}

/**
 * Computes the first cycles of an inquiry's clocks under the terms of the new decision, on the
 * assumption that the work went as fast as it did.
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
  { old, new: newDecision, routedAt }: SimulatedRouting,
  clock: Clock,
  serviceLevels: ServiceLevels,
  asOf: Instant,
): ServiceLevelImpact | undefined {
  const { target, endedAt, startedAt } = clock;
  const isOfDesk = deskClocks.includes(clock.clock);
  // A desk's clock starts when the desk gets the inquiry; only what routing started is simulated.
  if (isOfDesk && clock.desk !== old.desk) return undefined;
  const desk = isOfDesk ? newDecision.desk : undefined;
  const version = target?.policies ?? serviceLevels.versionsAt(routedAt).policies;
  const calendars = target?.calendars ?? serviceLevels.versionsAt(routedAt).calendars;
  const findTerms = (
    policy: typeof old.policy,
    at: DeskId | undefined,
    priority: typeof old.priority,
  ) => serviceLevels.findClockTerms(version, policy, clock.clock, at, priority);
  const newTerms = findTerms(newDecision.policy, desk, newDecision.priority);
  const oldTerms = findTerms(old.policy, clock.desk, old.priority);
  if (newTerms === undefined && target === undefined) return undefined;
  const common = {
    ...{ clock: clock.clock, desk: newDecision.desk },
    ...(clock.dueAt === undefined ? {} : { oldDueAt: clock.dueAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
  if (newTerms === undefined) return { ...common, outcome: 'unheld' };
  const isAmended =
    target?.priority !== (oldTerms === undefined ? undefined : old.priority) ||
    target?.policy !== oldTerms?.policy;
  if (isAmended || isClockPaused(clock)) return { ...common, outcome: 'unknown' };
  const { dueAt, missedFrom } = computeClock(
    {
      ...{ clock: clock.clock, cycle: 1, run: 1, startedAt },
      ...{ pauses: clock.pauses, carried: clock.carried, warned: [] },
      target: {
        ...{ ...newTerms, warnAt: [...newTerms.warnAt], policies: version, calendars },
        priority: newDecision.priority,
        ...{ countFrom: startedAt, used: clock.carried, since: startedAt },
      },
    },
    serviceLevels.calendar(newTerms.calendar, calendars),
  );
  if (missedFrom === undefined || dueAt === undefined) return { ...common, outcome: 'unknown' };
  const wasMissed = clock.breachedAt !== undefined;
  const wouldMiss = (endedAt ?? truncateToSecond(asOf)) >= missedFrom;
  const isOver = clock.verdict === 'met' || clock.verdict === 'missed';
  return { ...common, newDueAt: dueAt, outcome: judgeOutcome(isOver, wasMissed, wouldMiss) };
}

/** A deadline that is past already is missed, even if the clock has not ended. */
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
