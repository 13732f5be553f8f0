import { CalendarId } from '../../calendar/calendar-definition.ts';
import { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Randomness } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { CalendarsDocument, PoliciesDocument } from '../../inquiry/terms/sla-policies.ts';
import type { Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type {
  OpenInquiries,
  PendingConfigVersion,
  ServiceLevelConfigLedger,
  ServiceLevelHistory,
} from './config-ports.ts';
import { computeDeadlineEffect, type DeadlineEffect } from './deadline-effect.ts';
import {
  configFaultLimit,
  findCalendarFaults,
  findPolicyFaults,
  namedCalendarsOf,
  type ServiceLevelConfigFault,
  type WebhookUrlCheck,
} from './find-config-faults.ts';
import { resolveEffectiveFrom } from './resolve-effective-from.ts';
import {
  type ConfigAuthor,
  findVersionsInForce,
  newestVersionNumberOf,
  type ServiceLevelConfigByKind,
  type ServiceLevelConfigKind,
  type ServiceLevelVersionLists,
} from './service-level-config.ts';

/** A whole document to put. */
export type ServiceLevelDocument =
  | { readonly kind: 'calendars'; readonly body: CalendarsDocument }
  | { readonly kind: 'policies'; readonly body: PoliciesDocument };

export type ConfigureServiceLevelsDependencies = {
  readonly terms: TermsInForce;
  readonly history: ServiceLevelHistory;
  readonly ledger: ServiceLevelConfigLedger;
  readonly open: OpenInquiries;
  readonly random: Pick<Randomness, 'id'>;
  readonly refusedUrl: WebhookUrlCheck;
};

/** A document, from when it is to be in force, and the newest version that its author saw. */
export type ServiceLevelConfigRequest = {
  readonly document: ServiceLevelDocument;
  readonly from?: Instant;
  readonly note?: string;
  readonly by: ConfigAuthor;
  readonly ifMatch?: number;
  readonly now: Instant;
};

/** `faults` point into the document that was put. */
export type ServiceLevelConfigRefusal = Refusal & {
  readonly faults?: readonly ServiceLevelConfigFault[];
};

/** Leaves room for the other attributes of its item, which holds 400 KB. */
const versionBytes = 262_144;
/** Attempts to put a version while others keep putting theirs. */
const attemptLimit = 4;

/**
 * Puts a new version, and starts the job that recomputes the clocks of all open inquiries.
 *
 * Refuses `invalid.body` with a pointer to each fault, `invalid.too-large`, `config.stale` when
 * there is a newer version than the author saw, and `transient.conflict`.
 */
export async function putServiceLevels(
  dependencies: ConfigureServiceLevelsDependencies,
  request: ServiceLevelConfigRequest,
): Promise<
  | { readonly version: ServiceLevelConfigByKind[ServiceLevelConfigKind]; readonly job: string }
  | ServiceLevelConfigRefusal
> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const versions = await dependencies.history.readVersions();
    const judgement = judgeDocument(
      dependencies,
      request,
      versions,
      await dependencies.terms.read(),
    );
    if ('refused' in judgement) return judgement;
    const id = dependencies.random.id(request.now);
    const isPut = await dependencies.ledger.put(judgement.pending, {
      id,
      startedBy: request.by.sub,
    });
    if (isPut) return { version: judgement.pending.version, job: id };
  }
  return refuse('transient.conflict', 'Others kept putting versions; try again.');
}

/**
 * Shows what a new version would do to the open inquiries, and writes nothing.
 *
 * Refuses what putting it would refuse.
 */
export async function previewServiceLevels(
  dependencies: ConfigureServiceLevelsDependencies,
  request: ServiceLevelConfigRequest,
  hasTime: () => boolean,
): Promise<
  | {
      readonly version: ServiceLevelConfigByKind[ServiceLevelConfigKind];
      readonly effect: DeadlineEffect;
    }
  | ServiceLevelConfigRefusal
> {
  const versions = await dependencies.history.readVersions();
  const current = await dependencies.terms.read();
  const judgement = judgeDocument(dependencies, request, versions, current);
  if ('refused' in judgement) return judgement;
  const { kind, version } = judgement.pending;
  const proposal = {
    current,
    proposed: { ...current, serviceLevels: judgement.serviceLevels },
    // New calendars hold for all times, so clocks are computed by them at once.
    ...(kind === 'policies' && version.from > request.now ? { later: version.from } : {}),
  };
  return {
    version,
    effect: await computeDeadlineEffect(dependencies.open, proposal, request.now, hasTime),
  };
}

