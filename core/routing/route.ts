import type { EventOf } from '../inquiry/events.ts';
import { Priority } from '../inquiry/vocabulary.ts';
import { normalize, type RoutingFacts } from './facts.ts';
import type { Condition, RuleSet } from './rule-set.ts';

/** Where an inquiry goes, with each matched rule's part in it. */
export type Route = Pick<
  EventOf<'InquiryRouted'>,
  'desk' | 'priority' | 'category' | 'policy' | 'tags' | 'rules' | 'trace'
>;

/** A rule set made ready: asked as often as inquiries come, made once per version. */
export type CompiledRules = (facts: RoutingFacts) => Route;

/** Why a condition holds, in terms of the facts; undefined when it does not. */
type Test = (facts: RoutingFacts) => readonly string[] | undefined;

const reasonLimit = 20;

/** Compiles a rule set to a function of the facts. */
export function compileRules(set: RuleSet): CompiledRules {
  const rules = set.rules.map((rule) => ({ ...rule, test: compile(rule.when) }));
  return (facts) => {
    let desk: Route['desk'] | undefined;
    let priority: Priority | undefined;
    let category: string | undefined;
    let policy: Route['policy'];
    const tags = new Set<string>();
    const trace: Route['trace'] = [];
    for (const rule of rules) {
      const because = rule.test(facts);
      if (because === undefined) continue;
      const decidesDesk = rule.set.desk !== undefined && desk === undefined;
      const names = Object.keys(rule.set).filter((name) => name !== 'desk' || decidesDesk);
      trace.push({
        rule: rule.id,
        matched: true,
        because: because.slice(0, reasonLimit).map((reason) => reason.slice(0, 200)),
        set: names,
      });
      desk ??= rule.set.desk;
      priority = rule.set.priority ?? priority;
      category = rule.set.category ?? category;
      policy = rule.set.policy ?? policy;
      for (const tag of rule.set.tags ?? []) tags.add(tag);
    }
    const { otherwise } = set;
    const defaults = [
      ...(desk === undefined ? ['desk'] : []),
      ...(priority === undefined ? ['priority'] : []),
      ...(category === undefined ? ['category'] : []),
    ];
    if (defaults.length > 0) {
      trace.push({ rule: 'otherwise', matched: true, because: [], set: defaults });
    }
    return {
      desk: desk ?? otherwise.desk,
      priority: priorityOf(facts, priority, otherwise.priority),
      category: category ?? otherwise.category,
      ...(policy === undefined ? {} : { policy }),
      tags: [...tags].slice(0, 20),
      rules: set.version,
      trace: trace.slice(0, 100),
    };
  };
}

/** What a person has already set stays, unless a rule raises it. */
function priorityOf(facts: RoutingFacts, ruled: Priority | undefined, otherwise: Priority) {
  if (facts.priority === 'medium') return ruled ?? otherwise;
  if (ruled === undefined) return facts.priority;
  const [higher = ruled] = Priority.options.filter(
    (one) => one === ruled || one === facts.priority,
  );
  return higher;
}

function compile(condition: Condition): Test {
  if ('all' in condition) {
    const tests = condition.all.map(compile);
    return (facts) => {
      const reasons: string[] = [];
      for (const test of tests) {
        const because = test(facts);
        if (because === undefined) return undefined;
        reasons.push(...because);
      }
      return reasons;
    };
  }
  if ('any' in condition) {
    const tests = condition.any.map(compile);
    return (facts) => {
      for (const test of tests) {
        const because = test(facts);
        if (because !== undefined) return because;
      }
      return undefined;
    };
  }
  if ('not' in condition) {
    const test = compile(condition.not);
    return (facts) => (test(facts) === undefined ? ['not'] : undefined);
  }
  if ('text' in condition) {
    const phrases = condition.text.map((phrase) => [phrase, normalize(phrase)] as const);
    return ({ text }) => {
      const found = phrases.find(([, normalized]) => text.includes(normalized));
      return found === undefined ? undefined : [`text: ${found[0]}`];
    };
  }
  if ('channel' in condition) return oneOf('channel', condition.channel);
  if ('form' in condition) return oneOf('form', condition.form);
  if ('senderDomain' in condition) {
    return oneOf(
      'senderDomain',
      condition.senderDomain.map((domain) => domain.toLowerCase()),
    );
  }
  if ('department' in condition) return oneOf('department', condition.department);
  if ('language' in condition) return oneOf('language', condition.language);
  if ('automated' in condition) return is('automated', condition.automated);
  if ('vip' in condition) return is('vip', condition.vip);
  if ('external' in condition) return is('external', condition.external);
  return condition satisfies never;
}

type TextFact = 'channel' | 'form' | 'senderDomain' | 'department' | 'language';

function oneOf(fact: TextFact, accepted: readonly string[]): Test {
  const values = new Set(accepted);
  return (facts) => {
    const value = facts[fact];
    return value !== undefined && values.has(value) ? [`${fact}: ${value}`] : undefined;
  };
}

function is(fact: 'automated' | 'vip' | 'external', wanted: boolean): Test {
  return (facts) => (facts[fact] === wanted ? [`${fact}: ${wanted}`] : undefined);
}
