import moment, { type WorkingMoment } from 'moment-business-time';
import { Temporal } from 'temporal-polyfill';
import type { Calendar } from '../core/calendar/calendar.ts';
import { CalendarDefinition } from '../core/calendar/calendar-definition.ts';
import {
  compileCalendar,
  type EffectiveCalendarDefinition,
} from '../core/calendar/compile-calendar.ts';
import { japaneseHolidays } from '../core/calendar/japanese-holidays.ts';

/** One question to one calendar, asked many times with distinct inputs. */
export type CalendarMeasurement = {
  readonly zone: string;
  readonly question: string;
  readonly nanosecondsPerCall: number;
  /** The same with a plain loop over days with Temporal. */
  readonly loopNanosecondsPerCall: number;
};

/** One question to one calendar and to moment-business-time. */
export type MomentMeasurement = {
  readonly zone: string;
  readonly question: string;
  readonly nanosecondsPerCall: number;
  readonly momentNanosecondsPerCall: number;
};

/** How long a calendar of 25 years takes to compile, first in the process and later. */
export type CompileMeasurement = {
  readonly zone: string;
  readonly firstMilliseconds: number;
  readonly laterMilliseconds: number;
};

type CalendarInput = { readonly instant: number; readonly end: number; readonly seconds: number };
type CalendarQuestion = {
  readonly question: string;
  readonly compiled: (calendar: Calendar, input: CalendarInput) => unknown;
  readonly looped: (loop: TemporalLoop, input: CalendarInput) => unknown;
  /** The same with moment-business-time, in the zone of the process. */
  readonly byMoment: (input: CalendarInput) => unknown;
};

const zones = ['Asia/Tokyo', 'America/New_York'] as const;
const calls = 200_000;
/** How many of the inputs the loop answers, too. */
const loopedCalls = 2_000;
/** How many of the inputs moment-business-time answers, too. */
const momentCalls = 500;

const questions: readonly CalendarQuestion[] = [
  {
    question: 'add',
    compiled: (calendar, { instant, seconds }) => calendar.add(instant, seconds),
    looped: (loop, { instant, seconds }) => loop.add(instant, seconds),
    byMoment: ({ instant, seconds }) =>
      makeMoment(instant).addWorkingTime(seconds, 'second').unix(),
  },
  {
    question: 'between',
    compiled: (calendar, { instant, end }) => calendar.between(instant, end),
    looped: (loop, { instant, end }) => loop.between(instant, end),
    byMoment: ({ instant, end }) => makeMoment(end).workingDiff(makeMoment(instant), 'second'),
  },
  {
    question: 'isOpen',
    compiled: (calendar, { instant }) => calendar.isOpen(instant),
    looped: (loop, { instant }) => loop.isOpen(instant),
    byMoment: ({ instant }) => makeMoment(instant).isWorkingTime(),
  },
  {
    question: 'nextOpening',
    compiled: (calendar, { instant }) => calendar.nextOpening(instant),
    looped: (loop, { instant }) => loop.nextOpening(instant),
    byMoment: ({ instant }) => makeMoment(instant).nextWorkingTime().unix(),
  },
];

/**
 * Measures compiled calendars against a plain loop: amounts of up to 40 business hours, times of up
 * to two weeks, at instants throughout five years.
 * @throws Error when any two answers differ
 */
export function measureCalendar(): CalendarMeasurement[] {
  return zones.flatMap((zone) => {
    const version = makeOfficeCalendar(zone);
    const calendar = compileCalendar([version]);
    const loop = new TemporalLoop(version.definition);
    const inputs = makeDistinctInputs();
    return questions.map(({ question, compiled, looped }) => {
      const fast = measureWarm(inputs, (input) => compiled(calendar, input));
      const few = inputs.slice(0, loopedCalls);
      const slow = measureRun(few, (input) => looped(loop, input));
      compareAnswers(`${question} in ${zone}`, few, fast.answers, slow.answers);
      return {
        zone,
        question,
        nanosecondsPerCall: fast.nanosecondsPerCall,
        loopNanosecondsPerCall: slow.nanosecondsPerCall,
      };
    });
  });
}

/**
 * Measures compiled calendars against moment-business-time 2.0.0, with the same inputs as the loop,
 * limited to what it can express: it counts time across a break wrongly, so the office has none,
 * and it takes the second of closing for open, so no input begins or ends in one. It knows only the
 * process's zone, which is changed in the meantime, and the holidays of the inputs' years.
 * @throws Error when any two answers differ
 */
export function measureAgainstMoment(): MomentMeasurement[] {
  return zones.flatMap((zone) => {
    const calendar = compileCalendar([makeOfficeCalendar(zone, ['09:00-17:00'])]);
    const inputs = makeDistinctInputs();
    const few = inputs
      .filter(({ instant, end }) => [instant, end].every((one) => !isClosing(calendar, one)))
      .slice(0, momentCalls);
    return runInZone(zone, () => {
      moment.updateLocale('en', { workinghours: makeMomentWeek(['09:00', '17:00']), holidays });
      return questions.map(({ question, compiled, byMoment }) => {
        const fast = measureWarm(inputs, (input) => compiled(calendar, input));
        const slow = measureWarm(few, byMoment);
        const expected = few.map((input) => compiled(calendar, input));
        compareAnswers(`${question} in ${zone}`, few, expected, slow.answers);
        return {
          zone,
          question,
          nanosecondsPerCall: fast.nanosecondsPerCall,
          momentNanosecondsPerCall: slow.nanosecondsPerCall,
        };
      });
    });
  });
}

