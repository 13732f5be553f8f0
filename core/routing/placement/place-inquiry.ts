import type { EventOf } from '../../inquiry/events/events.ts';
import type { RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant, PoolId } from '../../inquiry/values/ids.ts';
import type { InquiryRoute } from '../rules/compiled-rules.ts';
import type { PlacementRule } from '../rules/placement-reasons.ts';
import { CandidateDesks } from './candidate-desks.ts';
import { choosePoolDesk } from './choose-pool-desk.ts';
import type { OverflowChange } from './evaluate-overflow.ts';

type RouteTrace = EventOf<'InquiryRouted'>['trace'];

/** An inquiry to place, and what was observed. */
export type PlacementRequest = {
  /** Its random end chooses among shares. */
  readonly id: InquiryId;
  readonly route: InquiryRoute;
  readonly observed: RoutingObservation;
  readonly at: Instant;
};

/** The desk that gets an inquiry. */
export type PlacementResult = {
  readonly desk: Desk;
  readonly pool?: PoolId;
  /** When the desk opens, if the inquiry is held until then. */
  readonly availableAt?: Instant;
  /** The steps from what the rules named to this desk. */
  readonly trace: RouteTrace;
  readonly overflowChanges: readonly OverflowChange[];
  /** Desks that placement needed but that were not observed: they count as quiet. */
  readonly unseen: readonly DeskId[];
};

/**
 * Finds the desk that gets an inquiry: the one that the rules name, unless its contract, hours or
 * overflow redirect it.
 *
 * A contract that refuses the category, or has no volume left, redirects it to `otherwise`; outside
 * coverage it is held or goes where the contract says; a rule's `hold` holds it at any desk. An
 * overflow redirects it only to a desk that takes it right now. A circle, or a desk that the stage
 * does not have, ends at the first internal desk, which has no contract; so no vendor gets what its
 * contract refuses. Undefined in a stage without desks.
 */
export function placeInquiry(
  request: PlacementRequest,
  terms: PlacementTerms,
): PlacementResult | undefined {
  const { route, observed, at } = request;
  const desks = new CandidateDesks({ category: route.category, observed, terms, at });
  const placement = new PlacementRun(request, terms, desks);
  const start = placement.findFirstDesk();
  if (start === undefined) return undefined;
  const { desk, availableAt } = placement.findFinalDesk(start);
  return {
    desk,
    ...(placement.pool === undefined ? {} : { pool: placement.pool }),
    ...(availableAt === undefined ? {} : { availableAt }),
    trace: placement.trace,
    overflowChanges: desks.overflowChanges,
    unseen: [...desks.unseen],
  };
}

export type PlacementTerms = Pick<Terms, 'desks' | 'settings' | 'serviceLevels'>;

type PlacedDesk = { readonly desk: Desk; readonly availableAt?: Instant };
type Redirection = {
  readonly to: DeskId;
  readonly rule: PlacementRule;
  readonly because: PlacementReasons;
};
type PlacementReasons = readonly string[];

/** One inquiry on its path from desk to desk. */
class PlacementRun {
  readonly trace: RouteTrace = [];
  pool: PoolId | undefined;
  readonly #request: PlacementRequest;
  readonly #terms: PlacementTerms;
  readonly #desks: CandidateDesks;

  constructor(request: PlacementRequest, terms: PlacementTerms, desks: CandidateDesks) {
    this.#request = request;
    this.#terms = terms;
    this.#desks = desks;
  }

  /** The desk that the rules name, or a member of the pool that they name. */
  findFirstDesk(): Desk | undefined {
    const { route } = this.#request;
    const named =
      route.pool === undefined ? this.#desks.find(route.desk) : this.#chooseMember(route.pool);
    if (named !== undefined) return named;
    if (route.desk !== undefined) this.#recordStep('missing-desk', [`missing: desk ${route.desk}`]);
    // No vendor has agreed to it, so it goes to one only if the stage has no internal desk.
    return this.#internalDesk() ?? this.#terms.desks[0];
  }

