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

/** Under which versions an inquiry's clocks have last been reckoned. */
export const AppliedSlaVersions = z.strictObject({
  /** The version of the policies in force. */
  policies: z.int().min(0),
  /** The newest version of the policies, also if it is not in force yet. */
  known: z.int().min(0),
  /** The newest version of the calendars; those of other times are spliced into it. */
  calendars: z.int().min(0),
  /** When the next version of the policies comes into force. */
  reckonAt: Instant.optional(),
});
export type AppliedSlaVersions = z.infer<typeof AppliedSlaVersions>;

/** A version that was put: when it comes into force, when it was put, and the mark that it makes. */
export type ServiceLevelUpdate = {
  readonly from: Instant;
  readonly at: Instant;
  readonly versions: AppliedSlaVersions;
};

const endOfTime = '9999-12-31T00:00:00.000Z';

/** What a clock is held to. */
export type ClockTerms = {
  readonly seconds: number;
  readonly calendar: CalendarId;
  readonly warnAt: readonly number[];
};

/** The policies and calendars of all times, compiled: what is in force when. */
export class ServiceLevels {
  readonly #policies: readonly PoliciesVersion[];
  readonly #calendars: readonly CalendarsVersion[];
  readonly #compiled = new Map<string, Calendar>();

  /** @param policies, calendars every version there is, in the order in which they were put */
  constructor(
    policies: readonly [PoliciesVersion, ...PoliciesVersion[]],
    calendars: readonly [CalendarsVersion, ...CalendarsVersion[]],
  ) {
    this.#policies = policies;
    this.#calendars = calendars;
  }

  /** The mark of an inquiry whose clocks are reckoned at an instant, by all that is known. */
  versionsAt(at: Instant): AppliedSlaVersions {
    return this.#versionsAt(at, last(this.#policies).version, last(this.#calendars).version);
  }

  /**
   * The first of what has been put since an inquiry was last reckoned; undefined when it has been
   * reckoned by all there is.
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

  /** Whether all is known here by which an inquiry was reckoned; not by who read it before that. */
  isKnown(versions: AppliedSlaVersions | undefined): boolean {
    if (versions === undefined) return true;
    const { known, calendars } = versions;
    return known <= last(this.#policies).version && calendars <= last(this.#calendars).version;
  }

  policies(version: number): PoliciesDocument {
    return (this.#policies.find((one) => one.version === version) ?? last(this.#policies)).body;
  }

  /** A policy by id, or the one for inquiries that name none or one that is gone. */
  findPolicy(version: number, policy: PolicyId | undefined): SlaPolicy {
    const all = this.policies(version);
    const found = all.policies[policyIdOf(all, policy)];
    if (found === undefined) throw new TypeError('the policies lack the one for all others');
    return found;
  }

  /** The calendar of a desk in force at an instant; undefined for a desk that keeps none. */
  deskCalendar(desk: DeskId, at: Instant): Calendar | undefined {
    const id = this.#inForceAt(at).body.deskCalendars[desk];
    return id === undefined ? undefined : this.calendar(id);
  }

  /** Those that there are by the newest version. */
  calendarIds(): string[] {
    return Object.keys(last(this.#calendars).body.calendars);
  }

  policiesAt(at: Instant): PoliciesVersion {
    return this.#inForceAt(at);
  }

  /** What had been put by an instant: a version may be in force from earlier on the day it was put. */
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
   * As if a version of the policies, or of the calendars, had been in force all along; what is not
   * named stays. Undefined for a version that there is not.
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
   * A calendar through its versions, all of them or those up to one; undefined when none has it.
   *
   * So a history that was reckoned when fewer had been put can be reckoned again.
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

  /** What a version of the policies holds a clock to; undefined when to nothing. */
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
    const ofDesk = desk !== undefined && 'desks' in terms ? terms.desks[desk] : undefined;
    const target = (ofDesk ?? terms.targets)[priority];
    if (target === undefined) return undefined;
    const own =
      desk !== undefined && deskClocks.includes(clock) ? all.deskCalendars[desk] : undefined;
    return {
      policy: id,
      seconds: parseDurationSeconds(target),
      calendar: own ?? terms.calendar,
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

/** All versions, or the one that is wanted. */
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
