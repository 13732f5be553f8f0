import fc from 'fast-check';
import type { CalendarId } from '../../core/calendar/calendar-definition.ts';
import type { RoutingObservation } from '../../core/inquiry/events/routing-observation.ts';
import type { DeskId, Instant, Sub } from '../../core/inquiry/values/ids.ts';
import type { ServiceId } from '../../core/inquiry/values/vocabulary.ts';
import { normalizeText } from '../../core/routing/rules/normalize-text.ts';
import type { RoutingFacts } from '../../core/routing/rules/routing-facts.ts';

// Few of each, so that rules often match inquiries and overlap each other.
const phrases = [
  'vpn',
  'VPNクライアント',
  'SAP',
  'sap gui',
  'ぱすわーど',
  'プリンタ',
  '印刷',
  'a',
  'aa',
];
const desks = ['staff', 'bpo', 'bpo-b'];
const categories = ['network', 'password', 'general'];
const services = ['erp', 'mail'];
const tags = ['red', 'green'];
const fieldNames = ['affected', 'cost'];
const calendars = ['office', 'night'];

const generateSome = <Value>(values: readonly Value[], most = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most });
const generateOptional = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.option(arbitrary, { nil: undefined });
const requiredOf = (always: object) => Object.keys(always) as never[];
/** With at least one of its optional parts. */
const generatePartial = (parts: Record<string, fc.Arbitrary<unknown>>, always = {}) =>
  fc
    .record<Record<string, unknown>>({ ...always, ...parts }, { requiredKeys: requiredOf(always) })
    .filter((record) => Object.keys(record).length > Object.keys(always).length);

const anyPhrases = fc.oneof(
  { weight: 4, arbitrary: generateSome(phrases) },
  { weight: 1, arbitrary: fc.constant({ list: 'words' }) },
);
const small = fc.integer({ min: 0, max: 5 });
const bounds = generatePartial({ over: small, under: small });

/** Conditions on one fact, as a lead would write them. */
export const generatedFactCondition: fc.Arbitrary<object> = fc.oneof(
  fc.record({ channel: generateSome(['mail', 'form', 'phone']) }),
  fc.record({ form: generateSome(['general', 'account-request']) }),
  fc.record({
    field: generatePartial(
      {
        is: generateSome(['team', 'ＴＥＡＭ', 'company', 3, true]),
        contains: anyPhrases,
        exists: fc.boolean(),
        min: small,
        max: small,
      },
      { name: fc.constantFrom(...fieldNames) },
    ),
  }),
  fc.record({ text: anyPhrases }),
  fc.record({ text: anyPhrases }),
  fc.record({ subject: anyPhrases }),
  fc.record({ words: anyPhrases }),
  fc.record({ pattern: generateSome(['inc###', 'v?n', 's*i', '##-#', 'a*a*a', '#', '?*t']) }),
  fc.record({ sender: generateSome(['sato@partner.example', 'suzuki@corp.example']) }),
  fc.record({ senderDomain: generateSome(['Partner.example', '.example', '.corp.example']) }),
  fc.record({ department: generateSome(['営業部', '総務部']) }),
  fc.record({ vip: fc.boolean() }),
  fc.record({ external: fc.boolean() }),
  fc.record({ automated: fc.boolean() }),
  fc.record({ language: generateSome(['ja', 'en'], 2) }),
  fc.record({ category: generateSome(categories) }),
  fc.record({ service: generateSome(services) }),
  fc.record({ criticality: generateSome(['critical', 'high', 'low']) }),
  fc.record({ priority: generateSome(['critical', 'high', 'medium', 'low']) }),
  fc.record({ tag: generateSome(tags) }),
  fc.record({
    attachments: generatePartial({
      any: fc.boolean(),
      types: generateSome(['image/*', 'image/png', 'text/plain']),
      names: anyPhrases,
      held: fc.boolean(),
      count: generatePartial({ min: small, max: small }),
    }),
  }),
  fc.record({
    time: fc.oneof(
      fc.record({ calendar: fc.constantFrom(...calendars), open: fc.boolean() }),
      fc
        .record(
          {
            calendar: fc.constantFrom(...calendars),
            from: fc.constantFrom('00:00', '09:00', '22:30'),
            to: fc.constantFrom('00:00', '06:00', '17:45'),
            days: generateSome(['mon', 'sat', 'sun']),
          },
          { requiredKeys: ['calendar', 'from', 'to'] },
        )
        .filter(({ from, to }) => from !== to),
    ),
  }),
  fc.record({
    desk: generatePartial(
      {
        open: fc.boolean(),
        depth: bounds,
        oldestMinutes: bounds,
        present: bounds,
        waitMinutes: bounds,
      },
      { id: fc.constantFrom(...desks) },
    ),
  }),
  fc.record({
    contract: generatePartial(
      { accepts: fc.boolean(), covered: fc.boolean(), volumeLeft: fc.boolean() },
      { desk: fc.constantFrom(...desks) },
    ),
  }),
  fc.record({
    earlier: fc.record(
      {
        withinDays: fc.constantFrom(1, 7, 90),
        atLeast: fc.integer({ min: 1, max: 3 }),
        sameCategory: fc.boolean(),
        sameService: fc.boolean(),
        sameAgent: fc.boolean(),
      },
      { requiredKeys: ['withinDays'] },
    ),
  }),
);

