import * as z from 'zod';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import { DeskSettingsVersion } from '../../inquiry/terms/desk-settings.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { Instant } from '../../inquiry/values/ids.ts';
import {
  type ConfigureRoutingDependencies,
  type RoutingConfigRefusal,
  readConfigVersion,
} from '../configuration/configure-routing.ts';
import { judgeDeskSettings } from '../configuration/judge-desk-settings.ts';
import { judgeRuleSet } from '../configuration/judge-rule-set.ts';
import type { ConfigRemark } from '../configuration/routing-config.ts';
import { RuleSet } from '../rules/rule-set.ts';

/** All that a simulation needs, in full, so that it stays the same however long it runs. */
export const SimulationOrder = z.strictObject({
  from: Instant,
  /** Exclusive. */
  until: Instant,
  rules: RuleSet,
  settings: DeskSettingsVersion,
  /** Where the rules and settings come from. */
  of: z.strictObject({
    rules: z.enum(['in-force', 'version', 'document']),
    settings: z.enum(['in-force', 'document']),
  }),
});
export type SimulationOrder = z.infer<typeof SimulationOrder>;

/** What a lead asks to simulate; anything absent is as in force. */
export type SimulationRequest = {
  readonly from: Instant;
  readonly until: Instant;
  readonly document?: unknown;
  readonly version?: number | undefined;
  readonly settings?: unknown;
};

/** The longest period, the same as for the audit. */
const dayLimit = 92;
const faultLimit = 100;

/**
 * Checks all that is to be simulated as if it were put in force, and makes the order.
 *
 * Refuses `invalid.body` with a pointer to each fault, and `config.unknown-version`.
 */
export async function orderSimulation(
  dependencies: Omit<ConfigureRoutingDependencies, 'compare'>,
  request: SimulationRequest,
  now: Instant,
): Promise<SimulationOrder | RoutingConfigRefusal> {
  const { from, until, version, document } = request;
  const periodFaults = findPeriodFaults(request, now);
  const terms = await dependencies.terms.read();
  const rules = await readConfigVersion(dependencies, 'routing', version);
  if (isRefusal(rules)) return rules;
  const hasDocument = document !== undefined;
  const [settings, settingsFaults] = await judgeSettings(
    dependencies,
    request,
    rules.body,
    terms,
    now,
  );
  const number = rules.version + (hasDocument ? 1 : 0);
  const known = { terms, settings: settings.body, forms: dependencies.forms };
  const judgement = judgeRuleSet(hasDocument ? document : rules.body, number, known, now);
  const rulesFaults = 'faults' in judgement ? judgement.faults : [];
  const faults = [
    ...periodFaults,
    ...settingsFaults.map(({ pointer, detail }) => ({
      pointer: `/settings${pointer}`,
      detail,
    })),
    ...rulesFaults.map(({ pointer, detail }) => ({
      pointer: hasDocument ? `/document${pointer}` : '/version',
      detail: hasDocument ? detail : `${pointer}: ${detail}`,
    })),
  ];
  if ('faults' in judgement || faults.length > 0) return refuseFaults(faults);
  return {
    ...{ from, until, rules: judgement.body, settings },
    of: {
      rules: hasDocument ? 'document' : version === undefined ? 'in-force' : 'version',
      settings: request.settings === undefined ? 'in-force' : 'document',
    },
  };
}

/** Falls back to those in force where they are absent or faulty, so that rules are checked too. */
async function judgeSettings(
  dependencies: Omit<ConfigureRoutingDependencies, 'compare'>,
  { settings: document, document: rulesDocument }: SimulationRequest,
  rules: RuleSet,
  terms: Terms,
  now: Instant,
): Promise<[DeskSettingsVersion, readonly ConfigRemark[]]> {
  if (document === undefined) return [terms.settings, []];
  // The pools that must stay are those of the rules simulated with it.
  const proposedRules = RuleSet.safeParse(
    typeof rulesDocument === 'object' ? { ...rulesDocument, version: rules.version } : rules,
  );
  const context = { ...dependencies, terms, rules: proposedRules.data ?? rules, now };
  const judgement = await judgeDeskSettings(document, context);
  if ('faults' in judgement) return [terms.settings, judgement.faults];
  const version = terms.settings.version + 1;
  return [{ version, recordedAt: now, body: judgement.body }, []];
}

function findPeriodFaults({ from, until }: SimulationRequest, now: Instant): ConfigRemark[] {
  const days = (Date.parse(until) - Date.parse(from)) / 86_400_000;
  if (until > now) return [{ pointer: '/until', detail: 'is not over yet' }];
  if (days <= 0) return [{ pointer: '/until', detail: 'is not after from' }];
  if (days > dayLimit)
    return [{ pointer: '/from', detail: `is more than ${dayLimit} days before` }];
  return [];
}

function refuseFaults(
  faults: readonly ConfigRemark[],
): Refusal & { readonly faults: readonly ConfigRemark[] } {
  return {
    ...refuse('invalid.body', 'This cannot be simulated; see errors.'),
    faults: faults.slice(0, faultLimit),
  };
}
