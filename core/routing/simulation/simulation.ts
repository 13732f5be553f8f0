import type { Desk } from '../../inquiry/terms/terms.ts';
import { applyDeskSettings, type Terms } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { compileRules } from '../rules/compile/compile-rules.ts';
import type { SimulationOrder } from './order-simulation.ts';
import { Simulator } from './routing-simulator.ts';
import { hasStakes, LevelsByTime, stakesOf } from './simulate-service-levels.ts';
import type { Simulated, SimulatedRow } from './simulated-routing.ts';
import type { PastInquiries, PastPage } from './simulation-ports.ts';
import { addRows, type SimulationSums } from './simulation-sums.ts';

/** A simulation under way, ready to route. */
export class Simulation {
  readonly order: SimulationOrder;
  /** Those in force otherwise. */
  readonly inForce: Terms;
  /** Those that are simulated. */
  readonly proposed: Terms;
  readonly #simulator: Simulator;
  readonly #levels: LevelsByTime;
  /** The page that comes next, which is read while the one before it is routed. */
  #ahead: { readonly after: string; readonly page: Promise<PastPage> } | undefined;

  /** @param stage the desks that the stage has */
  constructor(order: SimulationOrder, terms: Terms, stage: readonly Desk[]) {
    this.order = order;
    this.inForce = terms;
    this.proposed = applyDeskSettings(terms, stage, order.settings);
    this.#simulator = new Simulator(compileRules(order.rules), this.proposed);
    this.#levels = new LevelsByTime(terms.serviceLevels);
  }

  /**
   * Routes a page of past inquiries again and adds it to the sums.
   *
   * @param asOf by when what has not ended is judged
   */
  async page(
    past: PastInquiries,
    sums: SimulationSums,
    asOf: Instant,
    after?: string,
  ): Promise<{ readonly rows: SimulatedRow[]; readonly next?: string }> {
    const { inquiries, missing, next } = await this.#read(past, after);
    const simulated = inquiries.flatMap((one) => this.#simulator.simulate(one) ?? []);
    sums.missing += missing;
    sums.unrouted += inquiries.length - simulated.length;
    const rows = await this.#withLives(past, simulated, asOf);
    addRows(sums, rows, (at) => this.#levels.knownBy(at));
    return { rows, ...(next === undefined ? {} : { next }) };
  }

  async #read(past: PastInquiries, after: string | undefined): Promise<PastPage> {
    const { from, until } = this.order;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const page = await (ahead !== undefined && ahead.after === after
      ? ahead.page
      : past.page(from, until, after));
    const { next } = page;
    if (next !== undefined) {
      const reading = past.page(from, until, next);
      // Whoever needs it is told why it failed; nobody may, when the run has ended.
      reading.catch(() => undefined);
      this.#ahead = { after: next, page: reading };
    }
    return page;
  }

  /** What differs, with what has become of it since. */
  async #withLives(
    past: PastInquiries,
    simulated: readonly Simulated[],
    asOf: Instant,
  ): Promise<SimulatedRow[]> {
    const differing = simulated.filter(({ changed }) => changed.length > 0);
    const lives = await past.lives(differing.map(({ id }) => id));
    return simulated.map((one) => {
      const life = one.changed.length > 0 ? lives.get(one.id) : undefined;
      if (life === undefined) return { ...one, stakes: [] };
      const { status, desk, clocks } = life;
      const stakes = hasStakes(one) ? stakesOf(one, clocks, this.inForce.serviceLevels, asOf) : [];
      return { ...one, now: { status, ...(desk === undefined ? {} : { desk }) }, stakes };
    });
  }
}