export const generatedCondition: fc.Arbitrary<object> = fc.letrec<{ condition: object }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: generatedFactCondition },
    {
      weight: 2,
      arbitrary: fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ not: tie('condition') }) },
  ),
})).condition;

const level = fc.constantFrom('high', 'medium', 'low');

/** The actions of a rule. */
export const generatedActions: fc.Arbitrary<object> = generatePartial({
  desk: fc.constantFrom(...desks),
  pool: fc.constant('both'),
  priority: fc.constantFrom('critical', 'high', 'medium', 'low'),
  impact: level,
  urgency: level,
  category: fc.constantFrom(...categories),
  service: fc.constantFrom(...services),
  policy: fc.constantFrom('standard', 'gold'),
  tags: generateSome(tags),
  skills: generateSome(['sap', 'english']),
  expedite: fc.constant(true),
  hold: fc.constant(true),
  flag: fc.constantFrom('見てください', 'look'),
}).map(({ pool, priority, ...rest }) => ({
  ...rest,
  ...(pool === undefined || 'desk' in rest ? {} : { pool }),
  ...(priority === undefined || 'impact' in rest || 'urgency' in rest ? {} : { priority }),
  // Something is left when the parts that exclude each other are removed.
  ...(Object.keys(rest).length === 0 && pool === undefined ? { category: 'general' } : {}),
}));

/** Bodies of rule sets, always valid. */
export const generatedRuleSetBody = fc
  .record(
    {
      services: fc.constant({
        erp: { name: { ja: '基幹', en: 'ERP' }, criticality: 'critical', words: ['SAP', '基幹'] },
        mail: { name: { ja: 'メール', en: 'Mail' }, criticality: 'low', words: ['vpn'] },
      }),
      matrix: fc.constant({
        high: { high: 'critical', medium: 'critical', low: 'high' },
        medium: { high: 'high', medium: 'high', low: 'medium' },
        low: { high: 'high', medium: 'low', low: 'low' },
      }),
      rules: fc.array(
        fc.record(
          { when: generatedCondition, set: generatedActions, enabled: fc.boolean() },
          {
            requiredKeys: ['when', 'set'],
          },
        ),
        { maxLength: 8 },
      ),
    },
    { requiredKeys: ['rules'] },
  )
  .map(({ rules, services: given, ...body }) => ({
    ...body,
    version: 3,
    services: given ?? {
      erp: { name: { ja: '', en: '' }, criticality: 'low' },
      mail: { name: { ja: '', en: '' }, criticality: 'high' },
    },
    lists: { words: ['プリンタ', 'vpn'] },
    rules: rules.map((rule, index) => ({ id: `r${index}`, ...rule })),
    otherwise: { desk: 'bpo', priority: 'low', category: 'general' },
  }));

const observedDesk = fc.record(
  {
    ...{ open: fc.boolean(), depth: small, oldestMinutes: small, present: small },
    waitMinutes: small,
    accepts: generateSome(categories),
    volume: fc.record({ used: small, limit: small }, { requiredKeys: ['used'] }),
  },
  { requiredKeys: ['open', 'depth', 'oldestMinutes', 'present'] },
);

