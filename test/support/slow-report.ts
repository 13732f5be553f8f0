import type { Clock } from '../../core/inquiry/clock/clock.ts';
import type { InquiryEvent } from '../../core/inquiry/events/events.ts';

/** The time zones in which months are counted: those of desks, and one for everything else. */
export type DeskZones = { readonly [desk: string]: string } & { readonly otherwise: string };

type EventLine = { readonly id: string; readonly event: InquiryEvent };

/** One cycle or run of a clock, as its events have told it so far. */
type RecordedClockRun = {
  id: string;
  clock: string;
  cycle: number;
  run: number;
  /** The cycle of its first miss, where it continues a miss. */
  missedIn: number | undefined;
  desk: string | undefined;
  priority: string;
  month: string;
  breached: string | undefined;
  verdict: string | undefined;
  elapsed: number | undefined;
  late: number | undefined;
  replaced: boolean;
};

/**
 * A month's report from the events of its inquiries alone, by loops and sorting: for each desk,
 * clock and priority a line of text, in alphabetical order.
 *
 * What each event says of clocks is taken as it is; which cycles count, when, where and as what is
 * determined anew.
 */
export function reportSlowly(
  lines: readonly EventLine[],
  month: string,
  asOf: string,
  zones: DeskZones,
): string[] {
  const runs: RecordedClockRun[] = [];
  const reviews = new Map<string, string>();
  const places = new Map<string, { desk: string | undefined; priority: string }>();
  const latest = new Map<string, RecordedClockRun>();
  for (const { id, event } of lines) {
    // Events are in the order of their inquiry, so what follows was recorded later still.
    if ((event.recordedAt ?? event.at) > asOf) continue;
    const place = places.get(id) ?? { desk: undefined, priority: 'medium' };
    places.set(id, place);
    if (event.type === 'InquiryReceived') place.priority = event.received.priority ?? 'medium';
    if (event.type === 'InquiryRouted') place.priority = event.priority;
    if (event.type === 'InquiryAmended') place.priority = event.priority ?? place.priority;
    if (event.type === 'InquiryRouted' || event.type === 'InquiryTransferred') {
      place.desk = event.desk;
    }
    for (const clock of event.clocks ?? []) recordClock(runs, latest, id, clock, place, zones);
    if (event.type === 'BreachReviewed') {
      const name = `${id} ${event.clock} ${event.cycle}`;
      reviews.set(name, `${event.cause}/${event.party}`);
    }
  }
  const groups = new Map<string, RecordedClockRun[]>();
  for (const one of runs) {
    if (one.replaced || one.month !== month) continue;
    if (one.breached === undefined && one.verdict === undefined) continue;
    const name = `${one.desk ?? '-'} ${one.clock} ${one.priority}`;
    const group = groups.get(name) ?? [];
    group.push(one);
    groups.set(name, group);
  }
  const report: string[] = [];
  for (const [name, group] of groups) report.push(`${name}: ${formatGroupLine(group, reviews)}`);
  return report.sort();
}

function recordClock(
  runs: RecordedClockRun[],
  latest: Map<string, RecordedClockRun>,
  id: string,
  clock: Clock,
  place: { desk: string | undefined; priority: string },
  zones: DeskZones,
): void {
  if (clock.target === undefined) return;
  const name = `${id} ${clock.clock}`;
  const before = latest.get(name);
  let now = before;
  if (before === undefined || before.cycle !== clock.cycle || before.run !== clock.run) {
    const goesOn =
      before !== undefined && (before.cycle === clock.cycle || clock.continues === true);
    if (before !== undefined && goesOn) before.replaced = true;
    now = {
      ...{ id, clock: clock.clock, cycle: clock.cycle, run: clock.run },
      missedIn: goesOn && before?.breached !== undefined ? before.missedIn : undefined,
      // A miss stays where it was.
      desk: goesOn && before?.breached !== undefined ? before.desk : undefined,
      priority: goesOn && before?.breached !== undefined ? before.priority : '',
      month: goesOn && before?.breached !== undefined ? before.month : '',
      breached: goesOn ? before?.breached : undefined,
      ...{ verdict: undefined, elapsed: undefined, late: undefined, replaced: false },
    };
    runs.push(now);
    latest.set(name, now);
  }
  if (now === undefined) return;
  const isJudged = now.month !== '';
  if (clock.breachedAt !== undefined) {
    now.breached = clock.breachedAt;
    now.missedIn = now.missedIn ?? clock.cycle;
  }
  if (clock.endedAt !== undefined) {
    now.verdict = clock.verdict;
    now.elapsed = clock.elapsed;
    if (now.breached !== undefined && clock.elapsed !== undefined) {
      now.late = Math.max(0, clock.elapsed - (clock.elapsedAtBreach ?? 0));
    }
  }
  const at = clock.breachedAt ?? clock.endedAt;
  if (isJudged || at === undefined) return;
  const isOfDesk = clock.clock === 'pickup' || clock.clock === 'ownership';
  now.desk = isOfDesk ? clock.desk : place.desk;
  now.priority = place.priority;
  now.month = computeMonthIn(at, zones[now.desk ?? ''] ?? zones.otherwise);
}

const dates = new Map<string, Intl.DateTimeFormat>();

/** The month by the clocks of a zone, from the date as Swedes write it there: 2026-11-30. */
function computeMonthIn(at: string, timeZone: string): string {
  const written = dates.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone });
  dates.set(timeZone, written);
  return written.format(new Date(at)).slice(0, 7);
}

function formatGroupLine(
  group: readonly RecordedClockRun[],
  reviews: ReadonlyMap<string, string>,
): string {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const elapsed: number[] = [];
  const late: string[] = [];
  for (const one of group) {
    const how = one.breached === undefined ? (one.verdict ?? '') : 'missed';
    count(how);
    if ((how === 'met' || how === 'missed') && one.elapsed !== undefined) elapsed.push(one.elapsed);
    if (how !== 'missed') continue;
    if (one.verdict === undefined) count('running');
    count(reviews.get(`${one.id} ${one.clock} ${one.missedIn}`) ?? 'unreviewed');
    if (one.late !== undefined) late.push(`${String(one.late).padStart(9, '0')} ${one.breached}`);
  }
  const met = counts.get('met') ?? 0;
  const judged = met + (counts.get('missed') ?? 0);
  // All digits are cut off behind the first decimal.
  const share = judged === 0 ? null : Number(/^\d+(\.\d)?/.exec(String((100 * met) / judged))?.[0]);
  const parts = [...counts].map(([what, times]) => `${what}=${times}`).sort();
  return [
    ...parts,
    `attainment=${share}`,
    `median=${computePercentileSlowly(elapsed, 50)}`,
    `p90=${computePercentileSlowly(elapsed, 90)}`,
    `worst=${findWorst(late).join(',')}`,
  ].join(' ');
}

/** The least value that at least so many percent of the values do not exceed. */
function computePercentileSlowly(values: readonly number[], percent: number): number | null {
  for (const candidate of [...values].sort((one, other) => one - other)) {
    const reached = values.filter((value) => value <= candidate).length;
    if (reached * 100 >= percent * values.length) return candidate;
  }
  return null;
}

/** By how much the five latest were late, without leading zeros. */
function findWorst(late: readonly string[]): number[] {
  return [...late]
    .sort()
    .reverse()
    .slice(0, 5)
    .map((text) => Number(text.slice(0, 9)));
}
