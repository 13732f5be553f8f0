import type { RuleSet } from './rule-set.ts';

/** The versioned rule sets in the ledger. */
export interface RuleSets {
  /** The newest one; undefined while none has been put in force over the shipped one. */
  newest(): Promise<RuleSet | undefined>;
}
