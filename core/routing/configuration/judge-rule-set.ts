import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { findRuleWarnings } from '../rules/validation/rule-warnings.ts';
import { validateRuleSet } from '../rules/validation/validate-rule-set.ts';
import type { AcceptedConfig, ConfigRemark } from './routing-config.ts';

/** What rules may refer to. */
export type RuleSetContext = {
  readonly terms: Terms;
  readonly settings: DeskSettings;
  readonly forms: readonly string[];
};

/** Checks a rule set under the version number it would get. */
export function judgeRuleSet(
  document: unknown,
  version: number,
  { terms, settings, forms }: RuleSetContext,
  now: Instant,
): AcceptedConfig<RuleSet> | { readonly faults: readonly ConfigRemark[] } {
  const { serviceLevels } = terms;
  const validation = validateRuleSet(withVersionNumber(document, version), {
    desks: terms.desks.map(({ id }) => id),
    pools: Object.keys(settings.pools),
    calendars: serviceLevels.calendarIds(),
    policies: Object.keys(serviceLevels.policiesAt(now).body.policies),
    forms,
  });
  if ('faults' in validation) return validation;
  return { body: validation.set, warnings: findRuleWarnings(validation.set) };
}

/** Replaces any version number in the document, since the ledger assigns it. */
function withVersionNumber(document: unknown, version: number): unknown {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
    ? { ...document, version }
    : document;
}
