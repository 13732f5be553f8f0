import type { PersonRegistry } from '../../core/access/ports.ts';
import type { CommandDependencies } from '../../core/inquiry/decide-and-append.ts';
import type { InquiryIndex } from '../../core/inquiry/ports.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../core/inquiry/values/ids.ts';
import type { Job } from '../../core/job/job.ts';
import { type JobNotes, resultNoteName } from '../../core/job/ports.ts';
import {
  findChainsNaming,
  findStandInAbsences,
  findStandingAssignments,
  type NamedStandInAbsence,
  type NamedStandingAssignment,
  replaceStandIn,
  replaceStandingAgent,
} from '../../core/people/offboarding/leaver-references.ts';
import type { DeskSettingsStore, HeldWork } from '../../core/people/offboarding/offboard-ports.ts';
import type { Offboarding } from '../../core/people/offboarding/offboarding.ts';
import {
  computeHandoverStart,
  type HandoverGroup,
  withOtherAgentCounts,
} from '../../core/people/offboarding/read-handover.ts';
import type { ReleasedInquiry } from '../../core/people/offboarding/release-held-inquiry.ts';
import type { PersonRegistryWriter } from '../../core/people/ports.ts';

export type OffboardingDependencies = CommandDependencies & {
  readonly terms: TermsInForce;
  readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'> & PersonRegistryWriter;
  readonly heldWork: HeldWork;
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly settings: DeskSettingsStore;
  readonly notes: JobNotes;
  readonly now: () => Instant;
};

export type OffboardingTask = Offboarding & { readonly job: Job; readonly name: string };

/** The result lists so many of what was given back; it counts all. */
const listLimit = 500;

/** Where they were named, and which versions of the desk settings took their name out. */
type NamedReferences = {
  readonly standing: readonly NamedStandingAssignment[];
  readonly standIns: readonly NamedStandInAbsence[];
  readonly settings: readonly number[];
};

const noReferences: NamedReferences = { standing: [], standIns: [], settings: [] };

/**
 * Puts the successor, or nobody, in their place in standing assignments and as a stand-in. What is
 * found is noted before it is replaced, since nobody finds it afterwards.
 */
export async function replaceLeaver(
  on: OffboardingDependencies,
  { address: leaver, successor: named, name, job }: OffboardingTask,
): Promise<void> {
  const follower = named === undefined ? undefined : await on.people.byAddress(named);
  // Who has left too meanwhile follows nobody.
  const replacing = { leaver, successor: follower?.state === 'active' ? named : undefined };
  const now = on.now();
  const [noted, settings, standIns, starter] = await Promise.all([
    readNotedReferences(on, job),
    on.settings.read(),
    findStandInAbsences(on.people, leaver, now),
    on.people.bySub(job.startedBy),
  ]);
  const found = {
    standing: unite(noted.standing, findStandingAssignments(settings, leaver)),
    standIns: unite(noted.standIns, standIns),
    settings: noted.settings,
  };
  await on.notes.save(job, namesNote, JSON.stringify(found));
  for (const address of new Set(standIns.map(({ person }) => person))) {
    await replaceStandIn(on.people, address, replacing, now);
  }
  const version = await on.settings.change((newest) => replaceStandingAgent(newest, replacing), {
    by: { sub: job.startedBy, name: starter?.name ?? '' },
    note: `Offboarding: ${name}`,
    at: now,
  });
  if (version === undefined) return;
  const put = { ...found, settings: [...found.settings, version] };
  await on.notes.save(job, namesNote, JSON.stringify(put));
}

/** Keeps what the offboarding has done so far as the job's result. */
export async function saveOffboardingResult(
  on: OffboardingDependencies,
  { job, agent, address, name, successor, note }: OffboardingTask,
): Promise<void> {
  const { notes } = on;
  const [terms, names, given, groups, alike] = await Promise.all([
    on.terms.read(),
    readNotedReferences(on, job),
    notes.find(job.id, 'given-'),
    notes.find(job.id, 'groups'),
    notes.find(job.id, 'alike-'),
  ]);
  const released = new Map<InquiryId, ReleasedInquiry>();
  for (const one of given.flatMap((each) => JSON.parse(each) as ReleasedInquiry[])) {
    released.set(one.inquiryId, one);
  }
  const handled = groups.flatMap((each) => JSON.parse(each) as HandoverGroup[]);
  const result = {
    agent: { sub: agent, address, name },
    ...(successor === undefined ? {} : { successor }),
    ...(note === undefined ? {} : { note }),
    released: { count: released.size, inquiries: [...released.values()].slice(0, listLimit) },
    replaced: names,
    chains: findChainsNaming(terms.serviceLevels, { sub: agent, address }, on.now()),
    handled: {
      ...{ from: computeHandoverStart(job.createdAt), until: job.createdAt },
      groups: withOtherAgentCounts(
        handled,
        alike.flatMap((each) => JSON.parse(each) as string[][]),
      ),
    },
  };
  await notes.save(job, resultNoteName, JSON.stringify(result));
}

const namesNote = 'names';

async function readNotedReferences(
  { notes }: OffboardingDependencies,
  { id }: Job,
): Promise<NamedReferences> {
  const [noted] = await notes.find(id, namesNote);
  return noted === undefined ? noReferences : (JSON.parse(noted) as NamedReferences);
}

/** Both lists, what is in both once. */
function unite<One>(noted: readonly One[], found: readonly One[]): One[] {
  const known = new Map([...noted, ...found].map((one) => [JSON.stringify(one), one]));
  return [...known.values()];
}
