import type { ClockName } from '../../inquiry/clock/clock.ts';
import type { SlaVerdict, VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { InquiryLedger } from '../../inquiry/ports.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { type DeskId, type Instant, instantOf } from '../../inquiry/values/ids.ts';
import type { Priority } from '../../inquiry/values/vocabulary.ts';
import type { BreachSelection, VerdictLedger } from '../ports.ts';
import { nextMonthOf } from '../report-months.ts';
import { type Breach, type BreachRecord, findBreachRecord, showBreach } from './breach.ts';

/** Which breaches to list; an absent criterion matches all. */
export type BreachFilter = {
  readonly desk?: DeskId | undefined;
  readonly clock?: ClockName | undefined;
  readonly priority?: Priority | undefined;
  /** `yyyy-mm`, under which they are reported. */
  readonly month?: string | undefined;
  readonly reviewed?: boolean | undefined;
};

export type ListBreachesDependencies = {
  readonly verdicts: Pick<VerdictLedger, 'listBreaches' | 'readClockRecords'>;
  readonly ledger: Pick<InquiryLedger, 'load'>;
};

/**
 * A page scans at most this many breaches, and holds fewer than asked for when the filter drops
 * most of them.
 */
export const breachScanLimit = 1_000;
const readPageSize = 100;

/**
 * Lists breaches: first those without a review, oldest first so that none is forgotten, then the
 * reviewed ones, newest first.
 *
 * @param after the `next` of the page before
 */
export async function listBreaches(
  { verdicts, ledger }: ListBreachesDependencies,
  filter: BreachFilter,
  limit: number,
  after: string | undefined,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  now: Instant,
): Promise<{ breaches: Breach[]; next?: string }> {
  const { records, next } = await readPage(verdicts, filter, limit, after);
  const breaches = await Promise.all(
    records.map(async (record) => {
      const breach = await withLatestVerdict(verdicts, record);
      const isRunning = breach.latest.endedAt === undefined;
      const loaded = isRunning ? await ledger.load(breach.latest.inquiryId) : undefined;
      return showBreach(breach, loaded?.inquiry, serviceLevels, now);
    }),
  );
  return next === undefined ? { breaches } : { breaches, next };
}

/** A position in the whole list: after an entry of one of its two parts, or at a part's start. */
type ListPosition = { readonly state: BreachSelection['state']; readonly place?: string };

async function readPage(
  verdicts: Pick<VerdictLedger, 'listBreaches'>,
  filter: BreachFilter,
  limit: number,
  after: string | undefined,
): Promise<{ records: VerdictRecord[]; next?: string }> {
  const bounds = filter.month === undefined ? {} : monthBoundsOf(filter.month);
  const records: VerdictRecord[] = [];
  let position: ListPosition | undefined =
    after === undefined ? firstPositionOf(filter) : parsePosition(after);
  for (let seen = 0; position !== undefined && seen < breachScanLimit; seen += readPageSize) {
    const { state }: ListPosition = position;
    const page = await verdicts.listBreaches({ state, ...bounds }, readPageSize, position.place);
    for (const { at, record } of page.breaches) {
      const isMatch = matchesFilter(record.verdict, filter);
      if (isMatch && records.length === limit) return { records, next: formatPosition(position) };
      if (isMatch) records.push(record);
      position = { state, place: at };
    }
    position =
      page.next === undefined ? findNextPosition(state, filter) : { state, place: page.next };
  }
  return position === undefined ? { records } : { records, next: formatPosition(position) };
}

function firstPositionOf({ reviewed }: BreachFilter): ListPosition {
  return { state: reviewed ? 'done' : 'open' };
}

/** Where the list continues when one of its parts has ended. */
function findNextPosition(
  state: ListPosition['state'],
  { reviewed }: BreachFilter,
): ListPosition | undefined {
  return state === 'open' && reviewed === undefined ? { state: 'done' } : undefined;
}

function formatPosition({ state, place }: ListPosition): string {
  return place === undefined ? state : `${state} ${place}`;
}

function parsePosition(text: string): ListPosition {
  const [state, place] = text.split(' ');
  return { state: state === 'done' ? 'done' : 'open', ...(place === undefined ? {} : { place }) };
}

/** The instants at which a month begins first and ends last on earth, UTC+14 to UTC-12. */
function monthBoundsOf(month: string): { from: Instant; before: Instant } {
  const hour = 3_600_000;
  return {
    from: instantOf(Date.parse(`${month}-01T00:00:00Z`) - 14 * hour),
    before: instantOf(Date.parse(`${nextMonthOf(month)}-01T00:00:00Z`) + 12 * hour),
  };
}

function matchesFilter({ judged, clock }: SlaVerdict, filter: BreachFilter): boolean {
  return (
    (filter.desk === undefined || filter.desk === judged.desk) &&
    (filter.clock === undefined || filter.clock === clock) &&
    (filter.priority === undefined || filter.priority === judged.priority) &&
    (filter.month === undefined || filter.month === judged.month)
  );
}

/** A miss that another run or cycle has inherited ends there. */
async function withLatestVerdict(
  verdicts: Pick<VerdictLedger, 'readClockRecords'>,
  record: VerdictRecord,
): Promise<BreachRecord> {
  const { verdict } = record;
  if (record.supersededAt === undefined) return { record, latest: verdict };
  return (
    findBreachRecord(await verdicts.readClockRecords(verdict), verdict.cycle) ?? {
      record,
      latest: verdict,
    }
  );
}
