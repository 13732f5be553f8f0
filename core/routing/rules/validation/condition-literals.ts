import { Channel, Language, Priority } from '../../../inquiry/values/vocabulary.ts';
import { normalizeFieldValue, resolvePhrases } from '../compile/compile-conditions.ts';
import { containsWord } from '../compile/phrase-index.ts';
import type { FactCondition, FactCriterion, MeasureBounds, Phrases } from '../conditions.ts';
import { normalizeText } from '../normalize-text.ts';
import type { RuleSet } from '../rule-set.ts';

/** What a literal states about the fact that its key names, before any negation. */
type FactStatement =
  /** The fact has at most one value, and it is one of these. */
  | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
  /** At least one of these is present. */
  | { readonly kind: 'any'; readonly items: readonly string[]; readonly covers: ItemCoverage }
  /** Both ends inclusive; does not hold without a number. */
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'earlier'; readonly earlier: FactCriterion<'earlier'> };

/** Whether the second is present wherever the first is. */
type ItemCoverage = (one: string, other: string) => boolean;

/** A statement about one fact, or its negation. */
export type ConditionLiteral = FactStatement & {
  readonly key: string;
  readonly positive: boolean;
  /** Rules may change the fact, so what holds for one rule need not hold for the next. */
  readonly changes: boolean;
};

const isSame: ItemCoverage = (one, other) => one === other;
const hasPart: ItemCoverage = (one, other) => one.includes(other);
const deskMeasures = ['depth', 'oldestMinutes', 'present', 'waitMinutes'] as const;
const unbounded = Number.POSITIVE_INFINITY;

/** All possible values of the facts that always have one. */
const domains = new Map<string, readonly string[]>([
  ['channel', Channel.options],
  ['language', Language.options],
  ['priority', Priority.options],
  ...['vip', 'external', 'automated', 'attachments.any', 'attachments.held'].map(
    (key) => [key, ['true', 'false']] as const,
  ),
]);

/** The literals of a condition, which holds when all of them do. */
export function extractLiterals(
  condition: FactCondition,
  lists: RuleSet['lists'],
): ConditionLiteral[] {
  const makePhraseLiteral = (key: string, phrases: Phrases, covers = hasPart) =>
    makeAnyLiteral(key, resolvePhrases(phrases, lists).map(normalizeText), covers);
  if ('text' in condition) return [makePhraseLiteral('text', condition.text)];
  if ('subject' in condition) return [makePhraseLiteral('subject', condition.subject)];
  if ('words' in condition) return [makePhraseLiteral('words', condition.words, containsWord)];
  if ('pattern' in condition)
    return [makeAnyLiteral('pattern', condition.pattern.map(normalizeText))];
  if ('channel' in condition) return [makeValuesLiteral('channel', condition.channel)];
  if ('language' in condition) return [makeValuesLiteral('language', condition.language)];
  if ('form' in condition) return [makeValuesLiteral('form', condition.form)];
  if ('department' in condition) return [makeValuesLiteral('department', condition.department)];
  if ('sender' in condition) {
    return [
      makeValuesLiteral(
        'sender',
        condition.sender.map((one) => one.trim().toLowerCase()),
      ),
    ];
  }
  if ('senderDomain' in condition) {
    const domains = condition.senderDomain.map((domain) => domain.toLowerCase());
    return [makeAnyLiteral('senderDomain', domains, isWithinDomain)];
  }
  if ('vip' in condition) return [makeValuesLiteral('vip', [condition.vip])];
  if ('external' in condition) return [makeValuesLiteral('external', [condition.external])];
  if ('automated' in condition) return [makeValuesLiteral('automated', [condition.automated])];
  if ('category' in condition)
    return [markChangeable(makeValuesLiteral('category', condition.category))];
  if ('service' in condition)
    return [markChangeable(makeValuesLiteral('service', condition.service))];
  if ('priority' in condition)
    return [markChangeable(makeValuesLiteral('priority', condition.priority))];
  if ('criticality' in condition) {
    return [markChangeable(makeValuesLiteral('criticality', condition.criticality))];
  }
  if ('tag' in condition) return [markChangeable(makeAnyLiteral('tag', condition.tag))];
  if ('field' in condition) return extractFieldLiterals(condition.field, makePhraseLiteral);
  if ('attachments' in condition)
    return extractAttachmentLiterals(condition.attachments, makePhraseLiteral);
  if ('time' in condition) {
    const { time } = condition;
    return [
      'open' in time
        ? makeValuesLiteral(`time.open ${time.calendar}`, [time.open])
        : makeAnyLiteral('time', [JSON.stringify(time)]),
    ];
  }
  if ('desk' in condition) return extractDeskLiterals(condition.desk);
  if ('contract' in condition) {
    const { desk, accepts, covered, volumeLeft } = condition.contract;
    return [
      ...(accepts === undefined
        ? []
        : [markChangeable(makeValuesLiteral(`accepts ${desk}`, [accepts]))]),
      // A desk is covered exactly while it is open.
      ...(covered === undefined ? [] : [makeValuesLiteral(`desk.open ${desk}`, [covered])]),
      ...(volumeLeft === undefined ? [] : [makeValuesLiteral(`volumeLeft ${desk}`, [volumeLeft])]),
    ];
  }
  const { earlier } = condition;
  const changes = earlier.sameCategory === true || earlier.sameService === true;
  return [{ key: 'earlier', positive: true, kind: 'earlier', earlier, changes }];
}

