import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { findRuleWarnings } from '../rules/validation/rule-warnings.ts';
import { validateRuleSet } from '../rules/validation/validate-rule-set.ts';
import type { AcceptedConfig, ConfigRemark } from './routing-config.ts';

/** What there is for rules to name. */
export type RuleSetContext = {
  readonly terms: Terms;
  readonly settings: DeskSettings;
  readonly forms: readonly string[];
};

/** Judges a rule set under the number that it would get. */
export function judgeRuleSet(
  document: unknown,
  version: number,
  { terms, settings, forms }: RuleSetContext,
  now: Instant,
): AcceptedConfig<RuleSet> | { readonly faults: readonly ConfigRemark[] } {
  const { serviceLevels } = terms;
  const checked = validateRuleSet(withVersionNumber(document, version), {
    desks: terms.desks.map(({ id }) => id),
    pools: Object.keys(settings.pools),
    calendars: serviceLevels.calendarIds(),
    policies: Object.keys(serviceLevels.policiesAt(now).body.policies),
    forms,
  });
  if ('faults' in checked) return checked;
  return { body: checked.set, warnings: findRuleWarnings(checked.set) };
}

/** What is put carries no number of its own: whatever it says of one is not taken over. */
function withVersionNumber(document: unknown, version: number): unknown {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
    ? { ...document, version }
    : document;
}
