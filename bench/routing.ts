import { LogicEngine } from 'json-logic-engine';
import { Engine } from 'json-rules-engine';
import type { Instant } from '../core/inquiry/values/ids.ts';
import { compileRules } from '../core/routing/rules/compile/compile-rules.ts';
import type { RuleCondition } from '../core/routing/rules/conditions.ts';
import { normalizeText } from '../core/routing/rules/normalize-text.ts';
import type { RoutingFacts } from '../core/routing/rules/routing-facts.ts';
import { type RoutingRule, RuleSet } from '../core/routing/rules/rule-set.ts';

/** The cost of routing one inquiry by a rule set and by two common rule engines. */
export type RoutingMeasurement = {
  readonly rules: number;
  /** The cost of compiling the set, once. */
  readonly compileMilliseconds: number;
  readonly microseconds: number;
  readonly jsonLogicMicroseconds: number;
  readonly jsonRulesMicroseconds: number;
};

const inquiries = 20_000;
/** How many of the inquiries the others answer, too, per thousand rules. */
const logicInquiries = 2_000;
const rulesInquiries = 20;

const matters = [
  'vpn',
  'プリンタ',
  'パスワード',
  'outlook',
  '無線lan',
  '経費精算',
  'sap',
  'モニタ',
];
const troubles = ['つながらない', '動かない', 'ロックされ', 'が遅い', 'エラー', 'を交換', 'の申請'];
const departments = ['営業部', '総務部', '経理部', '人事部', '開発部'];
const words =
  'お世話になっております。昨日の夕方から、同じ画面が出て先に進めません。急ぎではありませんが、確認をお願いします。'.split(
    /(?<=[、。])/,
  );

/**
 * Measures routing against `json-rules-engine` and compiled `json-logic-engine`, by rules of the
 * kinds that all three can express, on distinct inquiries.
 * @throws Error when any two desks or categories differ
 */
export async function measureRouting(): Promise<RoutingMeasurement[]> {
  const measurements: RoutingMeasurement[] = [];
  const inputs = Array.from({ length: inquiries }, (_, index) => makeFacts(index));
  for (const rules of [10, 100, 1_000]) measurements.push(await measureRuleSet(rules, inputs));
  return measurements;
}

async function measureRuleSet(
  count: number,
  inputs: readonly RoutingFacts[],
): Promise<RoutingMeasurement> {
  const set = RuleSet.parse({
    version: 1,
    rules: Array.from({ length: count }, (_, index) => makeRule(index)),
    otherwise: { desk: 'bpo', priority: 'medium', category: 'general' },
  });
  const startedAt = performance.now();
  const compiled = compileRules(set);
  const compileMilliseconds = performance.now() - startedAt;
  const answer = (facts: RoutingFacts) => {
    const { desk, category } = compiled.route(facts);
    return `${desk} ${category}`;
  };
  // The first round pays for compiling the code.
  await measureAnswers(inputs, answer);
  const ours = await measureAnswers(inputs, answer);
  const share = 1_000 / Math.max(100, count);
  const logic = await measureAnswers(
    inputs.slice(0, logicInquiries * share),
    compileJsonLogic(set),
  );
  const rules = await measureAnswers(
    inputs.slice(0, rulesInquiries * share),
    compileJsonRules(set),
  );
  for (const others of [logic, rules]) {
    for (const [index, other] of others.answers.entries()) {
      if (other === ours.answers[index]) continue;
      throw new Error(`inquiry ${index} of ${count} rules: ${ours.answers[index]}, but ${other}`);
    }
  }
  return {
    ...{ rules: count, compileMilliseconds, microseconds: ours.microseconds },
    jsonLogicMicroseconds: logic.microseconds,
    jsonRulesMicroseconds: rules.microseconds,
  };
}

type RoutingAnswer = (facts: RoutingFacts) => string | Promise<string>;

async function measureAnswers(inputs: readonly RoutingFacts[], answer: RoutingAnswer) {
  const answers: string[] = [];
  const startedAt = performance.now();
  for (const facts of inputs) {
    const result = answer(facts);
    answers.push(typeof result === 'string' ? result : await result);
  }
  return { answers, microseconds: ((performance.now() - startedAt) * 1_000) / inputs.length };
}

/** Makes a rule: every tenth is met by a few inquiries in a hundred, the rest by few or none. */
function makeRule(index: number): object {
  const matter = matters[index % matters.length] ?? '';
  const trouble = troubles[index % troubles.length] ?? '';
  const department = departments[index % departments.length] ?? '';
  const rare = [`${matter}${index}`, `手順書${index}号`, `system-${index}`, `${trouble}${index}`];
  const conditions: readonly object[] = [
    { text: rare },
    { all: [{ text: rare }, { channel: ['mail', 'form'] }] },
    { all: [{ department: [department] }, { text: [`${matter}${index}`, 'ありえない'] }] },
    { any: [{ text: rare }, { senderDomain: [`partner${index}.example`] }] },
    { all: [{ form: [`form-${index}`] }, { not: { text: ['解決済み'] } }] },
    { all: [{ vip: true }, { text: rare }, { not: { external: true } }] },
    { senderDomain: [`vendor${index}.example`, `supplier${index}.example`] },
    { all: [{ automated: true }, { text: rare }] },
    { all: [{ language: ['en'] }, { text: rare }] },
    { all: [{ text: [matter] }, { text: [trouble] }, { channel: ['mail'] }] },
  ];
  return {
    id: `rule-${index}`,
    when: conditions[index % conditions.length],
    set: index % 3 === 0 ? { desk: `desk-${index % 7}` } : { category: `category-${index}` },
  };
}

