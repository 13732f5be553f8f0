import { CalendarId } from '../../calendar/calendar-definition.ts';
import { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Randomness } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { CalendarsDocument, PoliciesDocument } from '../../inquiry/terms/sla-policies.ts';
import type { Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { ConfigLedger, ConfigPut, LevelHistory, OpenInquiries } from './config-ports.ts';
import { type Effect, effectOf } from './deadline-effect.ts';
import {
  type ConfigFault,
  calendarsOf,
  faultLimit,
  faultsOfCalendars,
  faultsOfPolicies,
  type RefusedUrl,
} from './find-config-faults.ts';
import { fromOf } from './resolve-effective-from.ts';
import {
  type Author,
  type ConfigKind,
  inForceFrom,
  type LevelVersions,
  newestOf,
  type VersionOf,
} from './service-level-config.ts';

/** A document as it is put, whole. */
export type Document =
  | { readonly kind: 'calendars'; readonly body: CalendarsDocument }
  | { readonly kind: 'policies'; readonly body: PoliciesDocument };

export type Configuring = {
  readonly terms: TermsInForce;
  readonly history: LevelHistory;
  readonly ledger: ConfigLedger;
  readonly open: OpenInquiries;
  readonly random: Pick<Randomness, 'id'>;
  readonly refusedUrl: RefusedUrl;
};

/** A document with from when it is to be in force, and the newest version that its author saw. */
export type Wanted = {
  readonly document: Document;
  readonly from?: Instant;
  readonly note?: string;
  readonly by: Author;
  readonly ifMatch?: number;
  readonly now: Instant;
};

/** `faults` point into what was put. */
export type ConfigRefusal = Refusal & { readonly faults?: readonly ConfigFault[] };

/** Beside the attributes of its item, which holds 400 KB. */
const versionBytes = 262_144;
/** How often a version is judged anew because another was put meanwhile. */
const attemptLimit = 4;

/**
 * Puts a new version, and starts the job that reckons all open inquiries anew.
 *
 * Refuses `invalid.body` with a pointer to each fault, `invalid.too-large`, `config.stale` when
 * there is a newer version than the author saw, and `transient.conflict`.
 */
export async function putLevels(
  configuring: Configuring,
  wanted: Wanted,
): Promise<{ readonly version: VersionOf[ConfigKind]; readonly job: string } | ConfigRefusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const versions = await configuring.history.versions();
    const judged = judge(configuring, wanted, versions, await configuring.terms.read());
    if ('refused' in judged) return judged;
    const id = configuring.random.id(wanted.now);
    const isPut = await configuring.ledger.put(judged.put, { id, startedBy: wanted.by.sub });
    if (isPut) return { version: judged.put.version, job: id };
  }
  return refuse('transient.conflict', 'Others kept putting versions; try again.');
}

/**
 * Shows what a new version would do to the open inquiries, and writes nothing.
 *
 * Refuses what putting it would refuse.
 */
export async function previewLevels(
  configuring: Configuring,
  wanted: Wanted,
  hasTime: () => boolean,
): Promise<{ readonly version: VersionOf[ConfigKind]; readonly effect: Effect } | ConfigRefusal> {
  const versions = await configuring.history.versions();
  const current = await configuring.terms.read();
  const judged = judge(configuring, wanted, versions, current);
  if ('refused' in judged) return judged;
  const { kind, version } = judged.put;
  const proposal = {
    current,
    proposed: { ...current, serviceLevels: judged.levels },
    // Calendars of all times are one, so that clocks are reckoned by them at once.
    ...(kind === 'policies' && version.from > wanted.now ? { later: version.from } : {}),
  };
  return { version, effect: await effectOf(configuring.open, proposal, wanted.now, hasTime) };
}

type Judged = { readonly put: ConfigPut; readonly levels: ServiceLevels };

function judge(
  { refusedUrl }: Configuring,
  wanted: Wanted,
  versions: LevelVersions,
  terms: Terms,
): Judged | ConfigRefusal {
  const { document, by, note, now, ifMatch } = wanted;
  const newest = newestOf(versions[document.kind]);
  if (ifMatch !== undefined && ifMatch !== newest) {
    return refuse('config.stale', `The newest version is ${newest}.`);
  }
  const zones = zonesOf(document, versions, wanted.from ?? now, now);
  const from = fromOf(wanted.from, zones, now);
  if (typeof from !== 'string') return faulty([from]);
  const dated = {
    ...{ version: newest + 1, from, recordedAt: now, by },
    ...(note === undefined ? {} : { note }),
  };
  const head = { calendars: newestOf(versions.calendars), policies: newestOf(versions.policies) };
  const put: ConfigPut =
    document.kind === 'calendars'
      ? { kind: 'calendars', version: { ...dated, body: document.body }, head }
      : { kind: 'policies', version: { ...dated, body: document.body }, head };
  if (new TextEncoder().encode(JSON.stringify(put.version)).length > versionBytes) {
    return refuse('invalid.too-large', `A version takes at most ${versionBytes} bytes.`);
  }
  const levels = levelsWith(versions, put);
  const judging = { desks: terms.desks, from, levels, refusedUrl };
  const faults =
    document.kind === 'calendars'
      ? faultsOfCalendars(document.body, bodiesFrom(versions.policies, from), judging)
      : faultsOfPolicies(document.body, bodiesFrom(versions.calendars, from), judging);
  if (faults.length === 0) return { put, levels };
  return faulty(faults.map((fault) => ({ ...fault, pointer: `/document${fault.pointer}` })));
}

function faulty(faults: readonly ConfigFault[]): ConfigRefusal {
  return {
    ...refuse('invalid.body', 'The document does not fit what it is to work with; see errors.'),
    faults: faults.slice(0, faultLimit).map(({ pointer, detail }) => ({ pointer, detail })),
  };
}

function levelsWith({ policies, calendars }: LevelVersions, put: ConfigPut): ServiceLevels {
  return put.kind === 'calendars'
    ? new ServiceLevels(policies, [...calendars, put.version])
    : new ServiceLevels([...policies, put.version], calendars);
}

function bodiesFrom<Body>(
  versions: readonly [
    { readonly version: number; readonly from: Instant; readonly body: Body },
    ...{ readonly version: number; readonly from: Instant; readonly body: Body }[],
  ],
  from: Instant,
): Body[] {
  return inForceFrom(versions, from).map(({ body }) => body);
}

/**
 * The zones in whose yesterday a document must not reach: of the calendars that it changes, as they
 * were and as they will be; of policies, of the calendars that they name.
 */
function zonesOf(
  document: Document,
  { calendars }: LevelVersions,
  from: Instant,
  now: Instant,
): string[] {
  if (document.kind === 'policies') {
    const [{ body }] = inForceFrom(calendars, now);
    return calendarsOf(document.body).flatMap((id) => body.calendars[id]?.zone ?? []);
  }
  const after = document.body.calendars;
  const changed = bodiesFrom(calendars, from).flatMap(({ calendars: before }) =>
    CalendarId.array()
      .parse([...new Set([...Object.keys(before), ...Object.keys(after)])])
      .filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]))
      .flatMap((id) => [before[id]?.zone, after[id]?.zone]),
  );
  const zones = changed.length > 0 ? changed : Object.values(after).map(({ zone }) => zone);
  return zones.filter((zone) => zone !== undefined);
}