type PhraseLiteralMaker = (key: string, phrases: Phrases) => ConditionLiteral;

function extractFieldLiterals(
  { name, is, contains, exists, min, max }: FactCriterion<'field'>,
  makePhraseLiteral: PhraseLiteralMaker,
): ConditionLiteral[] {
  const isBound = min !== undefined || max !== undefined;
  return [
    ...(is === undefined
      ? []
      : [
          makeAnyLiteral(
            `field ${name}`,
            is.map((one) => `${typeof one} ${normalizeFieldValue(one)}`),
          ),
        ]),
    ...(contains === undefined ? [] : [makePhraseLiteral(`field.contains ${name}`, contains)]),
    ...(exists === undefined ? [] : [makeValuesLiteral(`field.exists ${name}`, [exists])]),
    ...(isBound
      ? [makeRangeLiteral(`field.number ${name}`, min ?? -unbounded, max ?? unbounded)]
      : []),
  ];
}

function extractAttachmentLiterals(
  attachments: FactCriterion<'attachments'>,
  makePhraseLiteral: PhraseLiteralMaker,
): ConditionLiteral[] {
  const { any: some, types, names, held, count } = attachments;
  return [
    ...(some === undefined ? [] : [makeValuesLiteral('attachments.any', [some])]),
    ...(types === undefined
      ? []
      : [
          makeAnyLiteral(
            'attachments.type',
            types.map((type) => type.toLowerCase()),
            isOfType,
          ),
        ]),
    ...(names === undefined ? [] : [makePhraseLiteral('attachments.name', names)]),
    ...(held === undefined ? [] : [makeValuesLiteral('attachments.held', [held])]),
    ...(count === undefined
      ? []
      : [
          makeRangeLiteral(
            'attachments.count',
            Math.max(0, count.min ?? 0),
            count.max ?? unbounded,
          ),
        ]),
  ];
}

function extractDeskLiterals(desk: FactCriterion<'desk'>): ConditionLiteral[] {
  return [
    ...(desk.open === undefined ? [] : [makeValuesLiteral(`desk.open ${desk.id}`, [desk.open])]),
    ...deskMeasures.flatMap((load) => {
      const bounds: MeasureBounds | undefined = desk[load];
      if (bounds === undefined) return [];
      // All measures are whole numbers.
      const min = bounds.over === undefined ? 0 : Math.floor(bounds.over) + 1;
      const max = bounds.under === undefined ? unbounded : Math.ceil(bounds.under) - 1;
      return [makeRangeLiteral(`desk.${load} ${desk.id}`, min, max)];
    }),
  ];
}

function makeValuesLiteral(key: string, accepted: readonly (string | boolean)[]): ConditionLiteral {
  const texts = new Set(accepted.map(String));
  return { key, positive: true, changes: false, kind: 'values', values: texts };
}

