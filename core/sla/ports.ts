import type { VerdictKey, VerdictRecord } from '../inquiry/clock/verdict.ts';
import type { InquiryId, Instant } from '../inquiry/values/ids.ts';

/** Something with an alarm: an inquiry, an unfinished job, or an unsent notice of either. */
export type DueAlarm =
  | { readonly kind: 'inquiry'; readonly inquiryId: InquiryId; readonly alarmAt: Instant }
  | {
      readonly kind: 'notice';
      readonly inquiryId: InquiryId;
      readonly notice: string;
      readonly alarmAt: Instant;
    }
  | { readonly kind: 'job'; readonly jobId: string; readonly alarmAt: Instant }
  | {
      readonly kind: 'job-notice';
      readonly jobId: string;
      readonly notice: string;
      readonly alarmAt: Instant;
    };

/** The alarms index, all its shards; it only suggests which alarms to fire. */
export interface AlarmIndex {
  /** Alarms due from one instant up to but not including another, in pages. */
  findDue(from: Instant, before: Instant): AsyncIterable<readonly DueAlarm[]>;
}

/** How far the sweep has come; only one sweep advances it at a time. */
export interface SweepMark {
  /** The last slot whose alarms have been sent; undefined before the first sweep. */
  read(): Promise<number | undefined>;
  /** False when another sweep has advanced it meanwhile. */
  advance(from: number | undefined, to: number): Promise<boolean>;
}

/** The queues to which alarms are sent. */
export interface AlarmQueues {
  /** Throws unless all are accepted. */
  send(alarms: readonly DueAlarm[], now: Instant): Promise<void>;
  /** How many alarms are waiting to fire now, apart from the delayed ones. */
  countBacklog(): Promise<number>;
}

/** Which breaches to list: `open` ones, which nobody has reviewed, or `done` ones. */
export type BreachSelection = {
  readonly state: 'open' | 'done';
  /** Only breaches from this instant up to but not including `before`. */
  readonly from?: Instant;
  readonly before?: Instant;
};

/** A record of a breach; `at` is its place in the order of all breaches. */
export type ListedBreach = { readonly at: string; readonly record: VerdictRecord };

/** The records of verdicts. All reads are strongly consistent unless they say otherwise. */
export interface VerdictLedger {
  /**
   * Breaches by when they happened: the open ones oldest first, the reviewed ones newest first.
   *
   * The index may lag a moment, but each record is returned as it is now, so a page may hold fewer
   * than there are. `next` is undefined after the last page.
   */
  listBreaches(
    list: BreachSelection,
    limit: number,
    after?: string,
  ): Promise<{ breaches: ListedBreach[]; next?: string }>;
  /** The records of one clock of an inquiry in one month and desk, by cycle and run. */
  readClockRecords(clock: Omit<VerdictKey, 'cycle' | 'run'>): Promise<VerdictRecord[]>;
}
