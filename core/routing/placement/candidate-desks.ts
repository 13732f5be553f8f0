import { isCalendarFault } from '../../calendar/calendar.ts';
import { epochSecondOf, instantOfSecond } from '../../inquiry/clock/epoch-seconds.ts';
import type { ObservedDesk, RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import type { OverflowSettings, VendorContract } from '../../inquiry/terms/desk-settings.ts';
import { findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { PlacementRule } from '../rules/placement-reasons.ts';
import { evaluateOverflow, type OverflowChange } from './evaluate-overflow.ts';

/** Why a desk does not take an inquiry. */
export type DeskRefusal = { readonly rule: PlacementRule; readonly because: readonly string[] };

/** Where a desk's overflow goes, and the loads that keep it active. */
export type ActiveOverflow = { readonly to: DeskId; readonly because: readonly string[] };

/** Whether a desk is within its hours; `opensAt` is absent where it never opens again. */
export type DeskCoverage =
  | { readonly open: true }
  | { readonly open: false; readonly opensAt?: Instant };

/** What the placement of one inquiry is decided from. */
export type PlacementContext = {
  readonly category: string;
  readonly observed: RoutingObservation;
  readonly terms: Pick<Terms, 'desks' | 'settings' | 'serviceLevels'>;
  readonly at: Instant;
};

/**
 * The desks as the placement of one inquiry sees them.
 *
 * It collects those that it needed but that were not observed; they count as quiet, with volume
 * left.
 */
export class CandidateDesks {
  readonly unseen = new Set<DeskId>();
  readonly #overflowChanges = new Map<DeskId, OverflowChange>();
  readonly #context: PlacementContext;

  constructor(context: PlacementContext) {
    this.#context = context;
  }

  /** Overflows that begin or end with this inquiry. */
  get overflowChanges(): readonly OverflowChange[] {
    return [...this.#overflowChanges.values()];
  }

  find(id: DeskId): Desk | undefined {
    return this.#context.terms.desks.find((desk) => desk.id === id);
  }

  contractOf({ id, vendor }: Desk): VendorContract | undefined {
    return vendor === undefined ? undefined : findDeskAttributes(this.#context.terms, id).contract;
  }

  /** Why the desk's contract refuses the inquiry, whatever the hour; undefined when it does not. */
  findRefusal(desk: Desk): DeskRefusal | undefined {
    const contract = this.contractOf(desk);
    if (contract === undefined) return undefined;
    const { categories, monthlyVolume } = contract;
    const { category } = this.#context;
    if (categories !== undefined && !categories.includes(category)) {
      const because = [`contract.accepts: ${desk.id} false`, `category: ${category}`];
      return { rule: 'contract-category', because };
    }
    if (monthlyVolume === undefined || monthlyVolume.beyond === 'accept') return undefined;
    const volume = this.#observationOf(desk.id)?.volume;
    if (volume === undefined) {
      this.unseen.add(desk.id);
      return undefined;
    }
    const { inquiries } = monthlyVolume;
    if (volume.used < inquiries) return undefined;
    const because = [
      `contract.volumeLeft: ${desk.id} false`,
      `contract.volume: ${desk.id} ${volume.used} of ${inquiries}`,
    ];
    return { rule: 'contract-volume', because };
  }

  readCoverage({ id }: Desk): DeskCoverage {
    const { terms, at } = this.#context;
    return computeCoverage(id, terms, at);
  }

  /** Undefined while the desk's overflow is not active. */
  findOverflow({ id }: Desk): ActiveOverflow | undefined {
    const { overflow } = findDeskAttributes(this.#context.terms, id);
    if (overflow === undefined) return undefined;
    const observed = this.#observationOf(id);
    if (observed === undefined) return undefined;
    return this.#evaluateOverflow(id, overflow, observed);
  }

  /** Why the desk would not take the inquiry right now; undefined when it would. */
  findObstacles(desk: Desk): readonly string[] | undefined {
    const refusal = this.findRefusal(desk);
    if (refusal !== undefined) return refusal.because;
    if (!this.readCoverage(desk).open) return [this.closedReasonOf(desk)];
    const activeOverflow = this.findOverflow(desk);
    return activeOverflow === undefined ? undefined : [`overflow: ${desk.id} ${activeOverflow.to}`];
  }

  closedReasonOf(desk: Desk): string {
    const fact = this.contractOf(desk) === undefined ? 'desk.open' : 'contract.covered';
    return `${fact}: ${desk.id} false`;
  }

  #evaluateOverflow(
    desk: DeskId,
    overflow: OverflowSettings,
    observed: ObservedDesk,
  ): ActiveOverflow | undefined {
    const before = observed.overflowing ?? false;
    const { active, by } = evaluateOverflow(before, overflow, observed);
    const [measure = endingMeasureOf(overflow)] = by;
    if (active !== before) this.#overflowChanges.set(desk, { desk, active, measure });
    if (!active) return undefined;
    const because = by
      .filter((one) => observed[one] !== undefined)
      .map((one) => `desk.${one}: ${desk} ${observed[one]}`);
    return { to: overflow.to, because };
  }

  #observationOf(id: DeskId): ObservedDesk | undefined {
    const observed = this.#context.observed.desks[id];
    if (observed === undefined) this.unseen.add(id);
    return observed;
  }
}

/** Whether a desk is within its hours; one without a calendar always is. */
export function computeCoverage(
  desk: DeskId,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  at: Instant,
): DeskCoverage {
  const calendar = serviceLevels.deskCalendar(desk, at);
  // Outside the years it covers, a calendar holds nothing back.
  if (calendar?.isOpen(epochSecondOf(at)) !== false) return { open: true };
  const opening = calendar.nextOpening(epochSecondOf(at));
  return isCalendarFault(opening)
    ? { open: false }
    : { open: false, opensAt: instantOfSecond(opening) };
}

/** The measure that stands for an overflow's end, when all of them have fallen. */
function endingMeasureOf({ leave }: OverflowSettings): OverflowChange['measure'] {
  if (leave.depth !== undefined) return 'depth';
  return leave.oldestMinutes === undefined ? 'waitMinutes' : 'oldestMinutes';
}
