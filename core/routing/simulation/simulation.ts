import type { Desk } from '../../inquiry/terms/desk.ts';
import { applyDeskSettings, type Terms } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { compileRules } from '../rules/compile/compile-rules.ts';
import type { SimulationOrder } from './order-simulation.ts';
import { RoutingSimulator } from './routing-simulator.ts';
import {
  canAffectServiceLevels,
  computeServiceLevelImpacts,
  ServiceLevelsByTime,
} from './simulate-service-levels.ts';
import type { SimulatedRouting, SimulatedRow } from './simulated-routing.ts';
import type { PastInquiries, PastInquiryPage } from './simulation-ports.ts';
import { addSimulatedRows, type SimulationSums } from './simulation-sums.ts';

/** A running simulation. */
export class Simulation {
  readonly order: SimulationOrder;
  /** The terms in force. */
  readonly inForce: Terms;
  /** The terms that are simulated. */
  readonly proposed: Terms;
  readonly #simulator: RoutingSimulator;
  readonly #serviceLevels: ServiceLevelsByTime;
  /** The next page, read while the one before it is routed. */
  #nextPage: { readonly after: string; readonly page: Promise<PastInquiryPage> } | undefined;

  /** @param stage the desks that the stage has */
  constructor(order: SimulationOrder, terms: Terms, stage: readonly Desk[]) {
    this.order = order;
    this.inForce = terms;
    this.proposed = applyDeskSettings(terms, stage, order.settings);
    this.#simulator = new RoutingSimulator(compileRules(order.rules), this.proposed);
    this.#serviceLevels = new ServiceLevelsByTime(terms.serviceLevels);
  }

  /**
   * Routes a page of past inquiries again and adds it to the sums.
   *
   * @param asOf the instant at which unfinished clocks are judged
   */
  async simulatePage(
    past: PastInquiries,
    sums: SimulationSums,
    asOf: Instant,
    after?: string,
  ): Promise<{ readonly rows: SimulatedRow[]; readonly next?: string }> {
    const { inquiries, missing, next } = await this.#read(past, after);
    const simulated = inquiries.flatMap((one) => this.#simulator.simulate(one) ?? []);
    sums.missing += missing;
    sums.unrouted += inquiries.length - simulated.length;
    const rows = await this.#addOutcomes(past, simulated, asOf);
    addSimulatedRows(sums, rows, (at) => this.#serviceLevels.knownBy(at));
    return { rows, ...(next === undefined ? {} : { next }) };
  }

  async #read(past: PastInquiries, after: string | undefined): Promise<PastInquiryPage> {
    const { from, until } = this.order;
    const ahead = this.#nextPage;
    this.#nextPage = undefined;
    const page = await (ahead !== undefined && ahead.after === after
      ? ahead.page
      : past.readPage(from, until, after));
    const { next } = page;
    if (next !== undefined) {
      const reading = past.readPage(from, until, next);
      // Whoever awaits the page gets its error; nobody does once the run has ended.
      reading.catch(() => undefined);
      this.#nextPage = { after: next, page: reading };
    }
    return page;
  }

  /** Adds to the inquiries that differ where they are now and what happened to their clocks. */
  async #addOutcomes(
    past: PastInquiries,
    simulated: readonly SimulatedRouting[],
    asOf: Instant,
  ): Promise<SimulatedRow[]> {
    const differing = simulated.filter(({ changed }) => changed.length > 0);
    const outcomes = await past.readOutcomes(differing.map(({ id }) => id));
    return simulated.map((one) => {
      const outcome = one.changed.length > 0 ? outcomes.get(one.id) : undefined;
      if (outcome === undefined) return { ...one, stakes: [] };
      const { status, desk, clocks } = outcome;
      const stakes = canAffectServiceLevels(one)
        ? computeServiceLevelImpacts(one, clocks, this.inForce.serviceLevels, asOf)
        : [];
      return { ...one, now: { status, ...(desk === undefined ? {} : { desk }) }, stakes };
    });
  }
}
