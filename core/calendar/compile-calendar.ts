import type { Calendar, EpochSeconds } from './calendar.ts';
import type { CalendarDefinition } from './calendar-definition.ts';
import { CompiledCalendar, type ZoneInForce } from './compiled-calendar.ts';
import { addOpeningHours, OpeningHours } from './opening-hours.ts';
import { findZoneOffsets, makeWallTimeReader } from './zone-offsets.ts';

/** A calendar definition and the instant from which it is in force. */
export type EffectiveCalendarDefinition = {
  readonly from: EpochSeconds;
  readonly definition: CalendarDefinition;
};

/**
 * The years that every calendar covers: 2020 to 2044, in UTC. The holiday feed reaches to 2050;
 * zones are assumed to keep today's rules.
 */
export const calendarSpan = {
  from: Date.UTC(2020, 0, 1) / 1000,
  until: Date.UTC(2045, 0, 1) / 1000,
};
const daySeconds = 86_400;

/**
 * Compiles the versions of a calendar, in the order they were recorded, into one that answers by
 * binary search.
 *
 * A version is in force from its `from` on and overrides earlier versions from there; the first has
 * always been in force. An opening that spans a change of version is cut there.
 * @throws RangeError when a `from` is not a whole number of seconds.
 */
export function compileCalendar(
  versions: readonly [EffectiveCalendarDefinition, ...EffectiveCalendarDefinition[]],
): Calendar {
  const inForce = resolveVersionsInForce(versions);
  const openings = new OpeningHours();
  for (const [index, { from, definition }] of inForce.entries()) {
    const begin = Math.max(from, calendarSpan.from);
    const end = Math.min(inForce[index + 1]?.from ?? calendarSpan.until, calendarSpan.until);
    if (begin < end) {
      addOpeningHours(openings, definition, begin, end, wallTimeReaderOf(definition.zone));
    }
  }
  const [first, ...later] = inForce;
  const last = later.at(-1) ?? first;
  return new CompiledCalendar({
    span: calendarSpan,
    openings,
    zones: [zoneInForceOf(first), ...later.map(zoneInForceOf)],
    opensAfterwards: opensAfter(last.definition, calendarSpan.until),
  });
}

function zoneInForceOf({ from, definition }: EffectiveCalendarDefinition): ZoneInForce {
  return { from, zone: definition.zone };
}

/** The versions that are ever in force, without those that a later one overrides entirely. */
function resolveVersionsInForce([first, ...later]: readonly [
  EffectiveCalendarDefinition,
  ...EffectiveCalendarDefinition[],
]): [EffectiveCalendarDefinition, ...EffectiveCalendarDefinition[]] {
  const inForce: [EffectiveCalendarDefinition, ...EffectiveCalendarDefinition[]] = [
    { from: Number.NEGATIVE_INFINITY, definition: first.definition },
  ];
  for (const version of later) {
    if (!Number.isSafeInteger(version.from)) {
      throw new RangeError(`a version is in force from ${version.from}`);
    }
    while ((inForce.at(-1)?.from ?? Number.NEGATIVE_INFINITY) >= version.from) inForce.pop();
    inForce.push(version);
  }
  return inForce;
}

function wallTimeReaderOf(zone: string): (wall: number) => EpochSeconds {
  const margin = 3 * daySeconds;
  const [first, ...later] = findZoneOffsets(
    zone,
    calendarSpan.from - margin,
    calendarSpan.until + margin,
  );
  if (first === undefined) throw new RangeError(`${zone} has no offset`);
  return makeWallTimeReader([first, ...later]);
}

/** Whether a definition ever opens after an instant. */
function opensAfter({ week, overrides }: CalendarDefinition, instant: EpochSeconds): boolean {
  return (
    Object.values(week).some((intervals) => (intervals?.length ?? 0) > 0) ||
    overrides.some(
      ({ date, intervals }) => intervals.length > 0 && Date.parse(date) / 1000 >= instant,
    )
  );
}
