import { Channel, Language, Priority } from '../../../inquiry/values/vocabulary.ts';
import { comparable, phrasesOf } from '../compile/compile-conditions.ts';
import { hasWord } from '../compile/phrase-index.ts';
import type { About, Bounds, FactCondition, Phrases } from '../conditions.ts';
import { normalize } from '../normalize-text.ts';
import type { RuleSet } from '../rule-set.ts';

/** What a literal says, positively, of the fact that its key names. */
type Statement =
  /** The fact has one value at most, and it is one of these. */
  | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
  /** One of these is there; there may be several. */
  | { readonly kind: 'any'; readonly items: readonly string[]; readonly covers: Covers }
  /** Both ends included; without a number it does not hold. */
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'earlier'; readonly earlier: About<'earlier'> };

/** Whether the second is there wherever the first is. */
type Covers = (one: string, other: string) => boolean;

/** A statement on one fact, or its opposite. */
export type Literal = Statement & {
  readonly key: string;
  readonly positive: boolean;
  /** Rules may change the fact, so what holds for one rule need not hold for the next. */
  readonly changes: boolean;
};

const isSame: Covers = (one, other) => one === other;
const hasPart: Covers = (one, other) => one.includes(other);
const loads = ['depth', 'oldestMinutes', 'present', 'waitMinutes'] as const;
const endless = Number.POSITIVE_INFINITY;

/** All values of the facts that always have one. */
const domains = new Map<string, readonly string[]>([
  ['channel', Channel.options],
  ['language', Language.options],
  ['priority', Priority.options],
  ...['vip', 'external', 'automated', 'attachments.any', 'attachments.held'].map(
    (key) => [key, ['true', 'false']] as const,
  ),
]);

/** What a condition says: all of these. */
export function literalsOf(condition: FactCondition, lists: RuleSet['lists']): Literal[] {
  const said = (key: string, phrases: Phrases, covers = hasPart) =>
    any(key, phrasesOf(phrases, lists).map(normalize), covers);
  if ('text' in condition) return [said('text', condition.text)];
  if ('subject' in condition) return [said('subject', condition.subject)];
  if ('words' in condition) return [said('words', condition.words, hasWord)];
  if ('pattern' in condition) return [any('pattern', condition.pattern.map(normalize))];
  if ('channel' in condition) return [values('channel', condition.channel)];
  if ('language' in condition) return [values('language', condition.language)];
  if ('form' in condition) return [values('form', condition.form)];
  if ('department' in condition) return [values('department', condition.department)];
  if ('sender' in condition) {
    return [
      values(
        'sender',
        condition.sender.map((one) => one.trim().toLowerCase()),
      ),
    ];
  }
  if ('senderDomain' in condition) {
    const domains = condition.senderDomain.map((domain) => domain.toLowerCase());
    return [any('senderDomain', domains, isWithinDomain)];
  }
  if ('vip' in condition) return [values('vip', [condition.vip])];
  if ('external' in condition) return [values('external', [condition.external])];
  if ('automated' in condition) return [values('automated', [condition.automated])];
  if ('category' in condition) return [changing(values('category', condition.category))];
  if ('service' in condition) return [changing(values('service', condition.service))];
  if ('priority' in condition) return [changing(values('priority', condition.priority))];
  if ('criticality' in condition) {
    return [changing(values('criticality', condition.criticality))];
  }
  if ('tag' in condition) return [changing(any('tag', condition.tag))];
  if ('field' in condition) return ofField(condition.field, said);
  if ('attachments' in condition) return ofAttachments(condition.attachments, said);
  if ('time' in condition) {
    const { time } = condition;
    return [
      'open' in time
        ? values(`time.open ${time.calendar}`, [time.open])
        : any('time', [JSON.stringify(time)]),
    ];
  }
  if ('desk' in condition) return ofDesk(condition.desk);
  if ('contract' in condition) {
    const { desk, accepts, covered, volumeLeft } = condition.contract;
    return [
      ...(accepts === undefined ? [] : [changing(values(`accepts ${desk}`, [accepts]))]),
      // A desk is open while it is covered.
      ...(covered === undefined ? [] : [values(`desk.open ${desk}`, [covered])]),
      ...(volumeLeft === undefined ? [] : [values(`volumeLeft ${desk}`, [volumeLeft])]),
    ];
  }
  const { earlier } = condition;
  const changes = earlier.sameCategory === true || earlier.sameService === true;
  return [{ key: 'earlier', positive: true, kind: 'earlier', earlier, changes }];
}

type Said = (key: string, phrases: Phrases) => Literal;

