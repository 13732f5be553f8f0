import type { PersonRegistry } from '../../access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { TermsInForce } from '../../inquiry/terms/terms.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import type { DocumentComparer, RoutingConfigLedger } from './config-ports.ts';
import { judgeDeskSettings } from './judge-desk-settings.ts';
import { judgeRuleSet } from './judge-rule-set.ts';
import {
  type AcceptedConfig,
  type ConfigRemark,
  type JsonPatchOperation,
  type RoutingConfigByKind,
  type RoutingConfigKind,
  type RoutingConfigVersion,
  routingConfigKinds,
} from './routing-config.ts';

export type ConfigureRoutingDependencies = {
  readonly versions: RoutingConfigLedger;
  readonly compare: DocumentComparer;
  readonly terms: TermsInForce;
  readonly people: Pick<PersonRegistry, 'byAddresses'>;
  /** All known forms. */
  readonly forms: readonly string[];
  /** Why a vendor's URL would not be called; undefined when it would. */
  readonly refusedUrl: (url: string) => string | undefined;
};

/** `faults` point into the document that was put. */
export type RoutingConfigRefusal = Refusal & { readonly faults?: readonly ConfigRemark[] };

/** A new document, or the number of a version to restore. */
export type RoutingConfigInput = { readonly document: unknown } | { readonly restores: number };

export type RoutingConfigRequest = {
  readonly given: RoutingConfigInput;
  readonly note?: string;
  readonly by: { readonly sub: Sub; readonly name: string };
  /** The newest version that its author saw. */
  readonly ifMatch?: number;
  readonly now: Instant;
};

/** A version that was put, or would be, with its changes and warnings. */
export type RoutingConfigProposal<Kind extends RoutingConfigKind> = {
  readonly version: RoutingConfigVersion<Kind>;
  readonly changes: readonly JsonPatchOperation[];
  readonly warnings: readonly ConfigRemark[];
};

/** Attempts to put a version while others keep putting theirs. */
const attemptLimit = 4;
const faultLimit = 100;

/** Reads the version of a number, else the newest; refuses `config.unknown-version`. */
export async function readConfigVersion<Kind extends RoutingConfigKind>(
  { versions }: Pick<ConfigureRoutingDependencies, 'versions'>,
  kind: Kind,
  requested?: number,
): Promise<RoutingConfigVersion<Kind> | Refusal> {
  const number = requested ?? (await versions.readNewestNumbers())[kind];
  const version =
    number === 0 ? routingConfigKinds[kind].shipped : await versions.read(kind, number);
  return version ?? refuse('config.unknown-version', `There is no version ${number}.`);
}

/** Lists what changed between two versions; refuses `config.unknown-version`. */
export async function compareConfigVersions(
  dependencies: Pick<ConfigureRoutingDependencies, 'versions' | 'compare'>,
  kind: RoutingConfigKind,
  from: number,
  to: number,
): Promise<readonly JsonPatchOperation[] | Refusal> {
  const [before, after] = await Promise.all([
    readConfigVersion(dependencies, kind, from),
    readConfigVersion(dependencies, kind, to),
  ]);
  if (isRefusal(before)) return before;
  if (isRefusal(after)) return after;
  return dependencies.compare(withoutVersionNumber(before.body), withoutVersionNumber(after.body));
}

/**
 * Checks a whole document and shows what it would change; writes nothing.
 *
 * Refuses `invalid.body` with a pointer to each fault, `config.stale` when there is a newer version
 * than the author saw, and `config.unknown-version` for restoring one that does not exist.
 */
export async function proposeConfigVersion<Kind extends RoutingConfigKind>(
  dependencies: ConfigureRoutingDependencies,
  kind: Kind,
  request: RoutingConfigRequest,
): Promise<RoutingConfigProposal<Kind> | RoutingConfigRefusal> {
  const heads = await dependencies.versions.readNewestNumbers();
  return proposeAfterNewest(dependencies, kind, request, heads);
}

/**
 * Puts a new version, which is in force at once.
 *
 * Refuses what `proposeConfigVersion` refuses, `invalid.too-large` and `transient.conflict`.
 */
