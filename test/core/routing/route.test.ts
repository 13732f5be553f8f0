import { describe, expect, it } from 'vitest';
import { factsOf, normalize, type RoutingFacts } from '../../../core/routing/facts.ts';
import { compileRules } from '../../../core/routing/route.ts';
import { Condition, RuleSet } from '../../../core/routing/rule-set.ts';
import { inquiryIn } from '../../support/inquiries.ts';

const otherwise = { desk: 'bpo', priority: 'low', category: 'general' };
const plain: RoutingFacts = {
  channel: 'mail',
  fields: {},
  text: normalize('件名\n本文'),
  vip: false,
  external: false,
  language: 'ja',
  automated: false,
  priority: 'medium',
};

const route = (rules: readonly object[], facts: Partial<RoutingFacts> = {}) =>
  compileRules(RuleSet.parse({ version: 3, rules, otherwise }))({ ...plain, ...facts });

/** Whether a condition holds for facts. */
const holds = (when: object, facts: Partial<RoutingFacts> = {}) =>
  route([{ id: 'r', when, set: { desk: 'staff' } }], facts).desk === 'staff';

describe('a condition', () => {
  it.each<[string, object, Partial<RoutingFacts>, Partial<RoutingFacts>]>([
    ['channel', { channel: ['phone', 'form'] }, { channel: 'form' }, { channel: 'mail' }],
    ['form', { form: ['general'] }, { form: 'general' }, {}],
    ['text', { text: ['ぷりんた', 'VPN'] }, { text: normalize('vpnの件') }, {}],
    [
      'senderDomain',
      { senderDomain: ['Partner.example'] },
      { senderDomain: 'partner.example' },
      { senderDomain: 'bad-partner.example' },
    ],
    ['department', { department: ['営業部'] }, { department: '営業部' }, { department: '総務部' }],
    ['language', { language: ['en'] }, { language: 'en' }, { language: 'ja' }],
    ['automated', { automated: true }, { automated: true }, { automated: false }],
    ['vip', { vip: true }, { vip: true }, { vip: false }],
    ['external', { external: false }, { external: false }, { external: true }],
  ])('on %s holds by that fact alone', (_, when, yes, no) => {
    expect(holds(when, yes)).toBe(true);
    expect(holds(when, no)).toBe(false);
  });

  it('all holds when each does, any when one does, not when its own does not', () => {
    const vip = { vip: true };
    const mail = { channel: ['mail'] };
    expect(holds({ all: [vip, mail] }, { vip: true })).toBe(true);
    expect(holds({ all: [vip, mail] })).toBe(false);
    expect(holds({ any: [vip, mail] })).toBe(true);
    expect(holds({ any: [vip, { channel: ['phone'] }] })).toBe(false);
    expect(holds({ not: vip })).toBe(true);
    expect(holds({ not: { any: [vip, mail] } })).toBe(false);
    expect(holds({ all: [{ not: { not: mail } }, { any: [{ all: [mail] }] }] })).toBe(true);
  });

  it.each<[string, unknown]>([
    ['of no kind that there is', { weather: ['rain'] }],
    ['of two kinds at once', { vip: true, external: true }],
    ['that is empty', { all: [] }],
    ['without phrases', { text: [] }],
    [
      'that nests deeper than anybody means',
      Array.from({ length: 11 }).reduce<object>((inner) => ({ not: inner }), { vip: true }),
    ],
  ])('%s is refused', (_, condition) => {
    expect(Condition.safeParse(condition).success).toBe(false);
  });
});

