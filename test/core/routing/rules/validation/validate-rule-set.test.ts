import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../../../core/routing/rules/compile/compile-rules.ts';
import { normalizeText } from '../../../../../core/routing/rules/normalize-text.ts';
import { findRuleWarnings } from '../../../../../core/routing/rules/validation/rule-warnings.ts';
import {
  type RuleSetFault,
  validateRuleSet,
} from '../../../../../core/routing/rules/validation/validate-rule-set.ts';
import { generatedRuleSetBody, knownRuleNames } from '../../../../support/generated-rules.ts';
import { plainFacts } from '../../../../support/routing-facts.ts';
import { runs } from '../../../../support/volumes.ts';

const body = {
  version: 1,
  rules: [{ id: 'vpn', when: { text: ['vpn'] }, set: { desk: 'staff' } }],
  otherwise: { desk: 'bpo', priority: 'low', category: 'general' },
};
const set = { desk: 'staff' };

function faultsOf(given: unknown): readonly RuleSetFault[] {
  const checked = validateRuleSet(given, knownRuleNames);
  return 'faults' in checked ? checked.faults : [];
}

const pointers = (given: unknown) => faultsOf(given).map(({ pointer }) => pointer);
const pointersOf = (when: unknown) => pointers({ ...body, rules: [{ id: 'r', when, set }] });
const pointersOfSet = (actions: unknown) =>
  pointers({ ...body, rules: [{ id: 'r', when: { vip: true }, set: actions }] });