export async function putConfigVersion<Kind extends RoutingConfigKind>(
  dependencies: ConfigureRoutingDependencies,
  kind: Kind,
  request: RoutingConfigRequest,
): Promise<RoutingConfigProposal<Kind> | RoutingConfigRefusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const heads = await dependencies.versions.readNewestNumbers();
    const proposal = await proposeAfterNewest(dependencies, kind, request, heads);
    if (isRefusal(proposal)) return proposal;
    const isPut = await dependencies.versions.put(kind, proposal.version, heads);
    if (isPut === 'too-large') {
      return refuse('invalid.too-large', 'A version takes at most 350 KB compressed.');
    }
    if (isPut) return proposal;
  }
  return refuse('transient.conflict', 'Others kept putting versions; try again.');
}

async function proposeAfterNewest<Kind extends RoutingConfigKind>(
  dependencies: ConfigureRoutingDependencies,
  kind: Kind,
  { given, note, by, ifMatch, now }: RoutingConfigRequest,
  heads: Readonly<Record<RoutingConfigKind, number>>,
): Promise<RoutingConfigProposal<Kind> | RoutingConfigRefusal> {
  const newest = heads[kind];
  if (ifMatch !== undefined && ifMatch !== newest) {
    return refuse('config.stale', `The newest version is ${newest}.`);
  }
  const [before, restored] = await Promise.all([
    readConfigVersion(dependencies, kind, newest),
    'restores' in given ? readConfigVersion(dependencies, kind, given.restores) : undefined,
  ]);
  if (isRefusal(before)) return before;
  if (isRefusal(restored)) return restored;
  const document = 'restores' in given ? restored?.body : given.document;
  const judgement = await judgeDocument(dependencies, kind, document, newest + 1, heads, now);
  if ('faults' in judgement) return refuseFaults(judgement.faults);
  const version: RoutingConfigVersion<Kind> = {
    ...{ version: newest + 1, recordedAt: now, by },
    ...(note === undefined ? {} : { note }),
    ...('restores' in given ? { restores: given.restores } : {}),
    body: judgement.body,
  };
  const changes = dependencies.compare(
    withoutVersionNumber(before.body),
    withoutVersionNumber(judgement.body),
  );
  return { version, changes, warnings: judgement.warnings };
}

type ConfigJudgement<Kind extends RoutingConfigKind> =
  | AcceptedConfig<RoutingConfigByKind[Kind]>
  | { readonly faults: readonly ConfigRemark[] };

async function judgeDocument<Kind extends RoutingConfigKind>(
  dependencies: ConfigureRoutingDependencies,
  kind: Kind,
  document: unknown,
  version: number,
  heads: Readonly<Record<RoutingConfigKind, number>>,
  now: Instant,
): Promise<ConfigJudgement<Kind>>;
async function judgeDocument(
  dependencies: ConfigureRoutingDependencies,
  kind: RoutingConfigKind,
  document: unknown,
  version: number,
  heads: Readonly<Record<RoutingConfigKind, number>>,
  now: Instant,
): Promise<ConfigJudgement<RoutingConfigKind>> {
  const terms = await dependencies.terms.read();
  if (kind === 'routing') {
    // Checked against the newest settings, which may be newer than those of the terms.
    const settings = await readConfigVersion(dependencies, 'desks', heads.desks);
    if (isRefusal(settings)) throw new TypeError('the newest desk settings are missing');
    const known = { terms, settings: settings.body, forms: dependencies.forms };
    return judgeRuleSet(document, version, known, now);
  }
  const rules = await readConfigVersion(dependencies, 'routing', heads.routing);
  if (isRefusal(rules)) throw new TypeError('the newest rule set is missing');
  return judgeDeskSettings(document, { ...dependencies, terms, rules: rules.body, now });
}

function refuseFaults(faults: readonly ConfigRemark[]): RoutingConfigRefusal {
  return {
    ...refuse('invalid.body', 'The document does not fit what it is to work with; see errors.'),
    faults: faults.slice(0, faultLimit).map(({ pointer, detail }) => ({
      pointer: `/document${pointer}`,
      detail,
    })),
  };
}

/** A rule set repeats the number of its version; that is not a change to the document. */
function withoutVersionNumber<Body extends RoutingConfigByKind[RoutingConfigKind]>(
  body: Body,
): Body {
  return 'rules' in body ? { ...body, version: 0 } : body;
}
