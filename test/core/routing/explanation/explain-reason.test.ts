import { describe, expect, it } from 'vitest';
import {
  explainReason,
  explanationWords,
} from '../../../../core/routing/explanation/explain-reason.ts';
import type {
  ExplainedField,
  RoutingDisplayNames,
} from '../../../../core/routing/explanation/explanation-words.ts';
import {
  placementFacts,
  placementRules,
} from '../../../../core/routing/rules/placement-reasons.ts';
import { reasonFacts } from '../../../../core/routing/rules/reason-facts.ts';
import { RuleActions } from '../../../../core/routing/rules/rule-set.ts';

const names: RoutingDisplayNames = {
  desk: (id) => `desk-${id}`,
  pool: (id) => `pool-${id}`,
  service: (id) => `service-${id}`,
  time: (at) => `time-${at}`,
};

/** One reason for each fact, as routing writes it; the test fails for a fact without one. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  channel: ['mail', 'form', 'phone'],
  form: ['general'],
  field: ['floor 12'],
  'field.contains': ['reason 出張 など'],
  'field.exists': ['manager true', 'manager false'],
  text: ['vpn: 接続'],
  subject: ['至急'],
  words: ['sap'],
  pattern: ['err-####'],
  sender: ['a@b.example'],
  senderDomain: ['b.example'],
  department: ['営業部'],
  vip: ['true', 'false'],
  external: ['true', 'false'],
  automated: ['true', 'false'],
  language: ['ja', 'en'],
  category: ['network'],
  service: ['erp'],
  criticality: ['high'],
  priority: ['critical'],
  tag: ['vip'],
  'attachments.any': ['true', 'false'],
  'attachments.type': ['image/png'],
  'attachments.name': ['請求書'],
  'attachments.held': ['true', 'false'],
  'attachments.count': ['1', '3'],
  'time.open': ['tokyo-office true', 'tokyo-office false'],
  time: ['tokyo-office 21:15'],
  'desk.open': ['bpo true', 'bpo false'],
  'desk.depth': ['bpo 1', 'bpo 32'],
  'desk.oldestMinutes': ['bpo 90'],
  'desk.present': ['bpo 0'],
  'desk.waitMinutes': ['bpo 45'],
  'contract.accepts': ['bpo true', 'bpo false'],
  'contract.covered': ['bpo true', 'bpo false'],
  'contract.volumeLeft': ['bpo true', 'bpo false'],
  'contract.volume': ['bpo 300 of 301'],
  earlier: ['1', '4'],
  not: [''],
  missing: ['desk gone', 'pool gone', 'policy gone'],
  pool: ['vendors share bpo-b', 'vendors category bpo-b', 'vendors order bpo-b'],
  overflow: ['bpo staff'],
  'held.until': ['2026-11-24T00:00:00.000Z'],
};
const facts = [...reasonFacts, ...placementFacts];

describe.each(['ja', 'en'] as const)('the words of an explanation in %s', (language) => {
  const words = explanationWords[language];

  it('has words of its own for every reason that a trace may give', () => {
    const said = facts.flatMap((fact) => {
      const values = reasons[fact];
      if (values === undefined) throw new TypeError(`${fact} has no example here`);
      return values.map((value) => {
        const reason = value === '' ? fact : `${fact}: ${value}`;
        const text = explainReason(reason, words, names);
        expect(text, reason).not.toBe(reason);
        expect(text, reason).not.toMatch(/undefined|\btrue\b|\bfalse\b/);
        if (language === 'ja') expect(text, reason).toMatch(/[ぁ-んァ-ヶ一-龠]/);
        else expect(text.replace(/“[^”]*”/g, ''), reason).not.toMatch(/[ぁ-んァ-ヶ一-龠]/);
        return text;
      });
    });
    expect(new Set(said).size).toBe(said.length);
  });

  it('says what is named in a reason', () => {
    for (const fact of facts) {
      for (const value of reasons[fact] ?? []) {
        const text = explainReason(`${fact}: ${value}`, words, names);
        for (const number of value.match(/\b\d+\b/g) ?? []) expect(text).toContain(number);
        if (/^(desk|contract|overflow)\b/.test(fact)) expect(text).toContain('desk-bpo');
        if (fact === 'pool') expect(text).toMatch(/pool-vendors.*desk-bpo-b/);
      }
    }
  });

  it('leaves a reason that nobody knows any more as it stands', () => {
    expect(explainReason('moon: full', words, names)).toBe('moon: full');
    expect(explainReason('constructor: x', words, names)).toBe('constructor: x');
  });

  it('has a name and a sentence of its own for every step of placing', () => {
    const step = { name: 'x', reasons: ['R'], sets: ['S'], decides: false };
    const steps = [...placementRules, 'otherwise', 'services'] as const;
    const said = steps.flatMap((rule) =>
      [true, false].flatMap((flag) => [
        words.step(rule, { ...step, matched: flag, holds: true }),
        words.step(rule, { ...step, matched: flag, holds: false }),
      ]),
    );
    // An overflow that does not happen and hours that hold differ in wording.
    expect(new Set(said).size).toBe(steps.length + 2);
    expect(new Set(steps.map((rule) => words.steps[rule])).size).toBe(steps.length);
  });

  it('can say whatever a rule sets, with and without the value', () => {
    const fields = [...Object.keys(RuleActions.shape), 'availableAt'] as ExplainedField[];
    const said = fields.map((field) => words.sets[field]('bpo', names));
    expect(new Set(said).size).toBe(fields.length);
    for (const field of fields)
      expect(words.sets[field](undefined, names)).not.toMatch(/undefined/);
  });
});
