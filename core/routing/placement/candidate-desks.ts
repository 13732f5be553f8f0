import { isCalendarFault } from '../../calendar/calendar.ts';
import { epochSecondOf, instantOfSecond } from '../../inquiry/clock/epoch-seconds.ts';
import type { ObservedDesk, RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import type { OverflowSettings, VendorContract } from '../../inquiry/terms/desk-settings.ts';
import { type Desk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { PlacementRule } from '../rules/placement-reasons.ts';
import { evaluateOverflow, type OverflowChange } from './evaluate-overflow.ts';

/** Why a desk does not take an inquiry. */
export type DeskRefusal = { readonly rule: PlacementRule; readonly because: readonly string[] };

/** Where a desk's overflow goes, and the loads that keep it open. */
export type ActiveOverflow = { readonly to: DeskId; readonly because: readonly string[] };

/** Whether a desk is within its hours; `opensAt` is left out where it never is again. */
export type DeskCoverage =
  | { readonly open: true }
  | { readonly open: false; readonly opensAt?: Instant };

/** What a decision about one inquiry is made from. */
export type PlacementContext = {
  readonly category: string;
  readonly observed: RoutingObservation;
  readonly terms: Pick<Terms, 'desks' | 'settings' | 'serviceLevels'>;
  readonly at: Instant;
};

/**
 * The desks as one decision sees them.
 *
 * It remembers which of those it asked about were not observed; these count as quiet, and as having
 * volume left.
 */
export class CandidateDesks {
  readonly unseen = new Set<DeskId>();
  readonly #turns = new Map<DeskId, OverflowChange>();
  readonly #scene: PlacementContext;

  constructor(context: PlacementContext) {
    this.#scene = context;
  }

  /** Overflows that this inquiry found to begin or to end. */
  get overflowChanges(): readonly OverflowChange[] {
    return [...this.#turns.values()];
  }

  find(id: DeskId): Desk | undefined {
    return this.#scene.terms.desks.find((desk) => desk.id === id);
  }

  contractOf({ id, vendor }: Desk): VendorContract | undefined {
    return vendor === undefined ? undefined : findDeskAttributes(this.#scene.terms, id).contract;
  }

  /** What its contract has against the inquiry, whatever the hour. */
  findRefusal(desk: Desk): DeskRefusal | undefined {
    const contract = this.contractOf(desk);
    if (contract === undefined) return undefined;
    const { categories, monthlyVolume } = contract;
    const { category } = this.#scene;
    if (categories !== undefined && !categories.includes(category)) {
      const because = [`contract.accepts: ${desk.id} false`, `category: ${category}`];
      return { rule: 'contract-category', because };
    }
    if (monthlyVolume === undefined || monthlyVolume.beyond === 'accept') return undefined;
    const volume = this.#seen(desk.id)?.volume;
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
    const { terms, at } = this.#scene;
    return computeCoverage(id, terms, at);
  }

  /** Undefined while its overflow is closed. */
  findOverflow({ id }: Desk): ActiveOverflow | undefined {
    const { overflow } = findDeskAttributes(this.#scene.terms, id);
    if (overflow === undefined) return undefined;
    const seen = this.#seen(id);
    if (seen === undefined) return undefined;
    return this.#overflowing(id, overflow, seen);
  }

  /** Why it would not take the inquiry this very moment; undefined when it would. */
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

  #overflowing(
    desk: DeskId,
    overflow: OverflowSettings,
    seen: ObservedDesk,
  ): ActiveOverflow | undefined {
    const before = seen.overflowing ?? false;
    const { active, by } = evaluateOverflow(before, overflow, seen);
    const [measure = endingMeasureOf(overflow)] = by;
    if (active !== before) this.#turns.set(desk, { desk, active, measure });
    if (!active) return undefined;
    const because = by
      .filter((one) => seen[one] !== undefined)
      .map((one) => `desk.${one}: ${desk} ${seen[one]}`);
    return { to: overflow.to, because };
  }

  #seen(id: DeskId): ObservedDesk | undefined {
    const seen = this.#scene.observed.desks[id];
    if (seen === undefined) this.unseen.add(id);
    return seen;
  }
}

/** Whether a desk is within its hours; one without a calendar always is. */
export function computeCoverage(
  desk: DeskId,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  at: Instant,
): DeskCoverage {
  const calendar = serviceLevels.deskCalendar(desk, at);
  // Outside the years that it knows, a calendar holds nobody up.
  if (calendar?.isOpen(epochSecondOf(at)) !== false) return { open: true };
  const opening = calendar.nextOpening(epochSecondOf(at));
  return isCalendarFault(opening)
    ? { open: false }
    : { open: false, opensAt: instantOfSecond(opening) };
}

/** The measure by which an overflow that has ended is named: all of them have fallen. */
function endingMeasureOf({ leave }: OverflowSettings): OverflowChange['measure'] {
  if (leave.depth !== undefined) return 'depth';
  return leave.oldestMinutes === undefined ? 'waitMinutes' : 'oldestMinutes';
}
