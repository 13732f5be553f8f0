import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../../../core/routing/rules/compile/compile-rules.ts';
import { RuleSet } from '../../../../../core/routing/rules/rule-set.ts';
import { findRuleWarnings } from '../../../../../core/routing/rules/validation/rule-warnings.ts';
import { generatedFacts, generatedRuleSetBody } from '../../../../support/generated-rules.ts';
import { runs } from '../../../../support/volumes.ts';

const otherwise = { desk: 'bpo', priority: 'low', category: 'general' };

function warnings(rules: readonly object[], more = {}) {
  const numbered = rules.map((rule, index) => ({
    id: `r${index}`,
    set: { desk: 'staff' },
    ...rule,
  }));
  const set = RuleSet.parse({ version: 1, rules: numbered, otherwise, ...more });
  return findRuleWarnings(set).map(({ kind, pointer }) => `${kind} ${pointer}`);
}

const vpn = { text: ['vpn'] };
const mail = { channel: ['mail'] };

describe('a condition that can never hold', () => {
  it.each<[string, object]>([
    ['two channels at once', { all: [mail, { channel: ['form'] }] }],
    ['no channel', { not: { channel: ['mail', 'form', 'phone'] } }],
    ['neither VIP nor not', { not: { any: [{ vip: true }, { vip: false }] } }],
    ['two forms at once', { all: [{ form: ['a'] }, { not: { form: ['a', 'b'] } }] }],
    [
      'over five and under three',
      { all: [{ desk: { id: 'bpo', depth: { over: 5, under: 3 } } }, mail] },
    ],
    ['between two neighbours', { desk: { id: 'bpo', present: { over: 5, under: 6 } } }],
    [
      'open and closed',
      { all: [{ desk: { id: 'a', open: true } }, { contract: { desk: 'a', covered: false } }] },
    ],
    ['a longer phrase without its part', { all: [{ text: ['VPNクライアント'] }, { not: vpn }] }],
    ['a word without its text', { all: [{ words: ['vpn'] }, { not: vpn }] }],
    ['none and one attachment', { attachments: { count: { min: 2, max: 1 } } }],
    [
      'more often than often',
      {
        all: [
          { earlier: { withinDays: 7, atLeast: 3 } },
          { not: { earlier: { withinDays: 30, atLeast: 2 } } },
        ],
      },
    ],
    [
      'a thing and its opposite, far inside',
      {
        all: [{ any: [{ all: [vpn, mail] }, { all: [vpn, { vip: true }] }] }, { not: vpn }],
      },
    ],
  ])('is warned of: %s', (_, when) => {
    expect(warnings([{ when }])).toEqual(['never-holds /rules/0/when']);
  });

  it('is warned of as one of several too', () => {
    const never = { all: [{ vip: true }, { vip: false }] };
    expect(warnings([{ when: { all: [mail, { any: [vpn, never] }] } }])).toEqual([
      'never-holds /rules/0/when/all/1/any/1',
    ]);
  });

  it.each<[string, object]>([
    ['two phrases', { all: [vpn, { text: ['sap'] }] }],
    ['two tags', { all: [{ tag: ['a'] }, { tag: ['b'] }] }],
    ['a text without its word', { all: [vpn, { not: { words: ['vpn'] } }] }],
    ['two patterns', { all: [{ pattern: ['a#'] }, { not: { pattern: ['a?'] } }] }],
    [
      'two kinds of attachment',
      {
        all: [{ attachments: { types: ['image/*'] } }, { attachments: { types: ['text/*'] } }],
      },
    ],
    [
      'a desk that was not seen',
      {
        all: [
          { not: { desk: { id: 'a', open: true } } },
          { not: { desk: { id: 'a', open: false } } },
        ],
      },
    ],
  ])('is not warned of where it can: %s', (_, when) => {
    expect(warnings([{ when }])).toEqual([]);
  });
});