function makeFacts(index: number): RoutingFacts {
  const pick = (list: readonly string[], step: number) =>
    list[Math.floor(index / step) % list.length] ?? '';
  const subject = `${pick(matters, 1)}${pick(troubles, 8)}件`;
  const body = Array.from({ length: 6 }, (_, at) => pick(words, at + 1)).join('');
  const named = index % 3 === 0 ? `手順書${index % 1_000}号` : `受付${index}`;
  return {
    at: '2026-11-20T01:00:00.000Z' as Instant,
    channel: (['mail', 'form', 'phone'] as const)[index % 3] ?? 'mail',
    ...(index % 3 === 1 ? { form: `form-${index % 1_000}` } : {}),
    fields: {},
    subject: normalizeText(subject),
    text: normalizeText(`${subject}\n${body}\n${named}\n${body}`),
    sender: `user${index}@vendor${index % 2_000}.example`,
    senderDomain: `vendor${index % 2_000}.example`,
    department: pick(departments, 3),
    vip: index % 20 === 0,
    external: index % 10 === 0,
    language: index % 5 === 0 ? 'en' : 'ja',
    automated: index % 15 === 0,
    priority: 'medium',
    tags: [],
    attachments: [],
    calendar: () => undefined,
    observed: { desks: {} },
  };
}

/** Applies the matching rules in their order. */
function applyMatches({ rules, otherwise }: RuleSet, matched: (index: number) => boolean): string {
  let desk: string | undefined;
  let { category }: { category: string } = otherwise;
  for (const [index, rule] of rules.entries()) {
    if (!matched(index)) continue;
    desk ??= rule.set.desk;
    category = rule.set.category ?? category;
  }
  return `${desk ?? otherwise.desk} ${category}`;
}

function compileJsonLogic(set: RuleSet): RoutingAnswer {
  const engine = new LogicEngine();
  const tests = set.rules.map(({ when }) => engine.build(toJsonLogic(when)));
  return (facts) => applyMatches(set, (index) => Boolean(tests[index]?.(facts)));
}

/** Translates a condition to JsonLogic; only of the kinds that `makeRule` uses. */
function toJsonLogic(condition: RuleCondition): object {
  if ('all' in condition) return { and: condition.all.map(toJsonLogic) };
  if ('any' in condition) return { or: condition.any.map(toJsonLogic) };
  if ('not' in condition) return { '!': toJsonLogic(condition.not) };
  const [fact, value] = onlyEntryOf(condition);
  if (fact === 'text' && Array.isArray(value)) {
    return { or: value.map((phrase) => ({ in: [normalizeText(phrase), { var: 'text' }] })) };
  }
  return Array.isArray(value) ? { in: [{ var: fact }, value] } : { '===': [{ var: fact }, value] };
}

function compileJsonRules(set: RuleSet): RoutingAnswer {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('hasSome', (text: string, phrases: string[]) =>
    phrases.some((phrase) => text.includes(phrase)),
  );
  for (const [index, rule] of set.rules.entries()) {
    const condition = toJsonRules(rule.when);
    engine.addRule({
      conditions: 'fact' in condition ? { all: [condition] } : condition,
      event: { type: String(index) },
    } as never);
  }
  return async (facts) => {
    const { events } = await engine.run({ ...facts });
    const matched = new Set(events.map(({ type }) => type));
    return applyMatches(set, (index) => matched.has(String(index)));
  };
}

/** Translates a condition to json-rules-engine. */
function toJsonRules(condition: RuleCondition): object {
  if ('all' in condition) return { all: condition.all.map(toJsonRules) };
  if ('any' in condition) return { any: condition.any.map(toJsonRules) };
  if ('not' in condition) return { not: toJsonRules(condition.not) };
  const [fact, value] = onlyEntryOf(condition);
  if (fact === 'text' && Array.isArray(value)) {
    return { fact, operator: 'hasSome', value: value.map((phrase) => normalizeText(phrase)) };
  }
  return { fact, operator: Array.isArray(value) ? 'in' : 'equal', value };
}

function onlyEntryOf(condition: RoutingRule['when']): readonly [string, unknown] {
  const [entry] = Object.entries(condition);
  if (entry === undefined) throw new TypeError('a condition says something');
  return entry;
}
