import type { InquiryStatus } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { PlacementRule, placementFacts } from '../rules/placement-reasons.ts';
import type { ReasonFact } from '../rules/reason-facts.ts';
import type { RuleActions } from '../rules/rule-set.ts';

/** Display names of the things in a reason, in one language. */
export type RoutingDisplayNames = {
  desk(id: string): string;
  pool(id: string): string;
  service(id: string): string;
  time(at: Instant): string;
};

export type ExplainedFact = ReasonFact | (typeof placementFacts)[number];
/** What a step may set; placement may set until when the inquiry is held. */
export type ExplainedField = keyof RuleActions | 'availableAt';
export type RoutingStepName = PlacementRule | 'otherwise' | 'services';

/** A step of a routing in words: its name, its reasons and what it set. */
export type ExplainedStep = {
  readonly name: string;
  readonly matched: boolean;
  readonly reasons: readonly string[];
  readonly sets: readonly string[];
  readonly decides: boolean;
};

/** All the words of an explanation, in one language. */
export type ExplanationWords = {
  readonly facts: Readonly<
    Record<ExplainedFact, (value: string, names: RoutingDisplayNames) => string>
  >;
  readonly steps: Readonly<Record<RoutingStepName, string>>;
  /** The value is undefined where the version that had it is gone. */
  readonly sets: Readonly<
    Record<ExplainedField, (value: string | undefined, names: RoutingDisplayNames) => string>
  >;
  readonly rule: (step: ExplainedStep) => string;
  readonly step: (
    rule: RoutingStepName,
    step: ExplainedStep & { readonly holds: boolean },
  ) => string;
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
