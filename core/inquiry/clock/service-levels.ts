import * as z from 'zod';
import type { Calendar } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/calendar-definition.ts';
import {
  compileCalendar,
  type EffectiveCalendarDefinition,
} from '../../calendar/compile-calendar.ts';
import type {
  CalendarsVersion,
  PoliciesDocument,
  PoliciesVersion,
  SlaPolicy,
} from '../terms/sla-policies.ts';
import { type DeskId, Instant } from '../values/ids.ts';
import type { Priority } from '../values/vocabulary.ts';
import { parseDurationSeconds } from './business-duration.ts';
import { type ClockName, deskClocks, type PolicyId } from './clock.ts';
import { epochSecondOf } from './epoch-seconds.ts';

/** The versions by which an inquiry's clocks were last computed. */
export const AppliedSlaVersions = z.strictObject({
  /** The version of the policies in force. */
  policies: z.int().min(0),
  /** The newest version of the policies, even if not in force yet. */
  known: z.int().min(0),
  /** The newest version of the calendars; earlier ones still apply to their own times. */
  calendars: z.int().min(0),
  /** When the next version of the policies comes into force. */
  reckonAt: Instant.optional(),
});
export type AppliedSlaVersions = z.infer<typeof AppliedSlaVersions>;

/**
 * A recorded version: from when it is in force, when it was recorded, and what it makes of the
 * applied versions.
 */
export type ServiceLevelUpdate = {
  readonly from: Instant;
  readonly at: Instant;
  readonly versions: AppliedSlaVersions;
};

const endOfTime = '9999-12-31T00:00:00.000Z';

/** The terms that the policies set for a clock. */
export type ClockTerms = {
  readonly seconds: number;
  readonly calendar: CalendarId;
  readonly warnAt: readonly number[];
};

/** All versions of the policies and calendars, compiled: what is in force when. */
export class ServiceLevels {
  readonly #policies: readonly PoliciesVersion[];
  readonly #calendars: readonly CalendarsVersion[];
  readonly #compiled = new Map<string, Calendar>();

  /** @param policies, calendars every version there is, in the order they were recorded */
  constructor(
    policies: readonly [PoliciesVersion, ...PoliciesVersion[]],
    calendars: readonly [CalendarsVersion, ...CalendarsVersion[]],
  ) {
    this.#policies = policies;
    this.#calendars = calendars;
  }

  /** The versions that apply to clocks computed at an instant, by all versions known here. */
  versionsAt(at: Instant): AppliedSlaVersions {
    return this.#versionsAt(at, last(this.#policies).version, last(this.#calendars).version);
  }

