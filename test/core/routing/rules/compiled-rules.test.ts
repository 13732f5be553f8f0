import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import { compileRules } from '../../../../core/routing/rules/compile/compile-rules.ts';
import { RuleCondition } from '../../../../core/routing/rules/conditions.ts';
import { normalizeText } from '../../../../core/routing/rules/normalize-text.ts';
import {
  buildRoutingFacts,
  type RoutingFacts,
} from '../../../../core/routing/rules/routing-facts.ts';
import { RuleSet } from '../../../../core/routing/rules/rule-set.ts';
import { makeInquiryIn } from '../../../support/inquiries.ts';
import { plainFacts } from '../../../support/routing-facts.ts';

const otherwise = { desk: 'bpo', priority: 'low', category: 'general' };
const route = (rules: readonly object[], facts: object = {}) =>
  compileRules(RuleSet.parse({ version: 3, rules, otherwise })).route({ ...plainFacts, ...facts });

/** Whether a condition holds for facts. */
const holds = (when: object, facts: object = {}) =>
  route([{ id: 'r', when, set: { desk: 'staff' } }], facts).desk === 'staff';

describe('a condition', () => {
  it.each<[string, object, Partial<RoutingFacts>, Partial<RoutingFacts>]>([
    ['channel', { channel: ['phone', 'form'] }, { channel: 'form' }, { channel: 'mail' }],
    ['form', { form: ['general'] }, { form: 'general' }, {}],
    ['text', { text: ['ぷりんた', 'VPN'] }, { text: normalizeText('vpnの件') }, {}],
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

  const desk = { open: true, depth: 12, oldestMinutes: 40, present: 2 };
  const at = (seen: object) => ({ observed: { desks: { bpo: { ...desk, ...seen } } } });
  const file = { name: 'ＶＰＮ設定.PDF', type: 'application/pdf', size: 1 };
  const held = { ...file, name: 'a.zip', type: 'application/zip', held: 'encrypted-archive' };
  const clock = (moment: object) => ({
    calendar: (id: string) =>
      id === 'office' ? { open: true, minute: 540, weekday: 0, ...moment } : undefined,
  });
  const yesterday = '2026-11-19T01:00:00.000Z' as Instant;
  const lastMonth = '2026-10-21T01:00:00.000Z' as Instant;
  const earlier = (...all: object[]) => ({
    observed: { desks: {}, earlier: all.map((one) => ({ at: yesterday, ...one })) },
  });

  it.each<[string, object, object, object]>([
    [
      'a field of some value',
      { field: { name: 'a', is: ['Team', 3] } },
      { fields: { a: 'ｔｅａｍ' } },
      { fields: { b: 'team' } },
    ],
    [
      'one of several values of a field',
      { field: { name: 'a', is: [3] } },
      { fields: { a: [1, 3] } },
      { fields: { a: '3' } },
    ],
    [
      'a field of some text',
      { field: { name: 'a', contains: ['ぷりんた'] } },
      { fields: { a: 'プリンター' } },
      { fields: {}, text: 'プリンタ' },
    ],
    [
      'a field at all',
      { field: { name: 'a', exists: true } },
      { fields: { a: '' } },
      { fields: { a: null } },
    ],
    ['no field', { field: { name: 'toString', exists: false } }, {}, { fields: { toString: 1 } }],
    [
      'a number in a field',
      { field: { name: 'a', min: 10, max: 20 } },
      { fields: { a: '10' } },
      { fields: { a: 20.5 } },
    ],
    [
      'the subject',
      { subject: ['至急'] },
      { subject: normalizeText('【至急】') },
      { text: normalizeText('至急') },
    ],
    [
      'a word',
      { words: ['SAP'] },
      { text: normalizeText('ＳＡＰが遅い') },
      { text: normalizeText('please asap, SAPPORO') },
    ],
    [
      'a word after one that it only ends',
      { words: ['art'] },
      { text: 'start, art' },
      { text: 'start smart' },
    ],
    ['a Japanese word as a text', { words: ['印刷'] }, { text: '再印刷する' }, { text: '印 刷' }],
    [
      'a dash for a long vowel',
      { text: ['サーバー'] },
      { text: normalizeText('サ－バ―が') },
      { text: normalizeText('サバ') },
    ],
    ['digits', { pattern: ['inc-####'] }, { text: 'see inc-0042.' }, { text: 'inc-42' }],
    [
      'characters between',
      { pattern: ['er?or:*42'] },
      { text: 'error:code42' },
      { text: 'error: 42' },
    ],
    [
      'fifty characters between',
      { pattern: ['a*b'] },
      { text: `a${'x'.repeat(50)}b` },
      { text: `a${'x'.repeat(51)}b` },
    ],
    [
      'the sender',
      { sender: [' Sato@Partner.example'] },
      { sender: 'sato@partner.example' },
      { sender: 'x@partner.example' },
    ],
    [
      'a domain and what is under it',
      { senderDomain: ['.example.com'] },
      { senderDomain: 'a.b.example.com' },
      { senderDomain: 'badexample.com' },
    ],
    [
      'a domain itself',
      { senderDomain: ['.example.com'] },
      { senderDomain: 'example.com' },
      { senderDomain: 'com' },
    ],
    ['the category', { category: ['network'] }, { category: 'network' }, {}],
    ['the priority', { priority: ['high'] }, { priority: 'high' }, {}],
    ['a tag', { tag: ['a', 'b'] }, { tags: ['b'] }, { tags: ['c'] }],
    ['attachments', { attachments: { any: true } }, { attachments: [file] }, {}],
    ['no attachment', { attachments: { any: false } }, {}, { attachments: [file] }],
    [
      'a type of attachment',
      { attachments: { types: ['application/*'] } },
      { attachments: [file] },
      { attachments: [{ ...file, type: 'image/png' }] },
    ],
    [
      'a name of an attachment',
      { attachments: { names: ['vpn'] } },
      { attachments: [file] },
      { attachments: [held] },
    ],
    [
      'an attachment that is held',
      { attachments: { held: true } },
      { attachments: [file, held] },
      { attachments: [file] },
    ],
    [
      'how many attachments',
      { attachments: { count: { min: 1, max: 1 } } },
      { attachments: [file] },
      { attachments: [file, held] },
    ],
    [
      'an open calendar',
      { time: { calendar: 'office', open: true } },
      clock({}),
      clock({ open: false }),
    ],
    [
      'a time of day',
      { time: { calendar: 'office', from: '09:00', to: '12:00' } },
      clock({}),
      clock({ minute: 720 }),
    ],
    [
      'a night, after midnight',
      { time: { calendar: 'office', from: '22:00', to: '06:00', days: ['sun'] } },
      clock({ minute: 359 }),
      clock({ minute: 360 }),
    ],
    [
      'a night, by the day of its evening',
      { time: { calendar: 'office', from: '22:00', to: '06:00', days: ['sun'] } },
      clock({ minute: 1320, weekday: 6 }),
      clock({ minute: 1320 }),
    ],
    ['a desk that is open', { desk: { id: 'bpo', open: true } }, at({}), at({ open: false })],
    [
      'a desk with much to do',
      { desk: { id: 'bpo', depth: { over: 11 }, oldestMinutes: { over: 30 } } },
      at({}),
      at({ oldestMinutes: 30 }),
    ],
    [
      'a desk with few people',
      { desk: { id: 'bpo', present: { under: 3 } } },
      at({}),
      at({ present: 3 }),
    ],
    [
      'a long wait',
      { desk: { id: 'bpo', waitMinutes: { over: 60 } } },
      at({ waitMinutes: 61 }),
      at({}),
    ],
    ['no desk that was not seen', { desk: { id: 'bpo', open: false } }, at({ open: false }), {}],
    [
      'what a contract takes',
      { contract: { desk: 'bpo', accepts: true } },
      { ...at({ accepts: ['a'] }), category: 'a' },
      at({ accepts: ['a'] }),
    ],
    [
      'a contract that takes all',
      { contract: { desk: 'bpo', accepts: true, covered: true } },
      at({}),
      at({ open: false }),
    ],
    [
      'what is left of a month',
      { contract: { desk: 'bpo', volumeLeft: true } },
      at({ volume: { used: 9, limit: 10 } }),
      at({ volume: { used: 10, limit: 10 } }),
    ],
    ['an earlier inquiry', { earlier: { withinDays: 7 } }, earlier({}), earlier({ at: lastMonth })],
    [
      'several earlier ones',
      { earlier: { withinDays: 7, atLeast: 2 } },
      earlier({}, {}),
      earlier({}, { at: lastMonth }),
    ],
    [
      'earlier ones of the category',
      { earlier: { withinDays: 7, sameCategory: true } },
      { ...earlier({ category: 'a' }), category: 'a' },
      earlier({}),
    ],
    [
      'earlier ones of one agent',
      { earlier: { withinDays: 7, atLeast: 2, sameAgent: true } },
      earlier({ agent: 'a' }, { agent: 'b' }, { agent: 'a' }),
      earlier({ agent: 'a' }, { agent: 'b' }, {}, {}),
    ],
  ])('on %s holds by that alone', (_, when, yes, no) => {
    expect([holds(when, yes), holds(when, no)]).toEqual([true, false]);
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
    expect(RuleCondition.safeParse(condition).success).toBe(false);
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
      { vip: true, text: normalizeText('vpn') },
    );
    expect(trace).toEqual([
      { rule: 'words', matched: true, because: ['text: ＶＰＮ'], set: ['category'] },
      { rule: 'vip', matched: true, because: ['vip: true', 'channel: mail'], set: ['desk'] },
      // The rule comes too late to name the desk.
      { rule: 'late', matched: true, because: ['channel: mail'], set: ['tags'] },
      { rule: 'otherwise', matched: true, because: [], set: ['priority'] },
    ]);
  });

  it('lets later rules see what earlier ones have set', () => {
    const services = { erp: { name: { ja: '基幹', en: 'ERP' }, criticality: 'critical' } };
    const set = RuleSet.parse({
      ...{ version: 3, otherwise, services },
      rules: [
        {
          id: 'sees-nothing',
          when: { any: [{ service: ['erp'] }, { category: ['app'] }] },
          set: { tags: ['early'] },
        },
        {
          id: 'names',
          when: always,
          set: { service: 'erp', category: 'app', tags: ['t'], urgency: 'high', impact: 'high' },
        },
        {
          id: 'sees',
          when: {
            all: [
              { criticality: ['critical'] },
              { category: ['app'] },
              { tag: ['t'] },
              { priority: ['critical'] },
            ],
          },
          set: { pool: 'both' },
        },
      ],
    });
    const { trace, ...routed } = compileRules(set).route(plainFacts);
    expect(routed).toEqual({
      ...{ pool: 'both', priority: 'critical', category: 'app', service: 'erp', rules: 3 },
      ...{ tags: ['t'], skills: [] },
    });
    expect(trace.at(-1)?.because).toEqual([
      'criticality: critical',
      'category: app',
      'tag: t',
      'priority: critical',
    ]);
  });

  it('is of the first service whose word it names, unless a person or a rule says otherwise', () => {
    const name = { ja: '', en: '' };
    const services = {
      erp: { name, criticality: 'low', words: ['SAP', '基幹'] },
      mail: { name, criticality: 'low', words: ['メール'] },
    };
    const rules = [{ id: 'r', when: { vip: true }, set: { service: 'mail' } }];
    const { route: ask } = compileRules(RuleSet.parse({ version: 1, otherwise, services, rules }));
    const text = normalizeText('基幹からのめーる、asap');
    const { service, trace } = ask({ ...plainFacts, text });
    expect(service).toBe('erp');
    expect(trace[0]).toEqual({
      rule: 'services',
      matched: true,
      because: ['words: 基幹'],
      set: ['service'],
    });
    expect(ask({ ...plainFacts, text, vip: true }).service).toBe('mail');
    expect(ask({ ...plainFacts, text, service: 'mail' as never }).service).toBe('mail');
    expect(ask(plainFacts)).not.toHaveProperty('service');
  });

  it.each<[string, object[], string]>([
    ['an impact alone', [{ impact: 'high' }], 'high'],
    ['both halves of two rules', [{ impact: 'high' }, { urgency: 'high' }], 'critical'],
    ['a priority after them', [{ impact: 'high', urgency: 'high' }, { priority: 'low' }], 'low'],
    [
      'a half after a priority',
      [{ impact: 'high' }, { priority: 'low' }, { urgency: 'low' }],
      'medium',
    ],
  ])('makes a priority of %s', (_, sets, expected) => {
    const rules = sets.map((set, index) => ({ id: `r${index}`, when: always, set }));
    expect(route(rules).priority).toBe(expected);
  });

  it('keeps what an earlier rule has set: to expedite, to hold, the first flag, every skill', () => {
    const routed = route([
      { id: 'a', when: always, set: { expedite: true, flag: 'first', skills: ['sap'] } },
      { id: 'b', when: always, set: { hold: true, flag: 'second', skills: ['sap', 'english'] } },
      { id: 'off', when: always, set: { desk: 'staff' }, enabled: false },
    ]);
    expect(routed).toMatchObject({
      ...{ expedite: true, hold: true, flag: 'first', skills: ['sap', 'english'], desk: 'bpo' },
    });
    expect(routed.trace.map(({ rule, set }) => [rule, set])).toEqual([
      ['a', ['skills', 'expedite', 'flag']],
      ['b', ['skills', 'hold']],
      ['otherwise', ['desk', 'priority', 'category']],
    ]);
  });

  it('tells what it needs to know besides the inquiry', () => {
    const when = {
      any: [
        { not: { desk: { id: 'bpo', open: true } } },
        { contract: { desk: 'bpo-b', covered: true } },
        { time: { calendar: 'office', open: true } },
        { earlier: { withinDays: 3 } },
      ],
    };
    const needs = (enabled: boolean) =>
      compileRules(
        RuleSet.parse({
          version: 1,
          otherwise,
          rules: [{ id: 'r', when, set: { hold: true }, enabled }],
        }),
      ).needs;
    expect(needs(true)).toEqual({ desks: ['bpo', 'bpo-b'], earlier: true, calendars: ['office'] });
    expect(needs(false)).toEqual({ desks: [], earlier: false, calendars: [] });
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
    // A rule raises the priority that a person set on the phone, and never lowers it.
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
    expect(normalizeText(one)).toBe(normalizeText(other));
  });

  it('leaves apart what is not the same', () => {
    expect(normalizeText('ハス')).not.toBe(normalizeText('パス'));
    expect(normalizeText('病院')).not.toBe(normalizeText('美容院'));
  });
});

describe('the facts', () => {
  it('are of the inquiry and its first message', () => {
    const inquiry = {
      ...makeInquiryIn('new'),
      subject: 'ＶＰＮ',
      requester: { address: 'sato@partner.example' as never, external: true, department: '営業部' },
      source: { form: 'general', fields: { affected: 'team' } },
    };
    expect(
      buildRoutingFacts(inquiry, { text: 'つながらない', attachments: [] }, plainFacts),
    ).toMatchObject({
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
