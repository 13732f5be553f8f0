import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { warningsOf } from '../rules/validation/rule-warnings.ts';
import { validateRuleSet } from '../rules/validation/validate-rule-set.ts';
import type { Judged, Remark } from './routing-config.ts';

/** What there is for rules to name. */
export type KnownToRules = {
  readonly terms: Terms;
  readonly settings: DeskSettings;
  readonly forms: readonly string[];
};

/** Judges a rule set under the number that it would get. */
export function judgeRuleSet(
  document: unknown,
  version: number,
  { terms, settings, forms }: KnownToRules,
  now: Instant,
): Judged<RuleSet> | { readonly faults: readonly Remark[] } {
  const { serviceLevels: levels } = terms;
  const checked = validateRuleSet(numbered(document, version), {
    desks: terms.desks.map(({ id }) => id),
    pools: Object.keys(settings.pools),
    calendars: levels.calendarIds(),
    policies: Object.keys(levels.policiesAt(now).body.policies),
    forms,
  });
  if ('faults' in checked) return checked;
  return { body: checked.set, warnings: warningsOf(checked.set) };
}

/** What is put carries no number of its own: whatever it says of one is not taken over. */
function numbered(document: unknown, version: number): unknown {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
    ? { ...document, version }
    : document;
}