describe('a rule without effect', () => {
  it('is one whose desk is decided before, by one rule or by several together', () => {
    expect(warnings([{ when: vpn }, { when: { all: [mail, vpn] } }])).toEqual([
      'no-effect /rules/1',
    ]);
    expect(
      warnings([
        { when: { vip: true } },
        { when: { vip: false } },
        { when: { any: [{ vip: true }, { vip: false }] } },
      ]),
    ).toEqual(['no-effect /rules/2']);
    expect(
      warnings([
        { when: vpn, set: { pool: 'both' } },
        { when: { text: ['vpn client'] }, set: { desk: 'bpo', tags: ['x'] } },
      ]),
    ).toEqual(['decided-before /rules/1/set/desk']);
  });

  it('is not one behind a rule that is off, is narrower, names no desk, or goes by what changes', () => {
    const last = { when: vpn };
    expect(warnings([{ when: vpn, enabled: false }, last])).toEqual([]);
    expect(warnings([{ when: { all: [vpn, mail] } }, last])).toEqual([]);
    expect(warnings([{ when: vpn, set: { tags: ['x'] } }, last])).toEqual([]);
    const general = { category: ['general'] };
    expect(
      warnings([
        { when: general },
        { when: vpn, set: { category: 'general' } },
        { when: { all: [vpn, general] } },
      ]),
    ).toEqual([]);
  });

  it('is one of which a later rule always sets the field anew, unless it is asked about between', () => {
    const first = { when: { text: ['vpn client'] }, set: { category: 'network', tags: ['x'] } };
    const later = { when: vpn, set: { category: 'general' } };
    expect(warnings([first, later])).toEqual(['overridden /rules/0/set/category']);
    const asking = { when: { category: ['network'] }, set: { desk: 'bpo' } };
    expect(warnings([first, asking, later])).toEqual([]);
    expect(
      warnings([
        { ...first, set: { impact: 'high' } },
        { ...later, set: { priority: 'low' } },
      ]),
    ).toEqual([]);
    expect(
      warnings([
        { ...first, set: { priority: 'high' } },
        { ...later, set: { urgency: 'low' } },
      ]),
    ).toEqual(['no-effect /rules/0']);
  });
});

it('warns of a word by which an earlier service is named', () => {
  const name = { ja: '', en: '' };
  const services = {
    erp: { name, criticality: 'high', words: ['SAP'] },
    gui: { name, criticality: 'low', words: ['sap gui', 'sapgui'] },
  };
  expect(warnings([], { services })).toEqual(['word-taken /services/gui/words/0']);
});

it('never warns of what makes a difference to some inquiry', () => {
  const tries = runs(150);
  let warned = 0;
  fc.assert(
    fc.property(
      generatedRuleSetBody,
      fc.array(generatedFacts, { minLength: 8, maxLength: 8 }),
      (body, inquiries) => {
        const set = RuleSet.parse(body);
        const full = compileRules(set);
        for (const { kind, pointer, rule, detail } of findRuleWarnings(set)) {
          if (kind === 'word-taken') continue;
          warned += 1;
          const without = compileRules(withoutPart(set, pointer));
          for (const inquiry of inquiries) {
            const { trace, ...route } = full.route(inquiry);
            const { trace: _, ...other } = without.route(inquiry);
            expect(other, `${kind} ${pointer} ${detail}`).toEqual(route);
            if (kind === 'never-holds' && pointer.endsWith('/when')) {
              expect(trace.map((entry) => entry.rule)).not.toContain(rule);
            }
          }
        }
      },
    ),
    tries,
  );
  // Otherwise the property would have tried nothing.
  expect(warned).toBeGreaterThan(tries.numRuns / 5);
});

/** The rule set without the part at which a warning points. */
function withoutPart(set: RuleSet, pointer: string): RuleSet {
  const [, , index = '', what, ...path] = pointer.split('/');
  const rules = structuredClone(set.rules);
  const rule = rules[Number(index)];
  if (rule === undefined) throw new TypeError(`${pointer} is no pointer to a rule`);
  if (what === 'set') Reflect.deleteProperty(rule.set, path[0] ?? '');
  else if (path.length === 0) rules.splice(Number(index), 1);
  else {
    const last = path.pop();
    let node: unknown = rule.when;
    for (const step of path) node = (node as Record<string, unknown>)[step];
    (node as unknown[]).splice(Number(last), 1);
  }
  return { ...set, rules };
}