function makeAnyLiteral(
  key: string,
  items: readonly string[],
  covers: ItemCoverage = isSame,
): ConditionLiteral {
  return { key, positive: true, changes: false, kind: 'any', items, covers };
}

function makeRangeLiteral(key: string, min: number, max: number): ConditionLiteral {
  return { key, positive: true, changes: false, kind: 'range', min, max };
}

function markChangeable(literal: ConditionLiteral): ConditionLiteral {
  return { ...literal, changes: true };
}

/** `.example.com` covers the domain itself and every subdomain. */
function isWithinDomain(one: string, other: string): boolean {
  if (!other.startsWith('.')) return one === other;
  return one === other.slice(1) || one.endsWith(other);
}

function isOfType(one: string, other: string): boolean {
  return one === other || (other.endsWith('/*') && one.startsWith(other.slice(0, -1)));
}

/** Negates a literal; a fact that always has a value then has one of the others. */
export function negateLiteral(literal: ConditionLiteral): ConditionLiteral {
  const domain = domains.get(literal.key);
  if (literal.kind === 'values' && domain !== undefined) {
    const others = domain.filter((value) => !literal.values.has(value));
    return { ...literal, values: new Set(others) };
  }
  return { ...literal, positive: !literal.positive };
}

/** Whether a literal holds whatever the facts are. */
export function isTautology(literal: ConditionLiteral): boolean {
  if (literal.kind === 'values') {
    return literal.positive && literal.values.size === domains.get(literal.key)?.length;
  }
  if (literal.kind === 'any') return !literal.positive && literal.items.length === 0;
  if (literal.kind !== 'range') return false;
  if (literal.min > literal.max) return !literal.positive;
  return literal.positive && literal.key === 'attachments.count' && spans(literal, 0, unbounded);
}

/** Whether a literal can never hold. */
export function isContradiction(literal: ConditionLiteral): boolean {
  if (!literal.positive) return isTautology({ ...literal, positive: true });
  if (literal.kind === 'values') return literal.values.size === 0;
  if (literal.kind === 'any') return literal.items.length === 0;
  return literal.kind === 'range' && literal.min > literal.max;
}

/** Whether `other` holds wherever `one` does; false where that cannot be shown. */
export function impliesLiteral(one: ConditionLiteral, other: ConditionLiteral): boolean {
  if (one.positive && other.positive) return impliesStatement(one, other);
  if (!one.positive && !other.positive) return impliesStatement(other, one);
  return one.positive && isDisjoint(one, other);
}

/** Whether the statement of `one` implies that of `other`, negation aside. */
function impliesStatement(one: ConditionLiteral, other: ConditionLiteral): boolean {
  // A text that has a word contains it.
  const isWordInText = one.key === 'words' && other.key === 'text';
  if (one.key !== other.key && !isWordInText) return false;
  if (one.kind === 'values' && other.kind === 'values') {
    return [...one.values].every((value) => other.values.has(value));
  }
  if (one.kind === 'any' && other.kind === 'any') {
    return one.items.every((item) => other.items.some((wider) => other.covers(item, wider)));
  }
  if (one.kind === 'range' && other.kind === 'range') return spans(other, one.min, one.max);
  if (one.kind !== 'earlier' || other.kind !== 'earlier') return false;
  const [strict, loose] = [one.earlier, other.earlier];
  return (
    strict.withinDays <= loose.withinDays &&
    (strict.atLeast ?? 1) >= (loose.atLeast ?? 1) &&
    (['sameCategory', 'sameService', 'sameAgent'] as const).every(
      (name) => loose[name] !== true || strict[name] === true,
    )
  );
}

function isDisjoint(one: ConditionLiteral, other: ConditionLiteral): boolean {
  if (one.key !== other.key) return false;
  if (one.kind === 'values' && other.kind === 'values') {
    return [...one.values].every((value) => !other.values.has(value));
  }
  if (one.kind !== 'range' || other.kind !== 'range') return false;
  return one.max < other.min || other.max < one.min;
}

function spans({ min, max }: { min: number; max: number }, from: number, to: number): boolean {
  return min <= from && to <= max;
}