describe('a fault of a rule set', () => {
  it.each<[string, unknown, string[]]>([
    ['no condition', undefined, ['']],
    ['an unknown condition', { weather: ['rain'] }, ['/weather']],
    ['two in one', { vip: true, external: true }, ['']],
    ['none in one', {}, ['']],
    ['a value that there is not', { channel: ['mail', 'fax'] }, ['/channel/1']],
    [
      'each of several',
      { all: [{ channel: ['fax'] }, { vip: 'yes' }] },
      ['/all/0/channel/0', '/all/1/vip'],
    ],
    [
      'one deep inside',
      { all: [{ any: [{ not: { text: ['ok', ''] } }] }] },
      ['/all/0/any/0/not/text/1'],
    ],
    ['no list of conditions', { any: { vip: true } }, ['/any']],
    ['an empty one', { all: [] }, ['/all']],
    ['no phrases', { text: [] }, ['/text']],
    ['a phrase of spaces', { words: ['\u3000 '] }, ['/words/0']],
    ['a phrase of two lines', { subject: ['a\nb'] }, ['/subject/0']],
    ['a list that there is not', { text: { list: 'gone' } }, ['/text/list']],
    ['more than a list', { text: { list: 'words', or: [] } }, ['/text/or']],
    ['a pattern of nothing', { pattern: ['a#', '***'] }, ['/pattern/1']],
    ['a form that there is not', { form: ['general', 'gone'] }, ['/form/1']],
    ['a service that there is not', { service: ['constructor'] }, ['/service/0']],
    [
      'a calendar that there is not',
      { time: { calendar: 'gone', open: true } },
      ['/time/calendar'],
    ],
    [
      'no time',
      { time: { calendar: 'office', from: '9:00', to: '24:00' } },
      ['/time/from', '/time/to'],
    ],
    ['a desk that there is not', { desk: { id: 'gone', open: true } }, ['/desk/id']],
    ['nothing of a desk', { desk: { id: 'bpo' } }, ['/desk']],
    ['no bound', { desk: { id: 'bpo', depth: { over: 1, above: 3 } } }, ['/desk/depth/above']],
    ['a contract of no desk', { contract: { desk: 'gone', covered: true } }, ['/contract/desk']],
    ['no domain', { senderDomain: ['a@b'] }, ['/senderDomain/0']],
    ['no media type', { attachments: { types: ['*/*'] } }, ['/attachments/types/0']],
    ['days beyond 90', { earlier: { withinDays: 91 } }, ['/earlier/withinDays']],
    [
      'a list for a field',
      { field: { name: 'a', contains: { list: 'gone' } } },
      ['/field/contains/list'],
    ],
  ])('in a condition is pointed at: %s', (_, when, expected) => {
    expect(pointersOf(when)).toEqual(expected.map((one) => `/rules/0/when${one}`));
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['']],
    ['a desk that there is not', { desk: 'gone' }, ['/desk']],
    ['a pool that there is not', { pool: 'gone' }, ['/pool']],
    ['a desk and a pool', { desk: 'bpo', pool: 'both' }, ['/pool']],
    ['a policy that there is not', { policy: 'gone' }, ['/policy']],
    ['a service that there is not', { service: 'gone' }, ['/service']],
    ['a skill that there is not', { skills: ['sap', 'gone'] }, ['/skills/1']],
    [
      'a priority twice over',
      { priority: 'low', impact: 'high', urgency: 'low' },
      ['/impact', '/urgency'],
    ],
    ['an action that there is not', { desk: 'bpo', mail: 'a' }, ['/mail']],
    ['not to expedite', { expedite: false }, ['/expedite']],
  ])('in what a rule sets is pointed at: %s', (_, actions, expected) => {
    expect(pointersOfSet(actions)).toEqual(expected.map((one) => `/rules/0/set${one}`));
  });

  it.each<[string, unknown, string[]]>([
    ['no object', [], ['']],
    ['no rules', { ...body, rules: {} }, ['/rules']],
    ['two rules of one id', { ...body, rules: [...body.rules, ...body.rules] }, ['/rules/1/id']],
    [
      'an id that traces use',
      { ...body, rules: [{ ...body.rules[0], id: 'otherwise' }] },
      ['/rules/0/id'],
    ],
    ['no default', { version: 1, rules: [] }, ['/otherwise']],
    [
      'a default desk that there is not',
      { ...body, otherwise: { ...body.otherwise, desk: 'x' } },
      ['/otherwise/desk'],
    ],
    [
      'half a matrix',
      { ...body, matrix: { high: {}, medium: 'low' } },
      [
        '/matrix/high/high',
        '/matrix/high/medium',
        '/matrix/high/low',
        '/matrix/medium',
        '/matrix/low',
      ],
    ],
    ['an id of a list that is none', { ...body, lists: { 'a/b~c': ['x'] } }, ['/lists/a~1b~0c']],
    ['a name of its own', { ...body, colour: 1 }, ['/colour']],
    [
      'a prototype',
      JSON.parse(
        JSON.stringify(body).replace('"vip"', '"x"').replace('{', '{"__proto__":{"version":1},'),
      ),
      ['/__proto__'],
    ],
  ])('as a whole is pointed at: %s', (_, given, expected) => {
    expect(pointers(given)).toEqual(expected);
  });

  it('is a rule, phrase, condition or pattern too many', () => {
    const rules = (count: number, when: (index: number) => object) => ({
      ...body,
      rules: Array.from({ length: count }, (__, index) => ({
        id: `r${index}`,
        when: when(index),
        set,
      })),
    });
    const texts = (count: number, prefix: string) =>
      Array.from({ length: count }, (__, index) => `${prefix}${index}`);
    expect(pointers(rules(1_001, () => ({ vip: true })))).toEqual(['/rules']);
    expect(pointers(rules(251, () => ({ text: texts(200, 'a') })))).toEqual(['/rules/250']);
    expect(
      pointers(rules(1_000, (index) => ({ text: texts(25, `${'長'.repeat(15)}${index} `) }))),
    ).toEqual([expect.stringMatching(/^\/rules\/\d+$/)]);
    const vips = Array.from({ length: 50 }, () => ({ vip: true }));
    expect(pointers(rules(201, () => ({ any: vips })))).toEqual(['/rules/200']);
    expect(pointers(rules(2, () => ({ pattern: texts(25, 'a#'.repeat(30)) })))).toEqual([
      '/rules/1',
    ]);
  });

  it('lists a hundred faults at most', () => {
    const phrases = Array.from({ length: 200 }, () => '');
    const rules = Array.from({ length: 10 }, (__, index) => ({
      id: `r${index}`,
      when: { text: phrases },
      set,
    }));
    expect(faultsOf({ ...body, rules })).toHaveLength(100);
    expect(
      faultsOf({
        ...body,
        rules: rules.map(({ id }) => ({
          id,
          when: { form: Array.from({ length: 50 }, () => 'x') },
          set,
        })),
      }),
    ).toHaveLength(100);
  });
});

