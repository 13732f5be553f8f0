import { isCalendarFault } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/calendar-definition.ts';
import { parseDurationSeconds } from '../../inquiry/clock/business-duration.ts';
import { deskClocks } from '../../inquiry/clock/clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import type {
  CalendarsDocument,
  PoliciesDocument,
  PriorityTargets,
} from '../../inquiry/terms/sla-policies.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';

/** A fault in a configuration, with a JSON pointer into the document. */
export type ServiceLevelConfigFault = { readonly pointer: string; readonly detail: string };

/** How many faults are reported at once. */
export const configFaultLimit = 50;

/** Checks a webhook's URL by how it is written. */
export type WebhookUrlCheck = (url: string) => keyof typeof urlFaults | undefined;

/** What a configuration is checked against, besides itself. */
export type ConfigFaultContext = {
  readonly desks: readonly Desk[];
  /** From when it is in force. */
  readonly from: Instant;
  /** All versions, including the one that is checked. */
  readonly serviceLevels: ServiceLevels;
  /** Why a webhook's URL would not be called; undefined where it would. */
  readonly refusedUrl: WebhookUrlCheck;
};

/** Finds faults in policies, given the calendars with which they are to be in force. */
export function findPolicyFaults(
  policies: PoliciesDocument,
  calendars: readonly CalendarsDocument[],
  context: ConfigFaultContext,
): ServiceLevelConfigFault[] {
  const isMissing = (id: CalendarId) => calendars.some((all) => all.calendars[id] === undefined);
  const mentions = findCalendarMentions(policies);
  const missing = mentions.filter(({ calendar }) => isMissing(calendar));
  return [
    ...missing.map(({ pointer, calendar }) => ({
      pointer,
      detail: `there is no calendar ${calendar} then`,
    })),
    ...findDeskMentions(policies)
      .filter(({ desk }) => !context.desks.some(({ id }) => id === desk))
      .map(({ pointer, desk }) => ({ pointer, detail: `there is no desk ${desk}` })),
    ...findWebhookFaults(policies, context.refusedUrl),
    ...findTargetFaults(policies, context).filter(
      ({ calendar }) => !missing.some((one) => one.calendar === calendar),
    ),
  ].map(({ pointer, detail }) => ({ pointer, detail }));
}

/** Finds faults in calendars, given the policies with which they are to be in force. */
export function findCalendarFaults(
  { calendars }: CalendarsDocument,
  policies: readonly PoliciesDocument[],
  context: ConfigFaultContext,
): ServiceLevelConfigFault[] {
  const faults = policies.flatMap((one) => [
    ...findCalendarMentions(one)
      .filter(({ calendar }) => calendars[calendar] === undefined)
      .map(({ pointer, calendar }) => ({
        pointer: '/calendars',
        detail: `lacks ${calendar}, which the policies name at ${pointer}`,
      })),
    ...findTargetFaults(one, context)
      .filter(({ calendar }) => calendars[calendar] !== undefined)
      .map(({ pointer, detail, calendar }) => ({
        pointer: `/calendars/${calendar}`,
        detail: `${detail}, as the policies demand at ${pointer}`,
      })),
  ]);
  const distinct = new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault]));
  return [...distinct.values()];
}

/** The calendars that policies name, each once. */
export function namedCalendarsOf(policies: PoliciesDocument): CalendarId[] {
  return [...new Set(findCalendarMentions(policies).map(({ calendar }) => calendar))];
}

type CalendarMention = { readonly pointer: string; readonly calendar: CalendarId };

function findCalendarMentions(all: PoliciesDocument): CalendarMention[] {
  return [
    ...listClockTerms(all).map(({ pointer, terms }) => ({
      pointer: `${pointer}/calendar`,
      calendar: terms.calendar,
    })),
    ...entriesOf(all.deskCalendars).map(([desk, calendar]) => ({
      pointer: `/deskCalendars/${desk}`,
      calendar,
    })),
    ...all.chains.flatMap(({ quiet }, index) =>
      quiet === undefined
        ? []
        : [{ pointer: `/chains/${index}/quiet/outside`, calendar: quiet.outside }],
    ),
  ];
}

