import type { DeskId, Instant } from '../inquiry/values/ids.ts';
import type { OverflowChange } from './placement/evaluate-overflow.ts';
import type { RuleSet } from './rules/rule-set.ts';

/** The versioned rule sets in the ledger. */
export interface RuleSets {
  /** Undefined while the shipped rule set is in force. */
  readNewest(): Promise<RuleSet | undefined>;
}

/** Whether a desk's overflow is active, and how often that has changed. */
export type OverflowState = { readonly active: boolean; readonly revision: number };

/** The overflows of all desks, shared by all routers. */
export interface OverflowStates {
  /** Strongly consistent; inactive at revision 0 where it was never active. */
  read(desk: DeskId): Promise<OverflowState>;
  /** False when the overflow has changed since the revision that was read. */
  change(change: OverflowChange, revision: number, at: Instant): Promise<boolean>;
}

/** How many inquiries have come to an outsourced desk in a month of its calendar's zone. */
export interface DeskVolumes {
  count(desk: DeskId, month: string): Promise<number>;
}
