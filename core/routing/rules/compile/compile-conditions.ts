import type { CalendarId } from '../../../calendar/calendar-definition.ts';
import type { DeskId } from '../../../inquiry/values/ids.ts';
import type { About, Condition, FactName, Phrases } from '../conditions.ts';
import { normalize } from '../normalize-text.ts';
import type { ReasonFact } from '../reason-facts.ts';
import type { RuleSet } from '../rule-set.ts';
import { compilePattern, type Pattern } from '../text-pattern.ts';
import {
  compileContract,
  compileDesk,
  compileEarlier,
  compileTime,
} from './compile-context-conditions.ts';
import type { Found, PhraseBook } from './phrase-index.ts';
import { fieldOf, numberOf, type Question, type Test } from './rule-evaluation.ts';

/** A phrase as its writer wrote it, and its number in the set's book. */
type Numbered = readonly (readonly [written: string, number: number])[];

const never: Test = () => undefined;

/** Compiles the conditions of one rule set, and gathers what they need. */
export class ConditionCompiler {
  readonly desks = new Set<DeskId>();
  readonly calendars = new Set<CalendarId>();
  asksEarlier = false;
  readonly #book: PhraseBook;
  readonly #lists: RuleSet['lists'];

  constructor(book: PhraseBook, lists: RuleSet['lists']) {
    this.#book = book;
    this.#lists = lists;
  }

  compile(condition: Condition): Test {
    if ('all' in condition) return all(condition.all.map((one) => this.compile(one)));
    if ('any' in condition) return any(condition.any.map((one) => this.compile(one)));
    if ('not' in condition) {
      const test = this.compile(condition.not);
      return (question) => (test(question) === undefined ? ['not'] : undefined);
    }
    if ('text' in condition) return said('text', this.numbered(condition.text), ({ text }) => text);
    if ('words' in condition) {
      const phrases = this.numbered(condition.words, true);
      return said('words', phrases, ({ words }) => words);
    }
    if ('subject' in condition) {
      return said('subject', this.numbered(condition.subject), ({ subject }) => subject);
    }
    if ('pattern' in condition) return this.#pattern(condition.pattern);
    if ('field' in condition) return this.#field(condition.field);
    if ('attachments' in condition) return this.#attachments(condition.attachments);
    if ('channel' in condition) return oneOf('channel', condition.channel);
    if ('form' in condition) return oneOf('form', condition.form);
    if ('department' in condition) return oneOf('department', condition.department);
    if ('language' in condition) return oneOf('language', condition.language);
    if ('sender' in condition) {
      return oneOf(
        'sender',
        condition.sender.map((one) => one.trim().toLowerCase()),
      );
    }
    if ('senderDomain' in condition) return senderDomain(condition.senderDomain);
    if ('vip' in condition) return is('vip', condition.vip);
    if ('external' in condition) return is('external', condition.external);
    if ('automated' in condition) return is('automated', condition.automated);
    if ('category' in condition) return soFar('category', condition.category);
    if ('service' in condition) return soFar('service', condition.service);
    if ('criticality' in condition) return soFar('criticality', condition.criticality);
    if ('priority' in condition) return soFar('priority', condition.priority);
    if ('tag' in condition) {
      const { tag: tags } = condition;
      return ({ soFar: { tags: set } }) => {
        const found = tags.find((tag) => set.has(tag));
        return found === undefined ? undefined : [`tag: ${found}`];
      };
    }
    if ('time' in condition) {
      this.calendars.add(condition.time.calendar);
      return compileTime(condition.time);
    }
    if ('desk' in condition) {
      this.desks.add(condition.desk.id);
      return compileDesk(condition.desk);
    }
    if ('contract' in condition) {
      this.desks.add(condition.contract.desk);
      return compileContract(condition.contract);
    }
    if ('earlier' in condition) {
      this.asksEarlier = true;
      return compileEarlier(condition.earlier);
    }
    return condition satisfies never;
  }

