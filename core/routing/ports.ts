import type { DeskId, Instant } from '../inquiry/values/ids.ts';
import type { OverflowChange } from './placement/evaluate-overflow.ts';
import type { RuleSet } from './rules/rule-set.ts';

/** The versioned rule sets in the ledger. */
export interface RuleSets {
  /** The newest one; undefined while none has been put in force over the shipped one. */
  readNewest(): Promise<RuleSet | undefined>;
}

/** Whether a desk's overflow stands open, and how often that has changed. */
export type OverflowState = { readonly active: boolean; readonly revision: number };

/** The overflows of all desks, on which all routers agree. */
export interface OverflowStates {
  /** Read consistently; closed, of revision 0, where it never stood open. */
  read(desk: DeskId): Promise<OverflowState>;
  /** Turns it, unless it has been turned since the revision that was read; false otherwise. */
  change(change: OverflowChange, revision: number, at: Instant): Promise<boolean>;
}

/** How many inquiries have come to an outsourced desk in a month of its calendar's zone. */
export interface DeskVolumes {
  count(desk: DeskId, month: string): Promise<number>;
}