type AcceptedServiceLevels = {
  readonly pending: PendingConfigVersion;
  readonly serviceLevels: ServiceLevels;
};

function judgeDocument(
  { refusedUrl }: ConfigureServiceLevelsDependencies,
  request: ServiceLevelConfigRequest,
  versions: ServiceLevelVersionLists,
  terms: Terms,
): AcceptedServiceLevels | ServiceLevelConfigRefusal {
  const { document, by, note, now, ifMatch } = request;
  const newest = newestVersionNumberOf(versions[document.kind]);
  if (ifMatch !== undefined && ifMatch !== newest) {
    return refuse('config.stale', `The newest version is ${newest}.`);
  }
  const zones = findProtectedZones(document, versions, request.from ?? now, now);
  const from = resolveEffectiveFrom(request.from, zones, now);
  if (typeof from !== 'string') return refuseFaults([from]);
  const dated = {
    ...{ version: newest + 1, from, recordedAt: now, by },
    ...(note === undefined ? {} : { note }),
  };
  const head = {
    calendars: newestVersionNumberOf(versions.calendars),
    policies: newestVersionNumberOf(versions.policies),
  };
  const pending: PendingConfigVersion =
    document.kind === 'calendars'
      ? { kind: 'calendars', version: { ...dated, body: document.body }, head }
      : { kind: 'policies', version: { ...dated, body: document.body }, head };
  if (new TextEncoder().encode(JSON.stringify(pending.version)).length > versionBytes) {
    return refuse('invalid.too-large', `A version takes at most ${versionBytes} bytes.`);
  }
  const serviceLevels = buildServiceLevels(versions, pending);
  const context = { desks: terms.desks, from, serviceLevels, refusedUrl };
  const faults =
    document.kind === 'calendars'
      ? findCalendarFaults(document.body, findBodiesInForce(versions.policies, from), context)
      : findPolicyFaults(document.body, findBodiesInForce(versions.calendars, from), context);
  if (faults.length === 0) return { pending, serviceLevels };
  return refuseFaults(faults.map((fault) => ({ ...fault, pointer: `/document${fault.pointer}` })));
}

function refuseFaults(faults: readonly ServiceLevelConfigFault[]): ServiceLevelConfigRefusal {
  return {
    ...refuse('invalid.body', 'The document does not fit what it is to work with; see errors.'),
    faults: faults.slice(0, configFaultLimit).map(({ pointer, detail }) => ({ pointer, detail })),
  };
}

function buildServiceLevels(
  { policies, calendars }: ServiceLevelVersionLists,
  pending: PendingConfigVersion,
): ServiceLevels {
  return pending.kind === 'calendars'
    ? new ServiceLevels(policies, [...calendars, pending.version])
    : new ServiceLevels([...policies, pending.version], calendars);
}

function findBodiesInForce<Body>(
  versions: readonly [
    { readonly version: number; readonly from: Instant; readonly body: Body },
    ...{ readonly version: number; readonly from: Instant; readonly body: Body }[],
  ],
  from: Instant,
): Body[] {
  return findVersionsInForce(versions, from).map(({ body }) => body);
}

/**
 * The zones in which a document must not take effect before the present day: of the calendars that
 * it changes, as they were and as they will be, or of the calendars that policies name.
 */
function findProtectedZones(
  document: ServiceLevelDocument,
  { calendars }: ServiceLevelVersionLists,
  from: Instant,
  now: Instant,
): string[] {
  if (document.kind === 'policies') {
    const [{ body }] = findVersionsInForce(calendars, now);
    return namedCalendarsOf(document.body).flatMap((id) => body.calendars[id]?.zone ?? []);
  }
  const after = document.body.calendars;
  const changed = findBodiesInForce(calendars, from).flatMap(({ calendars: before }) =>
    CalendarId.array()
      .parse([...new Set([...Object.keys(before), ...Object.keys(after)])])
      .filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]))
      .flatMap((id) => [before[id]?.zone, after[id]?.zone]),
  );
  const zones = changed.length > 0 ? changed : Object.values(after).map(({ zone }) => zone);
  return zones.filter((zone) => zone !== undefined);
}