const holidays = [...japaneseHolidays].filter((date) => date >= '2024' && date < '2030');

function makeMoment(instant: number): WorkingMoment {
  return moment(instant * 1000);
}

function isClosing(calendar: Calendar, instant: number): boolean {
  return calendar.isOpen(instant - 1) && !calendar.isOpen(instant);
}

/** Makes the hours by day of the week, Sunday first. */
function makeMomentWeek(hours: readonly string[]): Record<number, readonly string[] | null> {
  return { 0: null, 1: hours, 2: hours, 3: hours, 4: hours, 5: hours, 6: null };
}

function runInZone<T>(zone: string, run: () => T): T {
  const former = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    return run();
  } finally {
    if (former === undefined) delete process.env['TZ'];
    else process.env['TZ'] = former;
  }
}

function compareAnswers(
  where: string,
  inputs: readonly CalendarInput[],
  ours: readonly unknown[],
  theirs: readonly unknown[],
): void {
  for (const [index, answer] of theirs.entries()) {
    if (answer !== ours[index]) {
      throw new Error(`${where}, ${JSON.stringify(inputs[index])}: ${answer}, but ${ours[index]}`);
    }
  }
}

/** Measures compiling; valid only in a process that has compiled no calendar yet. */
export function measureCalendarCompile(): CompileMeasurement[] {
  return zones.map((zone) => {
    const milliseconds = Array.from({ length: 6 }, () => {
      const version = makeOfficeCalendar(zone);
      const startedAt = performance.now();
      compileCalendar([version]);
      return performance.now() - startedAt;
    });
    const [firstMilliseconds = 0, ...later] = milliseconds;
    return { zone, firstMilliseconds, laterMilliseconds: Math.min(...later) };
  });
}

function makeOfficeCalendar(
  zone: string,
  office: readonly string[] = ['09:00-12:00', '13:00-17:00'],
): EffectiveCalendarDefinition {
  const definition = CalendarDefinition.parse({
    zone,
    week: { mon: office, tue: office, wed: office, thu: office, fri: office },
    holidays: { feed: 'jp' },
  });
  return { from: 0, definition };
}

function makeDistinctInputs(): CalendarInput[] {
  const begin = Date.UTC(2024, 0, 1) / 1000;
  const fiveYears = 5 * 365 * 86_400;
  // A step that shares no factor with the range reaches every instant once, in no order.
  return Array.from({ length: calls }, (_, index) => {
    const instant = begin + ((index * 61_803_397) % fiveYears);
    return {
      instant,
      end: instant + ((index * 7_919) % (14 * 86_400)),
      seconds: 1 + ((index * 3_571) % (40 * 3600)),
    };
  });
}

/** The first round pays for compiling the code. */
function measureWarm(inputs: readonly CalendarInput[], ask: (input: CalendarInput) => unknown) {
  measureRun(inputs, ask);
  return measureRun(inputs, ask);
}

function measureRun(inputs: readonly CalendarInput[], ask: (input: CalendarInput) => unknown) {
  const answers = new Array<unknown>(inputs.length);
  const startedAt = performance.now();
  for (const [index, input] of inputs.entries()) answers[index] = ask(input);
  const nanosecondsPerCall = ((performance.now() - startedAt) * 1_000_000) / inputs.length;
  return { answers, nanosecondsPerCall };
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Business time as one would write it with Temporal: day by day, interval by interval. */
class TemporalLoop {
  readonly #definition: CalendarDefinition;
  readonly #holidays = new Set(japaneseHolidays);

  constructor(definition: CalendarDefinition) {
    this.#definition = definition;
  }

  add(instant: number, seconds: number): number {
    let left = seconds;
    for (const [open, close] of this.#intervalsFrom(instant)) {
      const available = close - Math.max(open, instant);
      if (available >= left) return Math.max(open, instant) + left;
      left -= Math.max(0, available);
    }
    return Number.NaN;
  }

  between(instant: number, end: number): number {
    let counted = 0;
    for (const [open, close] of this.#intervalsFrom(instant)) {
      if (open >= end) return counted;
      counted += Math.max(0, Math.min(close, end) - Math.max(open, instant));
    }
    return Number.NaN;
  }

  isOpen(instant: number): boolean {
    return this.nextOpening(instant) === instant;
  }

  nextOpening(instant: number): number {
    for (const [open, close] of this.#intervalsFrom(instant)) {
      if (close > instant) return Math.max(open, instant);
    }
    return Number.NaN;
  }

  *#intervalsFrom(instant: number): Generator<readonly [number, number]> {
    const { zone, week } = this.#definition;
    let date = Temporal.Instant.fromEpochMilliseconds(instant * 1000)
      .toZonedDateTimeISO(zone)
      .toPlainDate();
    const resolve = (wall: string) =>
      date.toZonedDateTime({ timeZone: zone, plainTime: wall }).epochMilliseconds / 1000;
    for (; ; date = date.add({ days: 1 })) {
      if (this.#holidays.has(date.toString())) continue;
      for (const interval of week[weekdays[date.dayOfWeek - 1] ?? 'mon'] ?? []) {
        yield [resolve(interval.slice(0, 5)), resolve(interval.slice(6))];
      }
    }
  }
}
