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

/** The result lists at most this many released inquiries; it counts all. */
const listLimit = 500;

/** Where the leaver was named, and which versions of the desk settings removed their name. */
type NamedReferences = {
  readonly standing: readonly NamedStandingAssignment[];
  readonly standIns: readonly NamedStandInAbsence[];
  readonly settings: readonly number[];
};

const noReferences: NamedReferences = { standing: [], standIns: [], settings: [] };

/**
 * Puts the successor, or nobody, in the leaver's place in standing assignments and as a stand-in.
 *
 * Notes the references before replacing them, since they cannot be found afterwards.
 */
export async function replaceLeaver(
  deps: OffboardingDependencies,
  { address: leaver, successor, name, job }: OffboardingTask,
): Promise<void> {
  const successorPerson =
    successor === undefined ? undefined : await deps.people.byAddress(successor);
  // A successor who has left in the meantime replaces nobody.
  const replacement = {
    leaver,
    successor: successorPerson?.state === 'active' ? successor : undefined,
  };
  const now = deps.now();
  const [noted, settings, standIns, starter] = await Promise.all([
    readNotedReferences(deps, job),
    deps.settings.read(),
    findStandInAbsences(deps.people, leaver, now),
    deps.people.bySub(job.startedBy),
  ]);
  const references = {
    standing: mergeUnique(noted.standing, findStandingAssignments(settings, leaver)),
    standIns: mergeUnique(noted.standIns, standIns),
    settings: noted.settings,
  };
  await deps.notes.save(job, referencesNote, JSON.stringify(references));
  for (const address of new Set(standIns.map(({ person }) => person))) {
    await replaceStandIn(deps.people, address, replacement, now);
  }
  const version = await deps.settings.change(
    (newest) => replaceStandingAgent(newest, replacement),
    {
      by: { sub: job.startedBy, name: starter?.name ?? '' },
      note: `Offboarding: ${name}`,
      at: now,
    },
  );
  if (version === undefined) return;
  const updated = { ...references, settings: [...references.settings, version] };
  await deps.notes.save(job, referencesNote, JSON.stringify(updated));
}

/** Saves what the offboarding has done so far as the job's result. */
export async function saveOffboardingResult(
  deps: OffboardingDependencies,
  { job, agent, address, name, successor, note }: OffboardingTask,
): Promise<void> {
  const { notes } = deps;
  const [terms, references, releasedNotes, groupNotes, sharedGroupNotes] = await Promise.all([
    deps.terms.read(),
    readNotedReferences(deps, job),
    notes.find(job.id, 'given-'),
    notes.find(job.id, 'groups'),
    notes.find(job.id, 'alike-'),
  ]);
  const released = new Map<InquiryId, ReleasedInquiry>();
  for (const one of releasedNotes.flatMap((each) => JSON.parse(each) as ReleasedInquiry[])) {
    released.set(one.inquiryId, one);
  }
  const handled = groupNotes.flatMap((each) => JSON.parse(each) as HandoverGroup[]);
  const result = {
    agent: { sub: agent, address, name },
    ...(successor === undefined ? {} : { successor }),
    ...(note === undefined ? {} : { note }),
    released: { count: released.size, inquiries: [...released.values()].slice(0, listLimit) },
    replaced: references,
    chains: findChainsNaming(terms.serviceLevels, { sub: agent, address }, deps.now()),
    handled: {
      ...{ from: computeHandoverStart(job.createdAt), until: job.createdAt },
      groups: withOtherAgentCounts(
        handled,
        sharedGroupNotes.flatMap((each) => JSON.parse(each) as string[][]),
      ),
    },
  };
  await notes.save(job, resultNoteName, JSON.stringify(result));
}

const referencesNote = 'names';

async function readNotedReferences(
  { notes }: OffboardingDependencies,
  { id }: Job,
): Promise<NamedReferences> {
  const [noted] = await notes.find(id, referencesNote);
  return noted === undefined ? noReferences : (JSON.parse(noted) as NamedReferences);
}

/** Merges two lists without duplicates. */
function mergeUnique<One>(noted: readonly One[], current: readonly One[]): One[] {
  const known = new Map([...noted, ...current].map((one) => [JSON.stringify(one), one]));
  return [...known.values()];
}