describe('a rule set', () => {
  const always = { channel: ['mail'] };

  it('takes the first desk that a rule names, and accumulates all else', () => {
    const routed = route([
      { id: 'one', when: always, set: { priority: 'critical', tags: ['a', 'b'] } },
      { id: 'two', when: always, set: { desk: 'staff', category: 'network', tags: ['b'] } },
      { id: 'three', when: always, set: { desk: 'bpo-b', priority: 'high', tags: ['c'] } },
      { id: 'four', when: { vip: true }, set: { category: 'never' } },
    ]);
    expect(routed).toMatchObject({
      desk: 'staff',
      priority: 'high',
      category: 'network',
      tags: ['a', 'b', 'c'],
      rules: 3,
    });
  });

  it('tells which rule set what, and why', () => {
    const { trace } = route(
      [
        { id: 'words', when: { text: ['ＶＰＮ'] }, set: { category: 'network' } },
        {
          id: 'vip',
          when: { all: [{ vip: true }, { channel: ['mail'] }] },
          set: { desk: 'staff' },
        },
        { id: 'late', when: always, set: { desk: 'bpo', tags: ['x'] } },
        { id: 'unmatched', when: { external: true }, set: { desk: 'bpo' } },
      ],
      { vip: true, text: normalize('vpn') },
    );
    expect(trace).toEqual([
      { rule: 'words', matched: true, because: ['text: ＶＰＮ'], set: ['category'] },
      { rule: 'vip', matched: true, because: ['vip: true', 'channel: mail'], set: ['desk'] },
      // It came too late to name the desk.
      { rule: 'late', matched: true, because: ['channel: mail'], set: ['tags'] },
      { rule: 'otherwise', matched: true, because: [], set: ['priority'] },
    ]);
  });

  it('answers by its default what no rule does', () => {
    expect(route([])).toMatchObject({ ...otherwise, tags: [] });
    expect(route([])).not.toHaveProperty('policy');
  });

  it('takes the last policy that a rule names, and tells which did', () => {
    const routed = route([
      { id: 'one', when: always, set: { policy: 'standard' } },
      { id: 'two', when: always, set: { desk: 'staff', policy: 'gold' } },
      { id: 'three', when: { vip: true }, set: { policy: 'vip' } },
    ]);
    expect(routed.policy).toBe('gold');
    expect(routed.trace.map(({ rule, set }) => [rule, set])).toEqual([
      ['one', ['policy']],
      ['two', ['desk', 'policy']],
      ['otherwise', ['priority', 'category']],
    ]);
  });

  it.each<[RoutingFacts['priority'], string | undefined, string]>([
    ['medium', undefined, 'low'],
    ['medium', 'high', 'high'],
    ['critical', undefined, 'critical'],
    ['low', undefined, 'low'],
    // A person's judgement on the phone is raised by a rule, and not lowered.
    ['critical', 'high', 'critical'],
    ['low', 'high', 'high'],
  ])('of %s and a rule for %s makes %s', (priority, ruled, expected) => {
    const rules = ruled === undefined ? [] : [{ id: 'r', when: always, set: { priority: ruled } }];
    expect(route(rules, { priority }).priority).toBe(expected);
  });

  it('keeps traces and tags within what the event can hold', () => {
    const rules = Array.from({ length: 150 }, (_, at) => ({
      id: `r${at}`,
      when: { not: { vip: true } },
      set: { tags: [`tag-${at}`] },
    }));
    const { trace, tags } = route(rules);
    expect([trace.length, tags.length]).toEqual([100, 20]);
  });

  it('is refused with two rules of one name, with a rule that sets nothing, and with what names no policy', () => {
    const rule = { id: 'r', when: always, set: { desk: 'bpo' } };
    const parse = (rules: object[]) => RuleSet.safeParse({ version: 1, rules, otherwise }).success;
    expect(parse([rule])).toBe(true);
    expect(parse([rule, rule])).toBe(false);
    expect(parse([{ ...rule, set: {} }])).toBe(false);
    expect(parse([{ ...rule, set: { policy: 'No policy' } }])).toBe(false);
  });
});

describe('normalized text', () => {
  it.each([
    ['full-width letters', 'ＶＰＮ', 'vpn'],
    ['half-width kana with its marks', 'ﾌﾟﾘﾝﾀ', 'プリンタ'],
    ['hiragana', 'ぷりんた', 'プリンタ'],
    ['a composed form', 'ハ\u309aスワート\u3099', 'パスワード'],
    ['capitals', 'Password', 'PASSWORD'],
    ['circled numbers and abbreviations', '㈱①', '(株)1'],
  ])('is one for %s', (_, one, other) => {
    expect(normalize(one)).toBe(normalize(other));
  });

  it('leaves apart what is not the same', () => {
    expect(normalize('ハス')).not.toBe(normalize('パス'));
    expect(normalize('病院')).not.toBe(normalize('美容院'));
  });
});

describe('the facts', () => {
  it('are of the inquiry and its first message', () => {
    const inquiry = {
      ...inquiryIn('new'),
      subject: 'ＶＰＮ',
      requester: { address: 'sato@partner.example' as never, external: true, department: '営業部' },
      source: { form: 'general', fields: { affected: 'team' } },
    };
    expect(factsOf(inquiry, 'つながらない')).toMatchObject({
      text: 'vpn\nツナガラナイ',
      senderDomain: 'partner.example',
      external: true,
      vip: false,
      department: '営業部',
      form: 'general',
      fields: { affected: 'team' },
    });
  });
});