  /**
   * The first version that was recorded after the applied ones; undefined when every version is
   * applied.
   */
  findUpdateAfter(versions: AppliedSlaVersions): ServiceLevelUpdate | undefined {
    const policies = this.#policies.find(({ version }) => version > versions.known);
    const calendars = this.#calendars.find(({ version }) => version > versions.calendars);
    if (policies !== undefined && policies.recordedAt <= (calendars?.recordedAt ?? endOfTime)) {
      const { version, from, recordedAt: at } = policies;
      return { from, at, versions: this.#versionsAt(at, version, versions.calendars) };
    }
    if (calendars === undefined) return undefined;
    const { version, from, recordedAt: at } = calendars;
    return { from, at, versions: { ...versions, calendars: version } };
  }

  /**
   * Whether the applied versions are all known here; not if they were recorded after these were
   * read.
   */
  isKnown(versions: AppliedSlaVersions | undefined): boolean {
    if (versions === undefined) return true;
    const { known, calendars } = versions;
    return known <= last(this.#policies).version && calendars <= last(this.#calendars).version;
  }

  policies(version: number): PoliciesDocument {
    return (this.#policies.find((one) => one.version === version) ?? last(this.#policies)).body;
  }

  /** The policy with an id, or the default for inquiries that name none or one that is gone. */
  findPolicy(version: number, policy: PolicyId | undefined): SlaPolicy {
    const all = this.policies(version);
    const slaPolicy = all.policies[policyIdOf(all, policy)];
    if (slaPolicy === undefined) throw new TypeError('the policies lack the one for all others');
    return slaPolicy;
  }

  /** The calendar of a desk in force at an instant; undefined for a desk without one. */
  deskCalendar(desk: DeskId, at: Instant): Calendar | undefined {
    const id = this.#inForceAt(at).body.deskCalendars[desk];
    return id === undefined ? undefined : this.calendar(id);
  }

  /** The ids of the calendars in the newest version. */
  calendarIds(): string[] {
    return Object.keys(last(this.#calendars).body.calendars);
  }

  policiesAt(at: Instant): PoliciesVersion {
    return this.#inForceAt(at);
  }

  /**
   * Leaves out what was recorded after an instant: a version may be in force from earlier on the
   * day it was recorded.
   */
  restrictToKnownBy(at: Instant): ServiceLevels {
    const isKnown = ({ recordedAt }: { readonly recordedAt: Instant }) => recordedAt <= at;
    const [firstPolicies, ...policies] = this.#policies.filter(isKnown);
    const [firstCalendars, ...calendars] = this.#calendars.filter(isKnown);
    const isAll =
      policies.length === this.#policies.length - 1 &&
      calendars.length === this.#calendars.length - 1;
    if (isAll || firstPolicies === undefined || firstCalendars === undefined) return this;
    return new ServiceLevels([firstPolicies, ...policies], [firstCalendars, ...calendars]);
  }

  /**
   * The service levels as if one version of the policies, or of the calendars, had been in force
   * all along; what is not named stays. Undefined for an unknown version.
   */
  restateWith(requested: {
    readonly policies?: number | undefined;
    readonly calendars?: number | undefined;
  }): ServiceLevels | undefined {
    const policies = selectVersions(this.#policies, requested.policies);
    const calendars = selectVersions(this.#calendars, requested.calendars);
    const [firstPolicies, ...otherPolicies] = policies;
    const [firstCalendars, ...otherCalendars] = calendars;
    if (firstPolicies === undefined || firstCalendars === undefined) return undefined;
    return new ServiceLevels(
      [firstPolicies, ...otherPolicies],
      [firstCalendars, ...otherCalendars],
    );
  }

  /**
   * Compiles a calendar from all its versions, or from those up to one; undefined when none has it.
   *
   * So a history that was computed when there were fewer versions can be computed again.
   */
  calendar(id: CalendarId, upTo = last(this.#calendars).version): Calendar | undefined {
    const key = `${id} ${upTo}`;
    const compiled = this.#compiled.get(key);
    if (compiled !== undefined) return compiled;
    const known = this.#calendars.filter(({ version }) => version <= upTo);
    const [first, ...rest] = known.flatMap(({ from, body }): EffectiveCalendarDefinition[] => {
      const definition = body.calendars[id];
      return definition === undefined ? [] : [{ from: epochSecondOf(from), definition }];
    });
    if (first === undefined) return undefined;
    const calendar = compileCalendar([first, ...rest]);
    this.#compiled.set(key, calendar);
    return calendar;
  }

  /** The terms that a version of the policies sets for a clock; undefined when it sets none. */
  findClockTerms(
    version: number,
    policy: PolicyId | undefined,
    clock: ClockName,
    desk: DeskId | undefined,
    priority: Priority,
  ): (ClockTerms & { readonly policy: PolicyId }) | undefined {
    const all = this.policies(version);
    const id = policyIdOf(all, policy);
    const terms = all.policies[id]?.clocks[clock];
    if (terms === undefined) return undefined;
    const deskTargets = desk !== undefined && 'desks' in terms ? terms.desks[desk] : undefined;
    const target = (deskTargets ?? terms.targets)[priority];
    if (target === undefined) return undefined;
    const ownCalendar =
      desk !== undefined && deskClocks.includes(clock) ? all.deskCalendars[desk] : undefined;
    return {
      policy: id,
      seconds: parseDurationSeconds(target),
      calendar: ownCalendar ?? terms.calendar,
      warnAt: [...terms.warnAt].sort((one, other) => one - other),
    };
  }

  #versionsAt(at: Instant, known: number, calendars: number): AppliedSlaVersions {
    const inForce = this.#inForceAt(at, known);
    const next = this.#policies
      .filter(({ version, from }) => version > inForce.version && version <= known && from > at)
      .map(({ from }) => from)
      .sort()[0];
    return {
      ...{ policies: inForce.version, known, calendars },
      ...(next === undefined ? {} : { reckonAt: next }),
    };
  }

  #inForceAt(at: Instant, known = last(this.#policies).version): PoliciesVersion {
    return (
      this.#policies.findLast(({ version, from }) => version <= known && from <= at) ??
      first(this.#policies)
    );
  }
}

/** All versions, or only the requested one. */
function selectVersions<Version extends { readonly version: number }>(
  versions: readonly Version[],
  requested: number | undefined,
): readonly Version[] {
  return requested === undefined
    ? versions
    : versions.filter(({ version }) => version === requested);
}

function policyIdOf(all: PoliciesDocument, policy: PolicyId | undefined): PolicyId {
  return policy !== undefined && all.policies[policy] !== undefined ? policy : all.otherwise;
}

function last<Element>(list: readonly Element[]): Element {
  return list[list.length - 1] as Element;
}

function first<Element>(list: readonly Element[]): Element {
  return list[0] as Element;
}
