import { type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { addSeconds, type InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';
import type { Job, JobBatch } from '../../core/job/job.ts';
import type { BatchAllowance, BatchWork, JobWork } from '../../core/job/ports.ts';
import { type InquiryFailure, selectSetAside } from '../../core/job/set-aside.ts';
import { Offboarding } from '../../core/people/offboarding/offboarding.ts';
import {
  computeHandoverStart,
  findOtherAgents,
  findSharedGroups,
  groupHandledInquiries,
  type HandoverGroup,
} from '../../core/people/offboarding/read-handover.ts';
import {
  type ReleasedInquiry,
  releaseHeldInquiry,
} from '../../core/people/offboarding/release-held-inquiry.ts';
import {
  type OffboardingDependencies,
  type OffboardingTask,
  replaceLeaver,
  saveOffboardingResult,
} from './offboarding-result.ts';

/** At most this many inquiries are released between two checkpoints, a few at a time. */
const releasesPerBatch = 10;
const concurrentReleases = 5;
/** How many other agents' lists are read between two checkpoints. */
const othersPerBatch = 10;
/**
 * By then every request from before the rights ended is over, since no function that acts for
 * people runs so long, and the indexes have caught up.
 */
const settleSeconds = 90;
/** While a look still finds something, the next one follows after this long. */
const lookAgainSeconds = 60;
/** From then on somebody keeps giving them work, and each look is later than the one before. */
const steadyLooks = 10;

/** Where a batch begins. */
type OffboardingPosition = {
  readonly look: number;
  readonly part: 'held' | 'named' | 'handled';
  readonly page: number;
  /** The last id, or `sub`, that is done. */
  readonly after?: string;
  /** How many inquiries this look has released. */
  readonly found: number;
  readonly notBefore?: Instant;
};

const firstPosition: OffboardingPosition = { look: 1, part: 'held', page: 0, found: 0 };

/**
 * Releases all that a leaver holds, replaces their name in what is still to come, and finds out
 * what they alone have handled.
 *
 * It looks again once no request from before their rights ended can still be running, and until a
 * look finds nothing. Each step notes what it is about to do, so that the result is complete even
 * after a worker's death.
 */
export class OffboardingWork implements JobWork {
  readonly #dependencies: OffboardingDependencies;

  constructor(deps: OffboardingDependencies) {
    this.#dependencies = deps;
  }

  /** Runs even if the person who started it has left, too: an offboarding is always finished. */
  async open(job: Job): Promise<BatchWork | Refusal> {
    const offboarding = Offboarding.parse(JSON.parse(job.input));
    const person = await this.#dependencies.people.bySub(offboarding.agent);
    if (person?.state !== 'left') {
      return refuse('people.unknown', 'They have been entered again meanwhile.');
    }
    const task = { ...offboarding, job, name: person.name };
    return {
      runBatch: async (cursor, allowance) => {
        const position =
          cursor === undefined ? firstPosition : (JSON.parse(cursor) as OffboardingPosition);
        const { notBefore } = position;
        if (notBefore !== undefined && this.#dependencies.now() < notBefore) {
          return { processed: 0, counts: {}, next: JSON.stringify(position), notBefore };
        }
        return this.#runBatch(task, position, allowance);
      },
    };
  }

  #runBatch(
    task: OffboardingTask,
    position: OffboardingPosition,
    allowance: BatchAllowance,
  ): Promise<JobBatch> {
    switch (position.part) {
      case 'held':
        return this.#releaseSome(task, position, allowance);
      case 'named':
        return this.#replaceLeaver(task, position);
      case 'handled':
        return this.#compareSome(task, position);
      default:
        return position.part satisfies never;
    }
  }

  async #releaseSome(
    task: OffboardingTask,
    position: OffboardingPosition,
    { maySetAside }: BatchAllowance,
  ): Promise<JobBatch> {
    const { agent, job } = task;
    const { notes, heldWork } = this.#dependencies;
    const terms = await this.#dependencies.terms.read();
    const name = `${padCount(position.look)}-${padCount(position.page)}`;
    const [noted, aside, all] = await Promise.all([
      notes.find(job.id, `held-${name}`),
      notes.find(job.id, 'aside-'),
      heldWork.find(
        agent,
        terms.desks.map(({ id }) => id),
      ),
    ]);
    const asideIds = new Set(aside.flatMap((note) => JSON.parse(note) as InquiryId[]));
    const some = all
      .filter((id) => id > (position.after ?? '') && !asideIds.has(id))
      .slice(0, releasesPerBatch);
    // A run that died may have released some, which no index lists any more.
    const known = noted.flatMap((note) => JSON.parse(note) as InquiryId[]);
    const ids = [...new Set([...known, ...some])].sort();
    if (ids.length === 0) return buildNextBatch({ ...position, part: 'named', page: 0 });
    await notes.save(job, `held-${name}`, JSON.stringify(ids));
    const before = await this.#readReleasedBefore(job, `given-${name}`);
    const released: ReleasedInquiry[] = [];
    const failures: InquiryFailure[] = [];
    let foundCount = 0;
    const release = async (id: InquiryId) => {
      const times = { since: job.createdAt, now: this.#dependencies.now() };
      try {
        const one = await releaseHeldInquiry(this.#dependencies, id, agent, terms, times);
        if (one.outcome === 'given') foundCount += 1;
        if ('given' in one) released.push(one.given);
      } catch (error) {
        failures.push({ inquiryId: id, error });
      }
    };
    for (let start = 0; start < ids.length; start += concurrentReleases) {
      await Promise.all(ids.slice(start, start + concurrentReleases).map(release));
    }
    await notes.save(job, `given-${name}`, JSON.stringify(released));
    const setAside = selectSetAside(failures, ids.length, maySetAside);
    if (setAside.length > 0) {
      // The next look must not try them again.
      const asideNote = JSON.stringify(setAside.map(({ inquiryId }) => inquiryId));
      await notes.save(job, `aside-${name}`, asideNote);
    }
    const releasedCount = released.filter(({ inquiryId }) => !before.has(inquiryId)).length;
    const advanced = { ...position, found: position.found + foundCount };
    const isLast = some.length < releasesPerBatch;
    const after = ids.at(-1) ?? '';
    const next = isLast
      ? { ...advanced, part: 'named' as const, page: 0 }
      : { ...advanced, page: position.page + 1, after };
    return { ...buildNextBatch(next, releasedCount), setAside };
  }

  /** Finds what other batches have released. */
  async #readReleasedBefore(job: Job, except: string): Promise<ReadonlySet<InquiryId>> {
    const [all, own] = await Promise.all([
      this.#dependencies.notes.find(job.id, 'given-'),
      this.#dependencies.notes.find(job.id, except),
    ]);
    const others = all.filter((note) => !own.includes(note));
    return new Set(
      others.flatMap((note) => (JSON.parse(note) as ReleasedInquiry[]).map((one) => one.inquiryId)),
    );
  }

  async #replaceLeaver(task: OffboardingTask, position: OffboardingPosition): Promise<JobBatch> {
    await replaceLeaver(this.#dependencies, task);
    if (position.look === 1) return buildNextBatch({ ...firstPosition, part: 'handled' });
    if (position.found === 0) {
      await saveOffboardingResult(this.#dependencies, task);
      return { processed: 0, counts: {} };
    }
    const pauseSeconds = lookAgainSeconds * Math.max(1, position.look - steadyLooks);
    const next = this.#lookAgain(position, addSeconds(this.#dependencies.now(), pauseSeconds));
    return position.look === steadyLooks
      ? { ...next, needsPerson: 'They are given work again and again.' }
      : next;
  }

  async #compareSome(task: OffboardingTask, position: OffboardingPosition): Promise<JobBatch> {
    const { agent, job } = task;
    const { notes, index, people } = this.#dependencies;
    const since = computeHandoverStart(job.createdAt);
    const [noted] = await notes.find(job.id, 'groups');
    const groups =
      noted === undefined
        ? await groupHandledInquiries(index, agent, since)
        : (JSON.parse(noted) as HandoverGroup[]);
    if (noted === undefined) await notes.save(job, 'groups', JSON.stringify(groups));
    const others = (groups.length === 0 ? [] : await findOtherAgents(people, agent)).filter(
      (other) => other > (position.after ?? ''),
    );
    const some = others.slice(0, othersPerBatch);
    const sharedGroups = await findSharedGroups(index, some, groups, since);
    await notes.save(job, `alike-${padCount(position.page)}`, JSON.stringify(sharedGroups));
    const after = some.at(-1);
    if (after !== undefined && others.length > some.length) {
      return buildNextBatch({ ...position, page: position.page + 1, after });
    }
    await saveOffboardingResult(this.#dependencies, task);
    return this.#lookAgain(position, addSeconds(job.createdAt, settleSeconds));
  }

  #lookAgain({ look }: OffboardingPosition, notBefore: Instant): JobBatch {
    return { ...buildNextBatch({ ...firstPosition, look: look + 1, notBefore }), notBefore };
  }
}

function buildNextBatch(position: OffboardingPosition, released = 0): JobBatch {
  const counts = released === 0 ? {} : { released };
  return { processed: released, counts, next: JSON.stringify(position) };
}

function padCount(count: number): string {
  return String(count).padStart(4, '0');
}
