import type { EventOf } from '../../inquiry/events/events.ts';
import type { RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import type { Desk, Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant, PoolId } from '../../inquiry/values/ids.ts';
import type { InquiryRoute } from '../rules/compiled-rules.ts';
import type { PlacementRule } from '../rules/placement-reasons.ts';
import { CandidateDesks } from './candidate-desks.ts';
import { choosePoolDesk } from './choose-pool-desk.ts';
import type { OverflowChange } from './evaluate-overflow.ts';

type RouteTrace = EventOf<'InquiryRouted'>['trace'];

/** An inquiry to be placed, and what was seen. */
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
  /** When the desk opens, for which it is held back. */
  readonly availableAt?: Instant;
  /** How it came from what the rules named to the desk. */
  readonly trace: RouteTrace;
  readonly overflowChanges: readonly OverflowChange[];
  /** Desks that it was asked about and that were not observed: they count as quiet. */
  readonly unseen: readonly DeskId[];
};

/**
 * Finds the desk that gets an inquiry: what the rules name, unless its contract, its hours or its
 * overflow send it on.
 *
 * A contract that does not take the category, or has no volume left, sends it to its `otherwise`;
 * outside of coverage it is held back or goes where the contract says; a rule that holds holds it
 * anywhere. An overflow sends it to a desk that takes it this very moment, or leaves it. What goes
 * in a circle, or to a desk that the stage has not, goes to the first desk of the house, which has
 * no contract; so no vendor gets what its contract refuses. Undefined in a stage without desks.
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

/** One inquiry on its way from desk to desk. */
class PlacementRun {
  readonly trace: RouteTrace = [];
  pool: PoolId | undefined;
  readonly #placing: PlacementRequest;
  readonly #terms: PlacementTerms;
  readonly #desks: CandidateDesks;

  constructor(request: PlacementRequest, terms: PlacementTerms, desks: CandidateDesks) {
    this.#placing = request;
    this.#terms = terms;
    this.#desks = desks;
  }

  /** The desk that the rules name, or a member of the pool that they name. */
  findFirstDesk(): Desk | undefined {
    const { route } = this.#placing;
    const found =
      route.pool === undefined ? this.#desks.find(route.desk) : this.#member(route.pool);
    if (found !== undefined) return found;
    if (route.desk !== undefined) this.#say('missing-desk', [`missing: desk ${route.desk}`]);
    // What nobody has agreed on goes to no vendor, unless the stage has no desk of the house.
    return this.#own() ?? this.#terms.desks[0];
  }

  findFinalDesk(start: Desk): PlacedDesk {
    const visited = new Set<DeskId>();
    let desk = start;
    for (;;) {
      visited.add(desk.id);
      const hop = this.#away(desk);
      if (hop === undefined) return this.#stay(desk);
      this.#say(hop.rule, hop.because);
      const next = this.#desks.find(hop.to);
      if (next === undefined) this.#say('missing-desk', [`missing: desk ${hop.to}`]);
      if (next === undefined || visited.has(next.id)) return this.#lastResort(start);
      desk = next;
    }
  }

  #member(id: PoolId): Desk | undefined {
    const { id: inquiry, route } = this.#placing;
    const { pools } = this.#terms.settings.body;
    const pool = Object.hasOwn(pools, id) ? pools[id] : undefined;
    const desk =
      pool === undefined ? undefined : choosePoolDesk(pool, inquiry, route.category, this.#desks);
    if (pool === undefined || desk === undefined) {
      this.#say('missing-pool', [`missing: pool ${id}`]);
      return undefined;
    }
    this.pool = id;
    const chosen = `pool: ${id} ${pool.choose} ${desk.id}`;
    const category = `category: ${route.category}`;
    this.#say('pool', pool.choose === 'category' ? [chosen, category] : [chosen]);
    return desk;
  }

  /** Where its contract sends what it does not take; undefined when it stays with the desk. */
  #away(desk: Desk): Redirection | undefined {
    const contract = this.#desks.contractOf(desk);
    if (contract === undefined) return undefined;
    const refusal = this.#desks.findRefusal(desk);
    if (refusal !== undefined) return { to: contract.otherwise, ...refusal };
    const coverage = this.#desks.readCoverage(desk);
    if (coverage.open) return undefined;
    const because = [this.#desks.closedReasonOf(desk)];
    const { outsideCoverage } = contract;
    if (outsideCoverage !== 'hold' && this.#placing.route.hold !== true) {
      return { to: outsideCoverage.desk, rule: 'contract-coverage', because };
    }
    return coverage.opensAt === undefined
      ? { to: contract.otherwise, rule: 'contract-coverage', because }
      : undefined;
  }

  /** With the desk until it opens, unless it is open and full. */
  #stay(desk: Desk): PlacedDesk {
    const coverage = this.#desks.readCoverage(desk);
    const rule = this.#holdingRule(desk);
    if (!coverage.open && coverage.opensAt !== undefined && rule !== undefined) {
      const { opensAt } = coverage;
      this.#say(rule, [this.#desks.closedReasonOf(desk), `held.until: ${opensAt}`], 'availableAt');
      return { desk, availableAt: opensAt };
    }
    const activeOverflow = this.#desks.findOverflow(desk);
    if (activeOverflow === undefined) return { desk };
    const way = `overflow: ${desk.id} ${activeOverflow.to}`;
    const target = this.#desks.find(activeOverflow.to);
    const against =
      target === undefined
        ? [`missing: desk ${activeOverflow.to}`]
        : this.#desks.findObstacles(target);
    if (target === undefined || against !== undefined) {
      const because = [way, ...(against ?? [])];
      this.trace.push({ rule: 'overflow', matched: false, because, set: [] });
      return { desk };
    }
    this.#say('overflow', [way, ...activeOverflow.because]);
    return { desk: target };
  }

  /** What holds back at a desk that is closed: the rules, its contract, or its own way. */
  #holdingRule(desk: Desk): PlacementRule | undefined {
    if (this.#placing.route.hold === true) return 'hold';
    if (this.#desks.contractOf(desk) !== undefined) return 'contract-coverage';
    return desk.whenClosed === 'hold' ? 'hold' : undefined;
  }

  /** A stage without a desk of its own has to leave it where the rules put it. */
  #lastResort(start: Desk): PlacedDesk {
    const own = this.#own();
    this.#say('last-resort', []);
    return own === undefined ? { desk: start } : this.#stay(own);
  }

  #own(): Desk | undefined {
    return this.#terms.desks.find(({ kind }) => kind === 'internal');
  }

  #say(rule: PlacementRule, because: PlacementReasons, set = 'desk'): void {
    this.trace.push({ rule, matched: true, because: [...because], set: [set] });
  }
}
