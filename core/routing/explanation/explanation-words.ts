import type { InquiryStatus } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { PlacementRule, placementFacts } from '../rules/placement-reasons.ts';
import type { ReasonFact } from '../rules/reason-facts.ts';
import type { Actions } from '../rules/rule-set.ts';

/** What the things in a reason are called, in one language. */
export type Names = {
  desk(id: string): string;
  pool(id: string): string;
  service(id: string): string;
  time(at: Instant): string;
};

export type Fact = ReasonFact | (typeof placementFacts)[number];
/** What a step may set; a placement sets until when it is held back. */
export type SetField = keyof Actions | 'availableAt';
export type StepName = PlacementRule | 'otherwise' | 'services';

/** A step as it is told: what it is called, why it was taken, and what it set. */
export type Telling = {
  readonly name: string;
  readonly matched: boolean;
  readonly reasons: readonly string[];
  readonly sets: readonly string[];
  readonly decides: boolean;
};

/** Everything that an explanation says, in one language. */
export type ExplainWords = {
  readonly facts: Readonly<Record<Fact, (value: string, names: Names) => string>>;
  readonly steps: Readonly<Record<StepName, string>>;
  /** Without a value where the version that had it is not known. */
  readonly sets: Readonly<Record<SetField, (value: string | undefined, names: Names) => string>>;
  readonly rule: (step: Telling) => string;
  readonly step: (rule: StepName, step: Telling & { readonly holds: boolean }) => string;
  readonly routed: (routing: {
    readonly at: string;
    readonly desk: string;
    readonly priority: string;
    readonly category: string;
    readonly by?: string;
    readonly until?: string;
  }) => string;
  readonly transferred: (transfer: {
    readonly at: string;
    readonly by: string;
    readonly from?: string;
    readonly desk: string;
  }) => string;
  readonly system: string;
  readonly separator: string;
  readonly summary: {
    readonly routed: (desk: string, by: string | undefined, transfers: number) => string;
    /** Why it has not been routed. */
    readonly unrouted: Readonly<Record<InquiryStatus | 'transferred', string>>;
  };
};
