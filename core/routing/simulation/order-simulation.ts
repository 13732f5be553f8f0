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

/** What is simulated, over what: whole, so that it stays the same however long it takes. */
export const SimulationOrder = z.strictObject({
  from: Instant,
  /** Not included. */
  until: Instant,
  rules: RuleSet,
  settings: DeskSettingsVersion,
  /** Where these come from. */
  of: z.strictObject({
    rules: z.enum(['in-force', 'version', 'document']),
    settings: z.enum(['in-force', 'document']),
  }),
});
export type SimulationOrder = z.infer<typeof SimulationOrder>;

/** What a lead asks to be simulated; what is not given is as it is in force. */
export type SimulationRequest = {
  readonly from: Instant;
  readonly until: Instant;
  readonly document?: unknown;
  readonly version?: number | undefined;
  readonly settings?: unknown;
};

/** The longest period, which is that of the audit too. */
const dayLimit = 92;
const faultLimit = 100;

/**
 * Judges what is to be simulated whole, as if it were put in force.
 *
 * Refuses `invalid.body` with a pointer to each fault, and `config.unknown-version`.
 */
export async function orderSimulation(
  dependencies: Omit<ConfigureRoutingDependencies, 'compare'>,
  request: SimulationRequest,
  now: Instant,
): Promise<SimulationOrder | RoutingConfigRefusal> {
  const { from, until, version, document } = request;
  const outOf = findPeriodFaults(request, now);
  const terms = await dependencies.terms.read();
  const rules = await readConfigVersion(dependencies, 'routing', version);
  if (isRefusal(rules)) return rules;
  const isGiven = document !== undefined;
  const [settings, faultsOfSettings] = await judgeSettings(
    dependencies,
    request,
    rules.body,
    terms,
    now,
  );
  const number = rules.version + (isGiven ? 1 : 0);
  const known = { terms, settings: settings.body, forms: dependencies.forms };
  const judged = judgeRuleSet(isGiven ? document : rules.body, number, known, now);
  const faultsOfRules = 'faults' in judged ? judged.faults : [];
  const faults = [
    ...outOf,
    ...faultsOfSettings.map(({ pointer, detail }) => ({
      pointer: `/settings${pointer}`,
      detail,
    })),
    ...faultsOfRules.map(({ pointer, detail }) => ({
      pointer: isGiven ? `/document${pointer}` : '/version',
      detail: isGiven ? detail : `${pointer}: ${detail}`,
    })),
  ];
  if ('faults' in judged || faults.length > 0) return refuseFaults(faults);
  return {
    ...{ from, until, rules: judged.body, settings },
    of: {
      rules: isGiven ? 'document' : version === undefined ? 'in-force' : 'version',
      settings: request.settings === undefined ? 'in-force' : 'document',
    },
  };
}

/** Those in force where none are given or they are faulty, so that the rules are judged as well. */
async function judgeSettings(
  dependencies: Omit<ConfigureRoutingDependencies, 'compare'>,
  { settings: document, document: rulesGiven }: SimulationRequest,
  rules: RuleSet,
  terms: Terms,
  now: Instant,
): Promise<[DeskSettingsVersion, readonly ConfigRemark[]]> {
  if (document === undefined) return [terms.settings, []];
  // Which pools must stay is for the rules that are simulated with it to say.
  const proposed = RuleSet.safeParse(
    typeof rulesGiven === 'object' ? { ...rulesGiven, version: rules.version } : rules,
  );
  const context = { ...dependencies, terms, rules: proposed.data ?? rules, now };
  const judged = await judgeDeskSettings(document, context);
  if ('faults' in judged) return [terms.settings, judged.faults];
  const version = terms.settings.version + 1;
  return [{ version, recordedAt: now, body: judged.body }, []];
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
