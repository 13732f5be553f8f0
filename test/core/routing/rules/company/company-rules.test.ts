import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../../../core/routing/rules/compile/compile-rules.ts';
import type { InquiryRoute } from '../../../../../core/routing/rules/compiled-rules.ts';
import type { FactCondition } from '../../../../../core/routing/rules/conditions.ts';
import { normalizeText } from '../../../../../core/routing/rules/normalize-text.ts';
import type { RoutingRule } from '../../../../../core/routing/rules/rule-set.ts';
import { findRuleWarnings } from '../../../../../core/routing/rules/validation/rule-warnings.ts';
import { validateRuleSet } from '../../../../../core/routing/rules/validation/validate-rule-set.ts';
import { walkFactConditions } from '../../../../../core/routing/rules/walk-conditions.ts';
import { buildCompanyFacts, companyInquiries, companyNames, companyRulesBody } from './company.ts';

const judged = validateRuleSet(companyRulesBody, companyNames);
if ('faults' in judged) throw new TypeError(JSON.stringify(judged.faults));
const { set } = judged;
const rules = compileRules(set);
const inquiries = companyInquiries.map((inquiry) => {
  const facts = buildCompanyFacts(inquiry);
  return { ...inquiry, facts, route: rules.route(facts) };
});

/** The parts of a route that people notice. */
function outcome({ rules: _, trace: __, ...route }: InquiryRoute) {
  return { ...route, tags: [...route.tags].sort(), skills: [...route.skills].sort() };
}

describe('the rules of a company', () => {
  it('are two hundred, each named in both languages, and warn of nothing', () => {
    expect(set.rules).toHaveLength(200);
    expect(findRuleWarnings(set)).toEqual([]);
    for (const { id, name } of set.rules) {
      expect(name?.ja, id).toMatch(/\S/);
      expect(name?.en, id).toMatch(/\S/);
    }
  });

  it('are refused where the company lacks what they name', () => {
    const lacking = validateRuleSet(companyRulesBody, { ...companyNames, desks: ['staff'] });
    expect(lacking).toHaveProperty('faults');
  });

  it('know at least 25 services of every criticality', () => {
    const services = Object.values(set.services ?? {});
    expect(services.length).toBeGreaterThanOrEqual(25);
    expect(new Set(services.map(({ criticality }) => criticality))).toEqual(
      new Set(['low', 'medium', 'high', 'critical']),
    );
  });

  it('each match some inquiry of the table', () => {
    const matched = new Set(inquiries.flatMap(({ route }) => route.trace.map(({ rule }) => rule)));
    expect(set.rules.map(({ id }) => id).filter((id) => !matched.has(id))).toEqual([]);
  });

  it('could none of them be left out without a difference to some inquiry of the table', () => {
    // Compiling is slow, so rules that depend on no other rule are left out ten at a time.
    const free = set.rules.filter(({ when }) =>
      [...walkFactConditions(when, '')].every(([condition]) => !asksRules(condition)),
    );
    const tens = free.flatMap((_, at) => (at % 10 === 0 ? [free.slice(at, at + 10)] : []));
    const idle = tens.flatMap(withoutDifference).concat(set.rules.filter((r) => !free.includes(r)));
    expect(idle.flatMap((rule) => withoutDifference([rule])).map(({ id }) => id)).toEqual([]);
  });
});

/** Whether its conditions depend on what earlier rules have set. */
function asksRules(condition: FactCondition): boolean {
  const names = ['category', 'service', 'criticality', 'priority', 'tag', 'contract', 'earlier'];
  return names.some((name) => name in condition);
}

/** The rules among those left out together without which no inquiry is routed otherwise. */
function withoutDifference(left: readonly RoutingRule[]): RoutingRule[] {
  const rest = compileRules({ ...set, rules: set.rules.filter((rule) => !left.includes(rule)) });
  const ids = new Set(left.map(({ id }) => id));
  const missed = new Set<string>();
  for (const { facts, route } of inquiries) {
    const [one, ...others] = route.trace.map(({ rule }) => rule).filter((rule) => ids.has(rule));
    if (one === undefined || others.length > 0 || missed.has(one)) continue;
    const isOther = JSON.stringify(outcome(rest.route(facts))) !== JSON.stringify(outcome(route));
    if (isOther) missed.add(one);
  }
  return left.filter(({ id }) => !missed.has(id));
}

describe('the table of inquiries', () => {
  it('has three hundred, each of its own name and text', () => {
    expect(companyInquiries).toHaveLength(300);
    expect(new Set(companyInquiries.map(({ id }) => id)).size).toBe(300);
    const texts = inquiries.map(({ facts, message }) => normalizeText(message) + facts.subject);
    expect(new Set(texts).size).toBe(300);
  });

  it('has both languages, all channels, and words that mean something else', () => {
    const count = (holds: (inquiry: (typeof inquiries)[number]) => unknown) =>
      inquiries.filter(holds).length;
    expect(count(({ hardNegative }) => hardNegative)).toBeGreaterThanOrEqual(25);
    expect(count(({ facts }) => facts.language === 'en')).toBeGreaterThanOrEqual(70);
    expect(count(({ facts }) => facts.language === 'ja')).toBeGreaterThanOrEqual(200);
    expect(count(({ facts }) => facts.channel === 'form')).toBeGreaterThanOrEqual(25);
    expect(count(({ facts }) => facts.channel === 'phone')).toBeGreaterThanOrEqual(4);
    expect(count(({ facts }) => facts.automated)).toBeGreaterThanOrEqual(10);
  });
});

describe('an inquiry', () => {
  it.each(inquiries)('$id ($about) goes where it must', ({ route, expect: expected }) => {
    const { tags = [], skills = [], flag, hold, ...rest } = expected;
    expect(route).toMatchObject(rest);
    expect(route.desk === undefined).toBe(expected.desk === undefined);
    expect(route.tags).toEqual(expect.arrayContaining(tags));
    expect(route.skills).toEqual(expect.arrayContaining(skills));
    expect(route.hold).toBe(hold);
    if (flag === undefined) expect(route.flag).toBeUndefined();
    else expect(route.flag).toContain(flag);
  });
});
