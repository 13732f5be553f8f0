import type { Person, Role } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { EarlierInquiry, ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import { findDeskMonth } from '../../inquiry/outbox/contract-volume.ts';
import type { InquiryIndex } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { type Desk, findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { coverageOf } from '../placement/candidate-desks.ts';
import type { OverflowTurn } from '../placement/evaluate-overflow.ts';
import type { DeskVolumes, OverflowState, OverflowStates } from '../ports.ts';
import {
  earlierThan,
  oldestMinutes,
  predictedWait,
  presentAt,
  type Waiting,
} from './measure-desk.ts';
import { RecentReads } from './read-cache.ts';

export type Observing = {
  readonly index: Pick<InquiryIndex, 'depth' | 'page'>;
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly overflows: OverflowStates;
  readonly volumes: DeskVolumes;
  /** Milliseconds of any clock that only goes forward. */
  readonly elapsed: () => number;
};

/** A desk as seen, and the revision of its overflow that was seen with it. */
export type SeenDesk = { readonly observed: ObservedDesk; readonly revision: number };

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

type Load = { readonly waiting: Waiting; readonly overflow: OverflowState };

/**
 * Sees desks as they are now, to within two seconds: so a burst of inquiries reads each desk once.
 *
 * What it has itself sent to a desk meanwhile is counted on top.
 */
export class DeskObserver {
  #lastTurn: Promise<unknown> = Promise.resolve();
  readonly #observing: Observing;
  readonly #loads: RecentReads<Load>;
  readonly #people: RecentReads<readonly Person[]>;
  readonly #volumes: RecentReads<number>;

  constructor(observing: Observing) {
    this.#observing = observing;
    this.#loads = new RecentReads(observing.elapsed);
    this.#people = new RecentReads(observing.elapsed);
    this.#volumes = new RecentReads(observing.elapsed);
  }

  /**
   * Decisions of one router are made one after the other, each with what the ones before it send:
   * otherwise a batch that sees the last free place would take it ten times.
   */
  inTurn<Decided>(decide: () => Promise<Decided>): Promise<Decided> {
    const decided = this.#lastTurn.then(decide);
    this.#lastTurn = decided.catch(() => undefined);
    return decided;
  }

  /** Those of the desks that the stage has. */
  async see(
    ids: readonly DeskId[],
    terms: Terms,
    at: Instant,
  ): Promise<ReadonlyMap<DeskId, SeenDesk>> {
    const found = ids.flatMap((id) => findDesk(terms, id) ?? []);
    const seen = await Promise.all(
      found.map(async (desk) => [desk.id, await this.#see(desk, terms, at)] as const),
    );
    return new Map(seen);
  }

  /** Earlier inquiries of the requester, newest first; none of who has no address. */
  async earlier(inquiry: Inquiry, at: Instant): Promise<EarlierInquiry[]> {
    const { address } = inquiry.requester;
    if (address === undefined) return [];
    const { index } = this.#observing;
    const { inquiries } = await index.page({ by: 'requester', address }, earlierRead);
    return earlierThan(inquiry, inquiries, at);
  }

  /**
   * An inquiry is being sent to a desk; `waits` unless it is held back. One that does not arrive
   * after all counts until the desk is looked at anew.
   */
  arrived(desk: DeskId, waits: boolean, terms: Terms, at: Instant): void {
    if (waits) this.#loads.add(desk);
    this.#volumes.add(volumeKey(desk, terms, at));
  }

  /**
   * Turns a desk's overflow, unless somebody else has since it was seen: then, or once it is
   * turned, the desk is looked at anew.
   */
  async turn(turn: OverflowTurn, seen: SeenDesk, at: Instant): Promise<boolean> {
    const turned = await this.#observing.overflows.turn(turn, seen.revision, at);
    this.#loads.forget(turn.desk);
    return turned;
  }

  async #see(desk: Desk, terms: Terms, at: Instant): Promise<SeenDesk> {
    const { contract, overflow, handleMinutes } = findDeskAttributes(terms, desk.id);
    const limit = desk.vendor === undefined ? undefined : contract?.monthlyVolume?.inquiries;
    const [load, people, used] = await Promise.all([
      this.#load(desk.id),
      this.#peopleOf(desk),
      limit === undefined ? undefined : this.#volume(desk.id, limit, terms, at),
    ]);
    const { waiting } = load.value;
    const depth = Math.min(waiting.depth + load.added, depthLimit);
    const present = presentAt(desk, people, at);
    const waitMinutes = predictedWait(desk.kind, { depth, present }, handleMinutes);
    const observed: ObservedDesk = {
      open: coverageOf(desk.id, terms, at).open,
      ...{ depth, oldestMinutes: oldestMinutes(waiting, at), present },
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
    return this.#loads.of(desk, read, () => freshMilliseconds);
  }

  async #peopleOf({ vendor }: Desk): Promise<readonly Person[]> {
    const roles: readonly Role[] = vendor === undefined ? ['staff', 'lead'] : ['operator'];
    const read = await Promise.all(
      roles.map((role) =>
        this.#people.of(
          role,
          () => this.#observing.people.byRole(role),
          () => freshMilliseconds,
        ),
      ),
    );
    return read.flatMap(({ value }) => value);
  }

  async #volume(desk: DeskId, limit: number, terms: Terms, at: Instant): Promise<number> {
    const { value, added } = await this.#volumes.of(
      volumeKey(desk, terms, at),
      () => this.#observing.volumes.count(desk, findDeskMonth(desk, terms, at)),
      (used) => volumeFresh(limit - used),
    );
    return value + added;
  }
}

/** No volume can end sooner than its rest comes in; one that has ended stays so. */
function volumeFresh(left: number): number {
  if (left <= 0) return volumeFreshMilliseconds;
  const milliseconds = (left / inquiriesPerSecond) * 1000;
  return Math.min(Math.max(milliseconds, freshMilliseconds), volumeFreshMilliseconds);
}

function volumeKey(desk: DeskId, terms: Terms, at: Instant): string {
  return `${desk} ${findDeskMonth(desk, terms, at)}`;
}