function ofField({ name, is, contains, exists, min, max }: About<'field'>, said: Said): Literal[] {
  const isBound = min !== undefined || max !== undefined;
  return [
    ...(is === undefined
      ? []
      : [
          any(
            `field ${name}`,
            is.map((one) => `${typeof one} ${comparable(one)}`),
          ),
        ]),
    ...(contains === undefined ? [] : [said(`field.contains ${name}`, contains)]),
    ...(exists === undefined ? [] : [values(`field.exists ${name}`, [exists])]),
    ...(isBound ? [range(`field.number ${name}`, min ?? -endless, max ?? endless)] : []),
  ];
}

function ofAttachments(about: About<'attachments'>, said: Said): Literal[] {
  const { any: some, types, names, held, count } = about;
  return [
    ...(some === undefined ? [] : [values('attachments.any', [some])]),
    ...(types === undefined
      ? []
      : [
          any(
            'attachments.type',
            types.map((type) => type.toLowerCase()),
            isOfType,
          ),
        ]),
    ...(names === undefined ? [] : [said('attachments.name', names)]),
    ...(held === undefined ? [] : [values('attachments.held', [held])]),
    ...(count === undefined
      ? []
      : [range('attachments.count', Math.max(0, count.min ?? 0), count.max ?? endless)]),
  ];
}

function ofDesk(desk: About<'desk'>): Literal[] {
  return [
    ...(desk.open === undefined ? [] : [values(`desk.open ${desk.id}`, [desk.open])]),
    ...loads.flatMap((load) => {
      const bounds: Bounds | undefined = desk[load];
      if (bounds === undefined) return [];
      // All of them are whole numbers.
      const min = bounds.over === undefined ? 0 : Math.floor(bounds.over) + 1;
      const max = bounds.under === undefined ? endless : Math.ceil(bounds.under) - 1;
      return [range(`desk.${load} ${desk.id}`, min, max)];
    }),
  ];
}

function values(key: string, given: readonly (string | boolean)[]): Literal {
  const texts = new Set(given.map(String));
  return { key, positive: true, changes: false, kind: 'values', values: texts };
}

function any(key: string, items: readonly string[], covers: Covers = isSame): Literal {
  return { key, positive: true, changes: false, kind: 'any', items, covers };
}

function range(key: string, min: number, max: number): Literal {
  return { key, positive: true, changes: false, kind: 'range', min, max };
}

function changing(literal: Literal): Literal {
  return { ...literal, changes: true };
}

/** `.example.com` is the domain and all that is under it. */
function isWithinDomain(one: string, other: string): boolean {
  if (!other.startsWith('.')) return one === other;
  return one === other.slice(1) || one.endsWith(other);
}

function isOfType(one: string, other: string): boolean {
  return one === other || (other.endsWith('/*') && one.startsWith(other.slice(0, -1)));
}

/** The opposite of a literal; of a fact that always has a value, that it has another. */
export function opposite(literal: Literal): Literal {
  const domain = domains.get(literal.key);
  if (literal.kind === 'values' && domain !== undefined) {
    const others = domain.filter((value) => !literal.values.has(value));
    return { ...literal, values: new Set(others) };
  }
  return { ...literal, positive: !literal.positive };
}

/** Whether a literal says nothing: it holds whatever the facts are. */
export function isVain(literal: Literal): boolean {
  if (literal.kind === 'values') {
    return literal.positive && literal.values.size === domains.get(literal.key)?.length;
  }
  if (literal.kind === 'any') return !literal.positive && literal.items.length === 0;
  if (literal.kind !== 'range') return false;
  if (literal.min > literal.max) return !literal.positive;
  return literal.positive && literal.key === 'attachments.count' && spans(literal, 0, endless);
}

/** Whether a literal cannot hold at all. */
export function isAbsurd(literal: Literal): boolean {
  if (!literal.positive) return isVain({ ...literal, positive: true });
  if (literal.kind === 'values') return literal.values.size === 0;
  if (literal.kind === 'any') return literal.items.length === 0;
  return literal.kind === 'range' && literal.min > literal.max;
}

/** Whether the second holds wherever the first does; no more is claimed than can be shown. */
export function implies(one: Literal, other: Literal): boolean {
  if (one.positive && other.positive) return includes(one, other);
  if (!one.positive && !other.positive) return includes(other, one);
  return one.positive && isDisjoint(one, other);
}

/** Whether what one states is part of what the other does, both taken positively. */
function includes(one: Literal, other: Literal): boolean {
  // What stands in a text as a word stands in it.
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

function isDisjoint(one: Literal, other: Literal): boolean {
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