  findFinalDesk(start: Desk): PlacedDesk {
    const visited = new Set<DeskId>();
    let desk = start;
    for (;;) {
      visited.add(desk.id);
      const redirection = this.#findRedirection(desk);
      if (redirection === undefined) return this.#stayAt(desk);
      this.#recordStep(redirection.rule, redirection.because);
      const next = this.#desks.find(redirection.to);
      if (next === undefined) this.#recordStep('missing-desk', [`missing: desk ${redirection.to}`]);
      if (next === undefined || visited.has(next.id)) return this.#lastResort(start);
      desk = next;
    }
  }

  #chooseMember(id: PoolId): Desk | undefined {
    const { id: inquiry, route } = this.#request;
    const { pools } = this.#terms.settings.body;
    const pool = Object.hasOwn(pools, id) ? pools[id] : undefined;
    const desk =
      pool === undefined ? undefined : choosePoolDesk(pool, inquiry, route.category, this.#desks);
    if (pool === undefined || desk === undefined) {
      this.#recordStep('missing-pool', [`missing: pool ${id}`]);
      return undefined;
    }
    this.pool = id;
    const chosen = `pool: ${id} ${pool.choose} ${desk.id}`;
    const category = `category: ${route.category}`;
    this.#recordStep('pool', pool.choose === 'category' ? [chosen, category] : [chosen]);
    return desk;
  }

  /** Where the desk's contract sends the inquiry; undefined when it stays at the desk. */
  #findRedirection(desk: Desk): Redirection | undefined {
    const contract = this.#desks.contractOf(desk);
    if (contract === undefined) return undefined;
    const refusal = this.#desks.findRefusal(desk);
    if (refusal !== undefined) return { to: contract.otherwise, ...refusal };
    const coverage = this.#desks.readCoverage(desk);
    if (coverage.open) return undefined;
    const because = [this.#desks.closedReasonOf(desk)];
    const { outsideCoverage } = contract;
    if (outsideCoverage !== 'hold' && this.#request.route.hold !== true) {
      return { to: outsideCoverage.desk, rule: 'contract-coverage', because };
    }
    return coverage.opensAt === undefined
      ? { to: contract.otherwise, rule: 'contract-coverage', because }
      : undefined;
  }

  /** Holds it until the desk opens, or follows the overflow of an open desk. */
  #stayAt(desk: Desk): PlacedDesk {
    const coverage = this.#desks.readCoverage(desk);
    const rule = this.#findHoldRule(desk);
    if (!coverage.open && coverage.opensAt !== undefined && rule !== undefined) {
      const { opensAt } = coverage;
      this.#recordStep(
        rule,
        [this.#desks.closedReasonOf(desk), `held.until: ${opensAt}`],
        'availableAt',
      );
      return { desk, availableAt: opensAt };
    }
    const activeOverflow = this.#desks.findOverflow(desk);
    if (activeOverflow === undefined) return { desk };
    const path = `overflow: ${desk.id} ${activeOverflow.to}`;
    const target = this.#desks.find(activeOverflow.to);
    const obstacles =
      target === undefined
        ? [`missing: desk ${activeOverflow.to}`]
        : this.#desks.findObstacles(target);
    if (target === undefined || obstacles !== undefined) {
      const because = [path, ...(obstacles ?? [])];
      this.trace.push({ rule: 'overflow', matched: false, because, set: [] });
      return { desk };
    }
    this.#recordStep('overflow', [path, ...activeOverflow.because]);
    return { desk: target };
  }

  /** What holds an inquiry at a closed desk: the rules, its contract, or its own setting. */
  #findHoldRule(desk: Desk): PlacementRule | undefined {
    if (this.#request.route.hold === true) return 'hold';
    if (this.#desks.contractOf(desk) !== undefined) return 'contract-coverage';
    return desk.whenClosed === 'hold' ? 'hold' : undefined;
  }

  /** A stage without an internal desk has to leave it where the rules put it. */
  #lastResort(start: Desk): PlacedDesk {
    const internal = this.#internalDesk();
    this.#recordStep('last-resort', []);
    return internal === undefined ? { desk: start } : this.#stayAt(internal);
  }

  #internalDesk(): Desk | undefined {
    return this.#terms.desks.find(({ kind }) => kind === 'internal');
  }

  #recordStep(rule: PlacementRule, because: PlacementReasons, set = 'desk'): void {
    this.trace.push({ rule, matched: true, because: [...because], set: [set] });
  }
}
