import type { CalendarsVersion, PoliciesVersion } from '../../inquiry/terms/sla-policies.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';

/** The kinds of service level configuration; each is one document with versions. */
export type ServiceLevelConfigKind = 'calendars' | 'policies';

export type ServiceLevelConfigByKind = {
  readonly calendars: CalendarsVersion;
  readonly policies: PoliciesVersion;
};

/** Every version of both kinds in the order in which they were put, the shipped ones first. */
export type ServiceLevelVersionLists = {
  readonly [Kind in ServiceLevelConfigKind]: readonly [
    ServiceLevelConfigByKind[Kind],
    ...ServiceLevelConfigByKind[Kind][],
  ];
};

/** Who puts a version. */
export type ConfigAuthor = { readonly sub: Sub; readonly name: string };

type DatedVersion = { readonly version: number; readonly from: Instant };

/** The number of the newest version. */
export function newestVersionNumberOf(versions: readonly DatedVersion[]): number {
  return versions.at(-1)?.version ?? 0;
}

/**
 * Finds the version in force at an instant, and those that will be in force after it.
 *
 * A version is never in force if a later one comes into force at the same instant or before.
 */
export function findVersionsInForce<Version extends DatedVersion>(
  versions: readonly [Version, ...Version[]],
  at: Instant,
): [Version, ...Version[]] {
  const timeline: [Version, ...Version[]] = [versions[0]];
  for (const version of versions.slice(1)) {
    while (timeline.length > 1 && (timeline.at(-1)?.from ?? '') >= version.from) timeline.pop();
    timeline.push(version);
  }
  const index = timeline.findLastIndex(({ from }) => from <= at);
  const [first = versions[0], ...later] = timeline.slice(Math.max(0, index));
  return [first, ...later];
}
