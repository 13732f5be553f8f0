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
  /** The forms that there are. */
  readonly forms: readonly string[];
  /** Why a vendor's URL would not be called; undefined when it would. */
  readonly refusedUrl: (url: string) => string | undefined;
};

/** `faults` point into what was put. */
export type RoutingConfigRefusal = Refusal & { readonly faults?: readonly ConfigRemark[] };

/** A document as somebody gives it, or the number of a version to return to. */
export type RoutingConfigInput = { readonly document: unknown } | { readonly restores: number };

export type RoutingConfigRequest = {
  readonly given: RoutingConfigInput;
  readonly note?: string;
  readonly by: { readonly sub: Sub; readonly name: string };
  /** The newest version that its author saw. */
  readonly ifMatch?: number;
  readonly now: Instant;
};

/** A version as it is, or would be, with what it changes and what is worth a second look. */
export type RoutingConfigProposal<Kind extends RoutingConfigKind> = {
  readonly version: RoutingConfigVersion<Kind>;
  readonly changes: readonly JsonPatchOperation[];
  readonly warnings: readonly ConfigRemark[];
};

/** How often a version is judged anew because another was put meanwhile. */
const attemptLimit = 4;
const faultLimit = 100;

/** The version of a number, the newest unless given; refuses `config.unknown-version`. */
export async function readConfigVersion<Kind extends RoutingConfigKind>(
  { versions }: Pick<ConfigureRoutingDependencies, 'versions'>,
  kind: Kind,
  request?: number,
): Promise<RoutingConfigVersion<Kind> | Refusal> {
  const number = request ?? (await versions.readNewestNumbers())[kind];
  const found = number === 0 ? routingConfigKinds[kind].shipped : await versions.read(kind, number);
  return found ?? refuse('config.unknown-version', `There is no version ${number}.`);
}

/** What changed between two versions; refuses `config.unknown-version`. */
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
 * Judges a document whole and shows what it would change; writes nothing.
 *
 * Refuses `invalid.body` with a pointer to each fault, `config.stale` when there is a newer version
 * than the author saw, and `config.unknown-version` for a return to what never was.
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
 * Refuses what `propose` refuses, `invalid.too-large` and `transient.conflict`.
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
  const judged = await judgeDocument(dependencies, kind, document, newest + 1, heads, now);
  if ('faults' in judged) return refuseFaults(judged.faults);
  const version: RoutingConfigVersion<Kind> = {
    ...{ version: newest + 1, recordedAt: now, by },
    ...(note === undefined ? {} : { note }),
    ...('restores' in given ? { restores: given.restores } : {}),
    body: judged.body,
  };
  const changes = dependencies.compare(
    withoutVersionNumber(before.body),
    withoutVersionNumber(judged.body),
  );
  return { version, changes, warnings: judged.warnings };
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
    // Judged by the settings that the head names, which may be newer than the terms.
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

/** The number of a rule set is the version's, and no change of its own. */
function withoutVersionNumber<Body extends RoutingConfigByKind[RoutingConfigKind]>(
  body: Body,
): Body {
  return 'rules' in body ? { ...body, version: 0 } : body;
}
