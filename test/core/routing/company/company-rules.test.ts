import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../../core/routing/compile-rules.ts';
import { normalize } from '../../../../core/routing/normalize.ts';
import type { Route } from '../../../../core/routing/route.ts';
import { validateRuleSet } from '../../../../core/routing/validate-rule-set.ts';
import { warningsOf } from '../../../../core/routing/warnings.ts';
import { companyFacts, companyInquiries, companyNames, companyRulesBody } from './company.ts';

const judged = validateRuleSet(companyRulesBody, companyNames);
if ('faults' in judged) throw new TypeError(JSON.stringify(judged.faults));
const { set } = judged;
const rules = compileRules(set);
const inquiries = companyInquiries.map((inquiry) => {
  const facts = companyFacts(inquiry);
  return { ...inquiry, facts, route: rules.route(facts) };
});

/** What of a route people notice. */
function outcome({ rules: _, trace: __, ...route }: Route) {
  return { ...route, tags: [...route.tags].sort(), skills: [...route.skills].sort() };
}

describe('the rules of a company', () => {
  it('are two hundred, each named in both languages, and warn of nothing', () => {
    expect(set.rules).toHaveLength(200);
    expect(warningsOf(set)).toEqual([]);
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
    const idle = set.rules.filter(({ id }) => {
      const rest = compileRules({ ...set, rules: set.rules.filter((rule) => rule.id !== id) });
      return inquiries
        .filter(({ route }) => route.trace.some(({ rule }) => rule === id))
        .every(
          ({ facts, route }) =>
            JSON.stringify(outcome(rest.route(facts))) === JSON.stringify(outcome(route)),
        );
    });
    expect(idle.map(({ id }) => id)).toEqual([]);
  });
});

describe('the table of inquiries', () => {
  it('has three hundred, each of its own name and text', () => {
    expect(companyInquiries).toHaveLength(300);
    expect(new Set(companyInquiries.map(({ id }) => id)).size).toBe(300);
    const texts = inquiries.map(({ facts, message }) => normalize(message) + facts.subject);
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