  /** The phrases of a condition, a list's in its place; none for a list that there is not. */
  numbered(phrases: Phrases, asWords = false): Numbered {
    return phrasesOf(phrases, this.#lists).map((phrase) => [
      phrase,
      this.#book.add(normalize(phrase), asWords),
    ]);
  }

  #pattern(patterns: About<'pattern'>): Test {
    const globs = patterns.map((written): readonly [string, Pattern, number | undefined] => {
      const pattern = compilePattern(written);
      const { literal } = pattern;
      return [written, pattern, literal === '' ? undefined : this.#book.add(literal)];
    });
    return (question) => {
      const { text } = question;
      for (const [written, pattern, literal] of globs) {
        if (literal !== undefined && !text.has(literal)) continue;
        if (question.matches(pattern)) return [`pattern: ${written}`];
      }
      return undefined;
    };
  }

  #field({ name, is: values, contains, exists, min, max }: About<'field'>): Test {
    const tests: Test[] = [];
    if (values !== undefined) {
      const accepted = new Set(values.map(comparable));
      tests.push(({ facts }) => {
        const value = fieldOf(facts, name);
        const found = (Array.isArray(value) ? value : [value]).find((one) =>
          accepted.has(comparable(one)),
        );
        return found === undefined ? undefined : [`field: ${name} ${found}`];
      });
    }
    if (contains !== undefined) {
      tests.push(said('field.contains', this.numbered(contains), (q) => q.field(name), name));
    }
    if (exists !== undefined) {
      tests.push(({ facts }) =>
        (fieldOf(facts, name) !== undefined) === exists
          ? [`field.exists: ${name} ${exists}`]
          : undefined,
      );
    }
    if (min !== undefined || max !== undefined) {
      const [least, most] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
      tests.push(({ facts }) => {
        const value = numberOf(fieldOf(facts, name));
        if (value === undefined || value < least || value > most) return undefined;
        return [`field: ${name} ${value}`];
      });
    }
    return all(tests);
  }

  #attachments({ any: some, types, names, held, count }: About<'attachments'>): Test {
    const tests: Test[] = [];
    if (some !== undefined) {
      tests.push(({ facts }) =>
        facts.attachments.length > 0 === some ? [`attachments.any: ${some}`] : undefined,
      );
    }
    if (types !== undefined) {
      const wanted = types.map((type) => type.toLowerCase().replace(/\*$/, ''));
      tests.push(({ facts }) => {
        for (const { type } of facts.attachments) {
          const lower = type.toLowerCase();
          const fits = (one: string) => (one.endsWith('/') ? lower.startsWith(one) : lower === one);
          if (wanted.some(fits)) return [`attachments.type: ${type}`];
        }
        return undefined;
      });
    }
    if (names !== undefined) {
      tests.push(said('attachments.name', this.numbered(names), (question) => question.names));
    }
    if (held !== undefined) {
      tests.push(({ facts }) =>
        facts.attachments.some((one) => one.held !== undefined) === held
          ? [`attachments.held: ${held}`]
          : undefined,
      );
    }
    if (count !== undefined) {
      const { min = 0, max = Number.POSITIVE_INFINITY } = count;
      tests.push(({ facts: { attachments } }) =>
        attachments.length >= min && attachments.length <= max
          ? [`attachments.count: ${attachments.length}`]
          : undefined,
      );
    }
    return all(tests);
  }
}

/** The phrases that a condition means. */
export function phrasesOf(phrases: Phrases, lists: RuleSet['lists']): readonly string[] {
  if (!('list' in phrases)) return phrases;
  return lists !== undefined && Object.hasOwn(lists, phrases.list)
    ? (lists[phrases.list] ?? [])
    : [];
}

/** Texts of a field are compared as normalized. */
export function comparable(value: unknown): unknown {
  return typeof value === 'string' ? normalize(value) : value;
}

function all(tests: readonly Test[]): Test {
  const [only, ...others] = tests;
  if (only !== undefined && others.length === 0) return only;
  return (question) => {
    const reasons: string[] = [];
    for (const test of tests) {
      const because = test(question);
      if (because === undefined) return undefined;
      reasons.push(...because);
    }
    return reasons;
  };
}

function any(tests: readonly Test[]): Test {
  return (question) => {
    for (const test of tests) {
      const because = test(question);
      if (because !== undefined) return because;
    }
    return undefined;
  };
}

function said(
  fact: ReasonFact,
  phrases: Numbered,
  where: (question: Question) => Pick<Found, 'has'>,
  name?: string,
): Test {
  if (phrases.length === 0) return never;
  return (question) => {
    const found = where(question);
    for (const [written, number] of phrases) {
      if (!found.has(number)) continue;
      return [name === undefined ? `${fact}: ${written}` : `${fact}: ${name} ${written}`];
    }
    return undefined;
  };
}

type TextFact = 'channel' | 'form' | 'sender' | 'department' | 'language';

function oneOf(fact: TextFact & FactName, accepted: readonly string[]): Test {
  const values = new Set(accepted);
  return ({ facts }) => {
    const value = facts[fact];
    return value !== undefined && values.has(value) ? [`${fact}: ${value}`] : undefined;
  };
}

function is(fact: 'automated' | 'vip' | 'external', wanted: boolean): Test {
  return ({ facts }) => (facts[fact] === wanted ? [`${fact}: ${wanted}`] : undefined);
}

type TextSoFar = 'category' | 'service' | 'criticality' | 'priority';

function soFar(fact: TextSoFar, accepted: readonly string[]): Test {
  const values = new Set(accepted);
  return ({ soFar: made }) => {
    const value = made[fact];
    return value !== undefined && values.has(value) ? [`${fact}: ${value}`] : undefined;
  };
}

/** Of `.example.com` every subdomain is meant, and the domain itself too. */
function senderDomain(written: readonly string[]): Test {
  const domains = written.map((domain) => domain.toLowerCase());
  const exact = new Set(domains.map((domain) => domain.replace(/^\./, '')));
  const suffixes = domains.filter((domain) => domain.startsWith('.'));
  return ({ facts: { senderDomain: domain } }) =>
    domain !== undefined &&
    (exact.has(domain) || suffixes.some((suffix) => domain.endsWith(suffix)))
      ? [`senderDomain: ${domain}`]
      : undefined;
}
