import type { Person, Role } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { EarlierInquiry, ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import { findDeskMonth } from '../../inquiry/outbox/contract-volume.ts';
import type { InquiryIndex } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { type Desk, findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
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
  /** Milliseconds of any clock that only goes forward. */
  readonly elapsed: () => number;
};

/** A desk as seen, and the revision of its overflow that was seen with it. */
export type DeskObservation = { readonly observed: ObservedDesk; readonly revision: number };

/** How long what was read of a desk is taken for its present state. */
const freshMilliseconds = 2_000;
/** A volume that is far from its end is counted so often at least. */
const volumeFreshMilliseconds = 60_000;
/** What a busy help desk takes in, by which it is told how soon a volume can end. */
const inquiriesPerSecond = 10;
/** Loads are levels up to this; keys of so many waiting are 4 MB at most. */
const depthLimit = 10_000;
/** One more than are told of, since the inquiry itself is one of them. */
const earlierRead = 21;

type ObservedLoad = { readonly waiting: WorklistMeasures; readonly overflow: OverflowState };

/**
 * Sees desks as they are now, to within two seconds: so a burst of inquiries reads each desk once.
 *
 * What it has itself sent to a desk meanwhile is counted on top.
 */
export class DeskObserver {
  #lastTurn: Promise<unknown> = Promise.resolve();
  readonly #observing: DeskObserverDependencies;
  readonly #loads: ReadCache<ObservedLoad>;
  readonly #people: ReadCache<readonly Person[]>;
  readonly #volumes: ReadCache<number>;

  constructor(dependencies: DeskObserverDependencies) {
    this.#observing = dependencies;
    this.#loads = new ReadCache(dependencies.elapsed);
    this.#people = new ReadCache(dependencies.elapsed);
    this.#volumes = new ReadCache(dependencies.elapsed);
  }

  /**
   * Decisions of one router are made one after the other, each with what the ones before it send:
   * otherwise a batch that sees the last free place would take it ten times.
   */
  decideInOrder<Decided>(decide: () => Promise<Decided>): Promise<Decided> {
    const decided = this.#lastTurn.then(decide);
    this.#lastTurn = decided.catch(() => undefined);
    return decided;
  }

  /** Those of the desks that the stage has. */
  async observeDesks(
    ids: readonly DeskId[],
    terms: Terms,
    at: Instant,
  ): Promise<ReadonlyMap<DeskId, DeskObservation>> {
    const found = ids.flatMap((id) => findDesk(terms, id) ?? []);
    const seen = await Promise.all(
      found.map(async (desk) => [desk.id, await this.#see(desk, terms, at)] as const),
    );
    return new Map(seen);
  }

  /** Earlier inquiries of the requester, newest first; none of who has no address. */
  async findEarlierInquiries(inquiry: Inquiry, at: Instant): Promise<EarlierInquiry[]> {
    const { address } = inquiry.requester;
    if (address === undefined) return [];
    const { index } = this.#observing;
    const { inquiries } = await index.page({ by: 'requester', address }, earlierRead);
    return selectEarlierInquiries(inquiry, inquiries, at);
  }

  /**
   * An inquiry is being sent to a desk; `waits` unless it is held back. One that does not arrive
   * after all counts until the desk is looked at anew.
   */
  countArrival(desk: DeskId, waits: boolean, terms: Terms, at: Instant): void {
    if (waits) this.#loads.increment(desk);
    this.#volumes.increment(makeVolumeKey(desk, terms, at));
  }

  /**
   * Turns a desk's overflow, unless somebody else has since it was seen: then, or once it is
   * turned, the desk is looked at anew.
   */
  async changeOverflow(
    change: OverflowChange,
    seen: DeskObservation,
    at: Instant,
  ): Promise<boolean> {
    const isChanged = await this.#observing.overflows.change(change, seen.revision, at);
    this.#loads.invalidate(change.desk);
    return isChanged;
  }

  async #see(desk: Desk, terms: Terms, at: Instant): Promise<DeskObservation> {
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
    const { index, overflows } = this.#observing;
    const read = async () => {
      // First, so that no overflow is turned by a load that was read before it last turned.
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
          () => this.#observing.people.byRole(role),
          () => freshMilliseconds,
        ),
      ),
    );
    return read.flatMap(({ value }) => value);
  }

  async #volume(desk: DeskId, limit: number, terms: Terms, at: Instant): Promise<number> {
    const { value, added } = await this.#volumes.get(
      makeVolumeKey(desk, terms, at),
      () => this.#observing.volumes.count(desk, findDeskMonth(desk, terms, at)),
      (used) => computeFreshness(limit - used),
    );
    return value + added;
  }
}

/** No volume can end sooner than its rest comes in; one that has ended stays so. */
function computeFreshness(left: number): number {
  if (left <= 0) return volumeFreshMilliseconds;
  const milliseconds = (left / inquiriesPerSecond) * 1000;
  return Math.min(Math.max(milliseconds, freshMilliseconds), volumeFreshMilliseconds);
}

function makeVolumeKey(desk: DeskId, terms: Terms, at: Instant): string {
  return `${desk} ${findDeskMonth(desk, terms, at)}`;
}