describe('whatever a body is', () => {
  /** Replaces the part of a JSON value that a number chooses. */
  function mutate(value: unknown, choice: number, other: unknown): unknown {
    if (typeof value !== 'object' || value === null || choice % 5 === 0) return other;
    const copy: Record<string, unknown> = structuredClone(value) as Record<string, unknown>;
    const names = Object.keys(copy);
    const name = names[Math.floor(choice / 5) % Math.max(1, names.length)];
    if (name === undefined) return other;
    if (choice % 7 === 1) delete copy[name];
    else if (choice % 7 === 2) copy[`${name}x`] = copy[name];
    else copy[name] = mutate(copy[name], Math.floor(choice / 5), other);
    return copy;
  }
  const oddity = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('', -1, 1e308, null, [], {}, '\u0000', 'a'.repeat(5_000), '__proto__'),
    fc.constant(JSON.parse('{"__proto__": {"all": []}, "constructor": 1}')),
  );

  it('is answered by a set that routes, or by faults that point into it', () => {
    let refused = 0;
    let taken = 0;
    const tries = runs(300);
    fc.assert(
      fc.property(
        fc.oneof(
          { weight: 1, arbitrary: fc.jsonValue() },
          {
            weight: 9,
            arbitrary: fc
              .tuple(generatedRuleSetBody, fc.array(fc.tuple(fc.nat(), oddity), { maxLength: 3 }))
              .map(([valid, changes]) =>
                changes.reduce<unknown>(
                  (value, [choice, other]) => mutate(value, choice, other),
                  valid,
                ),
              ),
          },
        ),
        (given) => {
          const checked = validateRuleSet(given, knownRuleNames);
          if ('faults' in checked) {
            refused += 1;
            expect(checked.faults.length).toBeGreaterThan(0);
            for (const { pointer } of checked.faults) expectInto(given, pointer);
          } else {
            taken += 1;
            findRuleWarnings(checked.set);
            expect(compileRules(checked.set).route(plainFacts).rules).toBe(checked.set.version);
          }
        },
      ),
      tries,
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(tries.numRuns / 8);
  });

  /** Whether a pointer leads to a part of the value, or to a place where one is missing. */
  function expectInto(given: unknown, pointer: string): void {
    let node = given;
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    for (const step of steps) {
      expect(node, pointer).toBeTypeOf('object');
      node = (node as Record<string, unknown>)[step];
    }
  }

  it.each<[string, () => unknown]>([
    ['conditions ten thousand deep', () => nested(10_000, (inner) => ({ not: inner }))],
    ['lists ten thousand deep', () => nested(10_000, (inner) => ({ any: [inner] }))],
    ['arrays a hundred thousand deep', () => nested(100_000, (inner) => [inner])],
    ['a million phrases', () => ({ text: Array.from({ length: 1_000_000 }, () => 'a') })],
    ['a million faults', () => ({ text: Array.from({ length: 290_000 }, () => 1) })],
    [
      'a hundred thousand names',
      () => Object.fromEntries(Array.from({ length: 100_000 }, (__, at) => [`n${at}`, at])),
    ],
  ])('is refused and not read to the end: %s', (_, when) => {
    const given = { ...body, rules: [{ id: 'r', when: when(), set }] };
    const faults = faultsOf(given);
    expect(faults.length).toBeGreaterThan(0);
    expect(
      faults.every(({ pointer }) => pointer === '' || pointer.startsWith('/rules/0/when')),
    ).toBe(true);
  });

  function nested(depth: number, around: (inner: unknown) => unknown): unknown {
    return Array.from({ length: depth }).reduce<unknown>(around, { vip: true });
  }

  it.each<[string, (index: number) => object, string]>([
    ['phrases of one letter', (index) => ({ text: ['a'.repeat(1 + (index % 100))] }), 'a'],
    [
      'phrases that fail at their end',
      (index) => ({ text: [`${'a'.repeat(98 - (index % 50))}b${index % 10}`] }),
      'a',
    ],
    ['words of one letter', (index) => ({ words: ['a'.repeat(1 + (index % 100))] }), 'a'],
    [
      'patterns of stars',
      (index) => (index < 30 ? { pattern: [`${'a*'.repeat(32)}b`] } : { vip: true }),
      'a',
    ],
    [
      'patterns of anything',
      (index) => (index < 30 ? { pattern: ['?*'.repeat(32)] } : { vip: true }),
      '# ',
    ],
    [
      'opposites',
      (index) => ({
        all: Array.from({ length: 5 }, (__, at) => ({
          any: [{ text: [`a${index}${at}`] }, { not: { words: [`b${at}`] } }],
        })),
      }),
      'a0 b',
    ],
  ])('is compiled, validated and run to its end: a thousand rules of %s', (_, when, character) => {
    const rules = Array.from({ length: 1_000 }, (__, index) => ({
      id: `r${index}`,
      when: when(index),
      set,
    }));
    const checked = validateRuleSet({ ...body, rules }, knownRuleNames);
    if ('faults' in checked) throw new TypeError(JSON.stringify(checked.faults));
    findRuleWarnings(checked.set);
    const text = normalizeText(character.repeat(20_000));
    const { rules: version } = compileRules(checked.set).route({ ...plainFacts, text });
    expect(version).toBe(checked.set.version);
  });
});
