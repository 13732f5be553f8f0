import type { Person, Role } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { EarlierInquiry, ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import { findDeskMonth } from '../../inquiry/outbox/contract-volume.ts';
import type { InquiryIndex } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import { findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { computeCoverage } from '../placement/candidate-desks.ts';
import type { OverflowChange } from '../placement/evaluate-overflow.ts';
import type { DeskVolumes, OverflowState, OverflowStates } from '../ports.ts';
import {
  computeOldestMinutes,
  countPresent,
  predictWait,
  selectEarlierInquiries,
  type WorklistMeasures,
} from './measure-desk.ts';
import { ReadCache } from './read-cache.ts';

export type DeskObserverDependencies = {
  readonly index: Pick<InquiryIndex, 'depth' | 'page'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly overflows: OverflowStates;
  readonly volumes: DeskVolumes;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
};

/** A desk as observed, with the revision of its overflow at that time. */
export type DeskObservation = { readonly observed: ObservedDesk; readonly revision: number };

/** How long a read of a desk counts as its present state. */
const freshMilliseconds = 2_000;
/** The longest that a count of a contract volume is used, however much of it is left. */
const volumeFreshMilliseconds = 60_000;
/** The intake of a busy help desk, for estimating how soon a volume can be used up. */
const inquiriesPerSecond = 10;
/** Overflow levels go up to this; the keys of so many waiting inquiries are 4 MB at most. */
const depthLimit = 10_000;
/** One more than are reported, since the inquiry itself is among them. */
const earlierReadLimit = 21;

type ObservedLoad = { readonly waiting: WorklistMeasures; readonly overflow: OverflowState };

/**
 * Observes desks as they were within the last two seconds, so that a burst of inquiries reads each
 * desk once.
 *
 * Inquiries that it has itself sent to a desk since are added.
 */
export class DeskObserver {
  #lastDecision: Promise<unknown> = Promise.resolve();
  readonly #dependencies: DeskObserverDependencies;
  readonly #loads: ReadCache<ObservedLoad>;
  readonly #people: ReadCache<readonly Person[]>;
  readonly #volumes: ReadCache<number>;

  constructor(dependencies: DeskObserverDependencies) {
    this.#dependencies = dependencies;
    this.#loads = new ReadCache(dependencies.elapsed);
    this.#people = new ReadCache(dependencies.elapsed);
    this.#volumes = new ReadCache(dependencies.elapsed);
  }

  /**
   * Makes a router's decisions one after the other, so that each counts what earlier ones sent:
   * otherwise a batch that sees the last free place would take it ten times.
   */
  decideInOrder<Decided>(decide: () => Promise<Decided>): Promise<Decided> {
    const decision = this.#lastDecision.then(decide);
    this.#lastDecision = decision.catch(() => undefined);
    return decision;
  }

  /** Observes those of the desks that the stage has. */
  async observeDesks(
    ids: readonly DeskId[],
    terms: Terms,
    at: Instant,
  ): Promise<ReadonlyMap<DeskId, DeskObservation>> {
    const desks = ids.flatMap((id) => findDesk(terms, id) ?? []);
    const observations = await Promise.all(
      desks.map(async (desk) => [desk.id, await this.#observeDesk(desk, terms, at)] as const),
    );
    return new Map(observations);
  }

  /** Earlier inquiries of the requester, newest first; none for one without an address. */
  async findEarlierInquiries(inquiry: Inquiry, at: Instant): Promise<EarlierInquiry[]> {
    const { address } = inquiry.requester;
    if (address === undefined) return [];
    const { index } = this.#dependencies;
    const { inquiries } = await index.page({ by: 'requester', address }, earlierReadLimit);
    return selectEarlierInquiries(inquiry, inquiries, at);
  }

  /**
   * Counts an inquiry that is being sent to a desk; `waits` unless it is held back. One that does
   * not arrive after all counts until the desk is read again.
   */
  countArrival(desk: DeskId, waits: boolean, terms: Terms, at: Instant): void {
    if (waits) this.#loads.increment(desk);
    this.#volumes.increment(makeVolumeKey(desk, terms, at));
  }

  /**
   * Changes a desk's overflow; false when another router has changed it since it was seen. Either
   * way, the desk is then read again.
   */
  async changeOverflow(
    change: OverflowChange,
    seen: DeskObservation,
    at: Instant,
  ): Promise<boolean> {
    const isChanged = await this.#dependencies.overflows.change(change, seen.revision, at);
    this.#loads.invalidate(change.desk);
    return isChanged;
  }

  async #observeDesk(desk: Desk, terms: Terms, at: Instant): Promise<DeskObservation> {
    const { contract, overflow, handleMinutes } = findDeskAttributes(terms, desk.id);
    const limit = desk.vendor === undefined ? undefined : contract?.monthlyVolume?.inquiries;
    const [load, people, used] = await Promise.all([
      this.#load(desk.id),
      this.#peopleOf(desk),
      limit === undefined ? undefined : this.#volume(desk.id, limit, terms, at),
    ]);
    const { waiting } = load.value;
    const depth = Math.min(waiting.depth + load.added, depthLimit);
    const present = countPresent(desk, people, at);
    const waitMinutes = predictWait(desk.kind, { depth, present }, handleMinutes);
    const observed: ObservedDesk = {
      open: computeCoverage(desk.id, terms, at).open,
      ...{ depth, oldestMinutes: computeOldestMinutes(waiting, at), present },
      ...(waitMinutes === undefined ? {} : { waitMinutes }),
      ...(desk.vendor === undefined || contract?.categories === undefined
        ? {}
        : { accepts: contract.categories }),
      ...(limit === undefined || used === undefined ? {} : { volume: { used, limit } }),
      ...(overflow === undefined ? {} : { overflowing: load.value.overflow.active }),
    };
    return { observed, revision: load.value.overflow.revision };
  }

  #load(desk: DeskId) {
    const { index, overflows } = this.#dependencies;
    const read = async () => {
      // First, so that no overflow is changed by a load that was read before its last change.
      const overflow = await overflows.read(desk);
      return { overflow, waiting: await index.depth(desk, depthLimit) };
    };
    return this.#loads.get(desk, read, () => freshMilliseconds);
  }

  async #peopleOf({ vendor }: Desk): Promise<readonly Person[]> {
    const roles: readonly Role[] = vendor === undefined ? ['staff', 'lead'] : ['operator'];
    const read = await Promise.all(
      roles.map((role) =>
        this.#people.get(
          role,
          () => this.#dependencies.people.byRole(role),
          () => freshMilliseconds,
        ),
      ),
    );
    return read.flatMap(({ value }) => value);
  }

  async #volume(desk: DeskId, limit: number, terms: Terms, at: Instant): Promise<number> {
    const { value, added } = await this.#volumes.get(
      makeVolumeKey(desk, terms, at),
      () => this.#dependencies.volumes.count(desk, findDeskMonth(desk, terms, at)),
      (used) => computeFreshness(limit - used),
    );
    return value + added;
  }
}

/** A volume cannot be used up before its rest comes in; once used up, it stays so. */
function computeFreshness(left: number): number {
  if (left <= 0) return volumeFreshMilliseconds;
  const milliseconds = (left / inquiriesPerSecond) * 1000;
  return Math.min(Math.max(milliseconds, freshMilliseconds), volumeFreshMilliseconds);
}

function makeVolumeKey(desk: DeskId, terms: Terms, at: Instant): string {
  return `${desk} ${findDeskMonth(desk, terms, at)}`;
}