function findDeskMentions(
  all: PoliciesDocument,
): { readonly pointer: string; readonly desk: string }[] {
  return [
    ...listClockTerms(all).flatMap(({ pointer, agreed }) =>
      Object.keys(agreed).map((desk) => ({ pointer: `${pointer}/desks/${desk}`, desk })),
    ),
    ...Object.keys(all.deskCalendars).map((desk) => ({ pointer: `/deskCalendars/${desk}`, desk })),
    ...all.chains.flatMap(({ desks = [] }, chain) =>
      desks.map((desk, index) => ({ pointer: `/chains/${chain}/desks/${index}`, desk })),
    ),
    ...all.thresholds.map(({ desk }, index) => ({ pointer: `/thresholds/${index}/desk`, desk })),
  ];
}

const urlFaults = {
  'no-url': 'is no URL',
  password: 'carries a password',
  'not-https': 'is not https',
  'not-public': 'leads to no public host',
} as const;

function findWebhookFaults(
  { webhooks }: PoliciesDocument,
  refusedUrl: WebhookUrlCheck,
): ServiceLevelConfigFault[] {
  return entriesOf(webhooks).flatMap(([id, { url }]) => {
    const reason = refusedUrl(url);
    return reason === undefined
      ? []
      : [{ pointer: `/webhooks/${id}/url`, detail: urlFaults[reason] }];
  });
}

type TargetFault = ServiceLevelConfigFault & { readonly calendar: CalendarId };

/** Finds targets that the calendar on which they run can never supply. */
function findTargetFaults(
  policies: PoliciesDocument,
  { desks, from, serviceLevels }: ConfigFaultContext,
): TargetFault[] {
  return listTargets(policies, desks).flatMap(({ pointer, target, calendar }) => {
    const due = serviceLevels
      .calendar(calendar)
      ?.add(epochSecondOf(from), parseDurationSeconds(target));
    if (!isCalendarFault(due)) return [];
    const isNever = due.fault === 'calendar.never-open';
    const detail = isNever
      ? `${calendar} never supplies ${target}`
      : `${calendar} does not supply ${target} in the years that it knows`;
    return [{ pointer, calendar, detail }];
  });
}

/** Lists each target with each of the calendars on which it may run. */
function listTargets(
  all: PoliciesDocument,
  desks: readonly Desk[],
): (CalendarMention & { readonly target: string })[] {
  const targets = listClockTerms(all).flatMap(({ pointer, clock, terms, agreed }) => {
    const where = deskClocks.includes(clock) ? desks.map(({ id }) => id) : [undefined];
    return where.flatMap((desk) => {
      const agreedTargets = desk === undefined ? undefined : agreed[desk];
      const place = agreedTargets === undefined ? 'targets' : `desks/${desk}`;
      const calendar = (desk === undefined ? undefined : all.deskCalendars[desk]) ?? terms.calendar;
      return entriesOf(agreedTargets ?? terms.targets).map(([priority, target]) => ({
        pointer: `${pointer}/${place}/${priority}`,
        target,
        calendar,
      }));
    });
  });
  return [...new Map(targets.map((one) => [`${one.pointer} ${one.calendar}`, one])).values()];
}

/** Lists the terms of each clock, with the targets agreed with single desks. */
function listClockTerms({ policies }: PoliciesDocument) {
  return entriesOf(policies).flatMap(([id, { clocks }]) =>
    entriesOf(clocks).map(([clock, terms]) => {
      const agreed: Partial<Record<DeskId, PriorityTargets>> = 'desks' in terms ? terms.desks : {};
      return { pointer: `/policies/${id}/clocks/${clock}`, clock, terms, agreed };
    }),
  );
}

/** The entries of an object, typed by its keys, which its schema has checked. */
function entriesOf<Of extends object>(
  object: Of,
): { [Key in keyof Of]-?: [Key, NonNullable<Of[Key]>] }[keyof Of][] {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries as { [Key in keyof Of]-?: [Key, NonNullable<Of[Key]>] }[keyof Of][];
}
