import { type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { addSeconds, type InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';
import type { Job, JobBatch } from '../../core/job/job.ts';
import type { BatchWork, JobWork } from '../../core/job/ports.ts';
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

/** So many at most are given back between two checkpoints, a few at a time. */
const releasesPerStretch = 10;
const concurrentReleases = 5;
/** Whose lists are read between two checkpoints. */
const othersPerStretch = 10;
/**
 * What was asked before the rights ended is over by then, since no function that acts for people
 * runs so long, and the indexes have caught up.
 */
const settleSeconds = 90;
/** While a look still finds something, there is another after so long. */
const lookAgainSeconds = 60;
const lookCountLimit = 10;

/** Where a stretch begins. */
type OffboardingPosition = {
  readonly look: number;
  readonly part: 'held' | 'named' | 'handled';
  readonly page: number;
  /** The last id, or `sub`, that is behind it. */
  readonly after?: string;
  /** How many this look has given back, or is to look at again. */
  readonly found: number;
  readonly notBefore?: Instant;
};

const firstPosition: OffboardingPosition = { look: 1, part: 'held', page: 0, found: 0 };

/**
 * Gives back all that somebody holds who has left, takes their name out of what is still to come,
 * and finds out what they alone have handled.
 *
 * It looks again once nothing can be under way any more that was asked before their rights ended,
 * and until a look finds nothing. Each step notes what it is about to do, so that the result is
 * whole also after a worker's death.
 */
export class OffboardingWork implements JobWork {
  readonly #dependencies: OffboardingDependencies;

  constructor(on: OffboardingDependencies) {
    this.#dependencies = on;
  }

  /** Whoever started it may themselves have left meanwhile: what was begun is brought to its end. */
  async open(job: Job): Promise<BatchWork | Refusal> {
    const offboarding = Offboarding.parse(JSON.parse(job.input));
    const person = await this.#dependencies.people.bySub(offboarding.agent);
    if (person?.state !== 'left') {
      return refuse('people.unknown', 'They have been entered again meanwhile.');
    }
    const task = { ...offboarding, job, name: person.name };
    return {
      runBatch: async (cursor) => {
        const place =
          cursor === undefined ? firstPosition : (JSON.parse(cursor) as OffboardingPosition);
        const { notBefore } = place;
        if (notBefore !== undefined && this.#dependencies.now() < notBefore) {
          return { processed: 0, counts: {}, next: JSON.stringify(place), notBefore };
        }
        return this.#workStretch(task, place);
      },
    };
  }

  #workStretch(task: OffboardingTask, place: OffboardingPosition): Promise<JobBatch> {
    switch (place.part) {
      case 'held':
        return this.#releaseSome(task, place);
      case 'named':
        return this.#replaceLeaver(task, place);
      case 'handled':
        return this.#compareSome(task, place);
      default:
        return place.part satisfies never;
    }
  }

  async #releaseSome(task: OffboardingTask, place: OffboardingPosition): Promise<JobBatch> {
    const { agent, job } = task;
    const { notes, heldWork: held } = this.#dependencies;
    const terms = await this.#dependencies.terms.read();
    const name = `${padCount(place.look)}-${padCount(place.page)}`;
    const [noted, all] = await Promise.all([
      notes.find(job.id, `held-${name}`),
      held.find(
        agent,
        terms.desks.map(({ id }) => id),
      ),
    ]);
    const some = all.filter((id) => id > (place.after ?? '')).slice(0, releasesPerStretch);
    // A run that died may have given some back, which then are in no index any more.
    const known = noted.flatMap((note) => JSON.parse(note) as InquiryId[]);
    const ids = [...new Set([...known, ...some])].sort();
    if (ids.length === 0) return buildNextStretch({ ...place, part: 'named', page: 0 });
    await notes.save(job, `held-${name}`, JSON.stringify(ids));
    const before = await this.#readReleasedBefore(job, `given-${name}`);
    const given: ReleasedInquiry[] = [];
    let found = 0;
    for (let start = 0; start < ids.length; start += concurrentReleases) {
      const outcomes = await Promise.all(
        ids.slice(start, start + concurrentReleases).map((id) => {
          const times = { since: job.createdAt, now: this.#dependencies.now() };
          return releaseHeldInquiry(this.#dependencies, id, agent, terms, times);
        }),
      );
      for (const one of outcomes) {
        if (one.outcome === 'given' || one.outcome === 'contended') found += 1;
        if ('given' in one) given.push(one.given);
      }
    }
    await notes.save(job, `given-${name}`, JSON.stringify(given));
    const settled = given.filter(({ inquiryId }) => !before.has(inquiryId)).length;
    const further = { ...place, found: place.found + found };
    const isLast = some.length < releasesPerStretch;
    const after = ids.at(-1) ?? '';
    return buildNextStretch(
      isLast ? { ...further, part: 'named', page: 0 } : { ...further, page: place.page + 1, after },
      settled,
    );
  }

  /** What other stretches have given back. */
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

  async #replaceLeaver(task: OffboardingTask, place: OffboardingPosition): Promise<JobBatch> {
    await replaceLeaver(this.#dependencies, task);
    if (place.look === 1) return buildNextStretch({ ...firstPosition, part: 'handled' });
    if (place.found === 0) {
      await saveOffboardingResult(this.#dependencies, task);
      return { processed: 0, counts: {} };
    }
    if (place.look >= lookCountLimit) throw new Error('others kept changing what they held');
    return this.#lookAgain(place, addSeconds(this.#dependencies.now(), lookAgainSeconds));
  }

  async #compareSome(task: OffboardingTask, place: OffboardingPosition): Promise<JobBatch> {
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
      (other) => other > (place.after ?? ''),
    );
    const some = others.slice(0, othersPerStretch);
    const alike = await findSharedGroups(index, some, groups, since);
    await notes.save(job, `alike-${padCount(place.page)}`, JSON.stringify(alike));
    const after = some.at(-1);
    if (after !== undefined && others.length > some.length) {
      return buildNextStretch({ ...place, page: place.page + 1, after });
    }
    await saveOffboardingResult(this.#dependencies, task);
    return this.#lookAgain(place, addSeconds(job.createdAt, settleSeconds));
  }

  #lookAgain({ look }: OffboardingPosition, notBefore: Instant): JobBatch {
    return { ...buildNextStretch({ ...firstPosition, look: look + 1, notBefore }), notBefore };
  }
}

function buildNextStretch(place: OffboardingPosition, settled = 0): JobBatch {
  const counts = settled === 0 ? {} : { released: settled };
  return { processed: settled, counts, next: JSON.stringify(place) };
}

function padCount(count: number): string {
  return String(count).padStart(4, '0');
}