const at = '2026-11-20T01:00:00.000Z' as Instant;

const observed: fc.Arbitrary<RoutingObservation> = fc.record(
  {
    desks: fc.dictionary(fc.constantFrom(...(desks as DeskId[])), observedDesk, {
      noNullPrototype: true,
    }),
    earlier: fc.array(
      fc.record(
        {
          at: fc.constantFrom(
            ...([
              '2026-11-19T23:00:00.000Z',
              '2026-11-15T01:00:00.000Z',
              '2026-09-01T01:00:00.000Z',
            ] as Instant[]),
          ),
          category: fc.constantFrom(...categories),
          service: fc.constantFrom(...(services as ServiceId[])),
          agent: fc.constantFrom(...(['anna', 'ben'] as Sub[])),
        },
        { requiredKeys: ['at'] },
      ),
      { maxLength: 4 },
    ),
  },
  { requiredKeys: ['desks'] },
) as fc.Arbitrary<RoutingObservation>;

const words = [
  ...phrases,
  'inc123',
  'xvpnx',
  'sapporo',
  '基幹',
  ' ',
  '\n',
  '-',
  '12-3',
  '、',
  'ﾌﾟﾘﾝﾀ',
  'b',
];
const someText = fc
  .array(fc.constantFrom(...words), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** Inquiries that rules of `ruleSetBody` may match. */
export const generatedFacts: fc.Arbitrary<RoutingFacts> = fc
  .record({
    channel: fc.constantFrom('mail' as const, 'form' as const, 'phone' as const),
    form: generateOptional(fc.constantFrom('general', 'account-request', 'other')),
    fields: fc.dictionary(
      fc.constantFrom(...fieldNames),
      fc.constantFrom('team', 'Company', 3, '4', true, null, ['team', 'x'], 'VPN と SAP'),
      { noNullPrototype: true },
    ),
    subject: someText,
    body: someText,
    sender: generateOptional(
      fc.constantFrom('sato@partner.example', 'x@sub.corp.example', 'y@other.test'),
    ),
    department: generateOptional(fc.constantFrom('営業部', '人事部')),
    ...{ vip: fc.boolean(), external: fc.boolean(), automated: fc.boolean() },
    language: fc.constantFrom('ja' as const, 'en' as const),
    priority: fc.constantFrom(
      'critical' as const,
      'high' as const,
      'medium' as const,
      'low' as const,
    ),
    category: generateOptional(fc.constantFrom(...categories, 'other')),
    service: generateOptional(fc.constantFrom(...(services as ServiceId[]))),
    tags: fc.uniqueArray(fc.constantFrom(...tags), { maxLength: 2 }),
    attachments: fc.array(
      fc.record(
        {
          name: fc.constantFrom('VPN.png', 'note.txt'),
          type: fc.constantFrom('image/png', 'text/plain'),
          size: fc.constant(1),
          held: fc.constant('encrypted-archive'),
        },
        { requiredKeys: ['name', 'type', 'size'] },
      ),
      { maxLength: 3 },
    ),
    office: generateOptional(
      fc.record({
        open: fc.boolean(),
        minute: fc.constantFrom(0, 359, 360, 540, 1064, 1065, 1349, 1350, 1439),
        weekday: fc.integer({ min: 0, max: 6 }),
      }),
    ),
    observed,
  })
  .map(({ office, body, subject, form, sender, department, category, service, ...rest }) => ({
    ...rest,
    at,
    subject: normalizeText(subject),
    text: normalizeText(`${subject}\n${body}`),
    ...(form === undefined ? {} : { form }),
    ...(sender === undefined
      ? {}
      : { sender, senderDomain: sender.slice(sender.indexOf('@') + 1) }),
    ...(department === undefined ? {} : { department }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
    calendar: (id: CalendarId) => (id === 'office' ? office : undefined),
  }));

/** The names that rules may use. */
export const knownRuleNames = {
  desks,
  pools: ['both'],
  calendars,
  policies: ['standard', 'gold'],
  forms: ['general', 'account-request'],
  skills: ['sap', 'english'],
};
