import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { DeskId } from '../../inquiry/values/ids.ts';

/** Finds the records for a month's report; strongly consistent. */
export interface MonthRecords {
  /** All records of a month at a desk, or of inquiries that were at none, in pages in any order. */
  readMonth(month: string, desk: DeskId | undefined): AsyncIterable<readonly VerdictRecord[]>;
}
