import type { PersonRegistry } from '../../access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { TermsInForce } from '../../inquiry/terms/terms.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import type { Compare, ConfigVersions } from './config-ports.ts';
import { judgeDeskSettings } from './judge-desk-settings.ts';
import { judgeRuleSet } from './judge-rule-set.ts';
import {
  type BodyOf,
  type Change,
  type ConfigKind,
  type Judged,
  kinds,
  type Remark,
  type VersionOf,
} from './routing-config.ts';

export type Configuring = {
  readonly versions: ConfigVersions;
  readonly compare: Compare;
  readonly terms: TermsInForce;
  readonly people: Pick<PersonRegistry, 'byAddresses'>;
  /** The forms that there are. */
  readonly forms: readonly string[];
  /** Why a vendor's URL would not be called; undefined when it would. */
  readonly refusedUrl: (url: string) => string | undefined;
};

/** `faults` point into what was put. */
export type ConfigRefusal = Refusal & { readonly faults?: readonly Remark[] };

/** A document as somebody gives it, or the number of a version to return to. */
export type Given = { readonly document: unknown } | { readonly restores: number };

export type Wanted = {
  readonly given: Given;
  readonly note?: string;
  readonly by: { readonly sub: Sub; readonly name: string };
  /** The newest version that its author saw. */
  readonly ifMatch?: number;
  readonly now: Instant;
};

/** A version as it is, or would be, with what it changes and what is worth a second look. */
export type Proposed<Kind extends ConfigKind> = {
  readonly version: VersionOf<Kind>;
  readonly changes: readonly Change[];
  readonly warnings: readonly Remark[];
};

/** How often a version is judged anew because another was put meanwhile. */
const attemptLimit = 4;
const faultLimit = 100;

/** The version of a number, the newest unless given; refuses `config.unknown-version`. */
export async function readVersion<Kind extends ConfigKind>(
  { versions }: Pick<Configuring, 'versions'>,
  kind: Kind,
  wanted?: number,
): Promise<VersionOf<Kind> | Refusal> {
  const number = wanted ?? (await versions.heads())[kind];
  const found = number === 0 ? kinds[kind].shipped : await versions.read(kind, number);
  return found ?? refuse('config.unknown-version', `There is no version ${number}.`);
}

/** What changed between two versions; refuses `config.unknown-version`. */
export async function compareVersions(
  configuring: Pick<Configuring, 'versions' | 'compare'>,
  kind: ConfigKind,
  from: number,
  to: number,
): Promise<readonly Change[] | Refusal> {
  const [before, after] = await Promise.all([
    readVersion(configuring, kind, from),
    readVersion(configuring, kind, to),
  ]);
  if (isRefusal(before)) return before;
  if (isRefusal(after)) return after;
  return configuring.compare(comparable(before.body), comparable(after.body));
}

/**
 * Judges a document whole and shows what it would change; writes nothing.
 *
 * Refuses `invalid.body` with a pointer to each fault, `config.stale` when there is a newer version
 * than the author saw, and `config.unknown-version` for a return to what never was.
 */
export async function propose<Kind extends ConfigKind>(
  configuring: Configuring,
  kind: Kind,
  wanted: Wanted,
): Promise<Proposed<Kind> | ConfigRefusal> {
  const heads = await configuring.versions.heads();
  return proposeAfter(configuring, kind, wanted, heads);
}

/**
 * Puts a new version, which is in force at once.
 *
 * Refuses what `propose` refuses, `invalid.too-large` and `transient.conflict`.
 */
export async function putVersion<Kind extends ConfigKind>(
  configuring: Configuring,
  kind: Kind,
  wanted: Wanted,
): Promise<Proposed<Kind> | ConfigRefusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const heads = await configuring.versions.heads();
    const proposed = await proposeAfter(configuring, kind, wanted, heads);
    if (isRefusal(proposed)) return proposed;
    const isPut = await configuring.versions.put(kind, proposed.version, heads);
    if (isPut === 'too-large') {
      return refuse('invalid.too-large', 'A version takes at most 350 KB compressed.');
    }
    if (isPut) return proposed;
  }
  return refuse('transient.conflict', 'Others kept putting versions; try again.');
}

async function proposeAfter<Kind extends ConfigKind>(
  configuring: Configuring,
  kind: Kind,
  { given, note, by, ifMatch, now }: Wanted,
  heads: Readonly<Record<ConfigKind, number>>,
): Promise<Proposed<Kind> | ConfigRefusal> {
  const newest = heads[kind];
  if (ifMatch !== undefined && ifMatch !== newest) {
    return refuse('config.stale', `The newest version is ${newest}.`);
  }
  const [before, restored] = await Promise.all([
    readVersion(configuring, kind, newest),
    'restores' in given ? readVersion(configuring, kind, given.restores) : undefined,
  ]);
  if (isRefusal(before)) return before;
  if (isRefusal(restored)) return restored;
  const document = 'restores' in given ? restored?.body : given.document;
  const judged = await judge(configuring, kind, document, newest + 1, heads, now);
  if ('faults' in judged) return faulty(judged.faults);
  const version: VersionOf<Kind> = {
    ...{ version: newest + 1, recordedAt: now, by },
    ...(note === undefined ? {} : { note }),
    ...('restores' in given ? { restores: given.restores } : {}),
    body: judged.body,
  };
  const changes = configuring.compare(comparable(before.body), comparable(judged.body));
  return { version, changes, warnings: judged.warnings };
}

type Verdict<Kind extends ConfigKind> =
  | Judged<BodyOf[Kind]>
  | { readonly faults: readonly Remark[] };

async function judge<Kind extends ConfigKind>(
  configuring: Configuring,
  kind: Kind,
  document: unknown,
  version: number,
  heads: Readonly<Record<ConfigKind, number>>,
  now: Instant,
): Promise<Verdict<Kind>>;
async function judge(
  configuring: Configuring,
  kind: ConfigKind,
  document: unknown,
  version: number,
  heads: Readonly<Record<ConfigKind, number>>,
  now: Instant,
): Promise<Verdict<ConfigKind>> {
  const terms = await configuring.terms.read();
  if (kind === 'routing') {
    // Judged by the settings that the head names, which may be newer than the terms.
    const settings = await readVersion(configuring, 'desks', heads.desks);
    if (isRefusal(settings)) throw new TypeError('the newest desk settings are missing');
    const known = { terms, settings: settings.body, forms: configuring.forms };
    return judgeRuleSet(document, version, known, now);
  }
  const rules = await readVersion(configuring, 'routing', heads.routing);
  if (isRefusal(rules)) throw new TypeError('the newest rule set is missing');
  return judgeDeskSettings(document, { ...configuring, terms, rules: rules.body, now });
}

function faulty(faults: readonly Remark[]): ConfigRefusal {
  return {
    ...refuse('invalid.body', 'The document does not fit what it is to work with; see errors.'),
    faults: faults.slice(0, faultLimit).map(({ pointer, detail }) => ({
      pointer: `/document${pointer}`,
      detail,
    })),
  };
}

/** The number of a rule set is the version's, and no change of its own. */
function comparable<Body extends BodyOf[ConfigKind]>(body: Body): Body {
  return 'rules' in body ? { ...body, version: 0 } : body;
}
