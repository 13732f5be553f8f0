import type { CalendarId } from '../../../calendar/calendar-definition.ts';
import type { DeskId } from '../../../inquiry/values/ids.ts';
import type { ConditionFact, FactCriterion, Phrases, RuleCondition } from '../conditions.ts';
import { normalizeText } from '../normalize-text.ts';
import type { ReasonFact } from '../reason-facts.ts';
import type { RuleSet } from '../rule-set.ts';
import { compilePattern, type TextPattern } from '../text-pattern.ts';
import {
  compileContractCondition,
  compileDeskCondition,
  compileEarlierCondition,
  compileTimeCondition,
} from './compile-context-conditions.ts';
import type { PhraseMatches, PhraseTable } from './phrase-index.ts';
import {
  type ConditionTest,
  fieldNumberOf,
  type RuleEvaluation,
  readField,
} from './rule-evaluation.ts';

/** Phrases as written in the rule, each with its number in the phrase table. */
type NumberedPhrases = readonly (readonly [written: string, number: number])[];

const neverHolds: ConditionTest = () => undefined;

/** Compiles the conditions of one rule set and collects what must be looked up for them. */
export class ConditionCompiler {
  readonly desks = new Set<DeskId>();
  readonly calendars = new Set<CalendarId>();
  needsEarlier = false;
  readonly #phraseTable: PhraseTable;
  readonly #lists: RuleSet['lists'];

  constructor(phraseTable: PhraseTable, lists: RuleSet['lists']) {
    this.#phraseTable = phraseTable;
    this.#lists = lists;
  }

  compile(condition: RuleCondition): ConditionTest {
    if ('all' in condition) return testAll(condition.all.map((one) => this.compile(one)));
    if ('any' in condition) return testAny(condition.any.map((one) => this.compile(one)));
    if ('not' in condition) {
      const test = this.compile(condition.not);
      return (evaluation) => (test(evaluation) === undefined ? ['not'] : undefined);
    }
    if ('text' in condition)
      return testPhrases('text', this.numberPhrases(condition.text), ({ text }) => text);
    if ('words' in condition) {
      const phrases = this.numberPhrases(condition.words, true);
      return testPhrases('words', phrases, ({ words }) => words);
    }
    if ('subject' in condition) {
      return testPhrases(
        'subject',
        this.numberPhrases(condition.subject),
        ({ subject }) => subject,
      );
    }
    if ('pattern' in condition) return this.#pattern(condition.pattern);
    if ('field' in condition) return this.#field(condition.field);
    if ('attachments' in condition) return this.#attachments(condition.attachments);
    if ('channel' in condition) return testTextFact('channel', condition.channel);
    if ('form' in condition) return testTextFact('form', condition.form);
    if ('department' in condition) return testTextFact('department', condition.department);
    if ('language' in condition) return testTextFact('language', condition.language);
    if ('sender' in condition) {
      return testTextFact(
        'sender',
        condition.sender.map((one) => one.trim().toLowerCase()),
      );
    }
    if ('senderDomain' in condition) return testSenderDomain(condition.senderDomain);
    if ('vip' in condition) return testFlag('vip', condition.vip);
    if ('external' in condition) return testFlag('external', condition.external);
    if ('automated' in condition) return testFlag('automated', condition.automated);
    if ('category' in condition) return testEvaluatedFact('category', condition.category);
    if ('service' in condition) return testEvaluatedFact('service', condition.service);
    if ('criticality' in condition) return testEvaluatedFact('criticality', condition.criticality);
    if ('priority' in condition) return testEvaluatedFact('priority', condition.priority);
    if ('tag' in condition) {
      const { tag: tags } = condition;
      return ({ state: { tags: set } }) => {
        const match = tags.find((tag) => set.has(tag));
        return match === undefined ? undefined : [`tag: ${match}`];
      };
    }
    if ('time' in condition) {
      this.calendars.add(condition.time.calendar);
      return compileTimeCondition(condition.time);
    }
    if ('desk' in condition) {
      this.desks.add(condition.desk.id);
      return compileDeskCondition(condition.desk);
    }
    if ('contract' in condition) {
      this.desks.add(condition.contract.desk);
      return compileContractCondition(condition.contract);
    }
    if ('earlier' in condition) {
      this.needsEarlier = true;
      return compileEarlierCondition(condition.earlier);
    }
    return condition satisfies never;
  }

  /** Numbers the phrases of a condition; a named list stands for its phrases. */
  numberPhrases(phrases: Phrases, asWords = false): NumberedPhrases {
    return resolvePhrases(phrases, this.#lists).map((phrase) => [
      phrase,
      this.#phraseTable.add(normalizeText(phrase), asWords),
    ]);
  }

  #pattern(patterns: FactCriterion<'pattern'>): ConditionTest {
    const globs = patterns.map((written): readonly [string, TextPattern, number | undefined] => {
      const pattern = compilePattern(written);
      const { literal } = pattern;
      return [written, pattern, literal === '' ? undefined : this.#phraseTable.add(literal)];
    });
    return (evaluation) => {
      const { text } = evaluation;
      for (const [written, pattern, literal] of globs) {
        if (literal !== undefined && !text.has(literal)) continue;
        if (evaluation.matches(pattern)) return [`pattern: ${written}`];
      }
      return undefined;
    };
  }

  #field({ name, is: values, contains, exists, min, max }: FactCriterion<'field'>): ConditionTest {
    const tests: ConditionTest[] = [];
    if (values !== undefined) {
      const accepted = new Set(values.map(normalizeFieldValue));
      tests.push(({ facts }) => {
        const value = readField(facts, name);
        const match = (Array.isArray(value) ? value : [value]).find((one) =>
          accepted.has(normalizeFieldValue(one)),
        );
        return match === undefined ? undefined : [`field: ${name} ${match}`];
      });
    }
    if (contains !== undefined) {
      tests.push(
        testPhrases(
          'field.contains',
          this.numberPhrases(contains),
          (evaluation) => evaluation.searchField(name),
          name,
        ),
      );
    }
    if (exists !== undefined) {
      tests.push(({ facts }) =>
        (readField(facts, name) !== undefined) === exists
          ? [`field.exists: ${name} ${exists}`]
          : undefined,
      );
    }
    if (min !== undefined || max !== undefined) {
      const [least, most] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
      tests.push(({ facts }) => {
        const value = fieldNumberOf(readField(facts, name));
        if (value === undefined || value < least || value > most) return undefined;
        return [`field: ${name} ${value}`];
      });
    }
    return testAll(tests);
  }

  #attachments({
    any: some,
    types,
    names,
    held,
    count,
  }: FactCriterion<'attachments'>): ConditionTest {
    const tests: ConditionTest[] = [];
    if (some !== undefined) {
      tests.push(({ facts }) =>
        facts.attachments.length > 0 === some ? [`attachments.any: ${some}`] : undefined,
      );
    }
    if (types !== undefined) {
      const accepted = types.map((type) => type.toLowerCase().replace(/\*$/, ''));
      tests.push(({ facts }) => {
        for (const { type } of facts.attachments) {
          const lower = type.toLowerCase();
          const fits = (one: string) => (one.endsWith('/') ? lower.startsWith(one) : lower === one);
          if (accepted.some(fits)) return [`attachments.type: ${type}`];
        }
        return undefined;
      });
    }
    if (names !== undefined) {
      tests.push(
        testPhrases(
          'attachments.name',
          this.numberPhrases(names),
          (evaluation) => evaluation.attachmentNames,
        ),
      );
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
    return testAll(tests);
  }
}

/** The phrases of a condition, those of a named list in its place; none for an unknown list. */
export function resolvePhrases(phrases: Phrases, lists: RuleSet['lists']): readonly string[] {
  if (!('list' in phrases)) return phrases;
  return lists !== undefined && Object.hasOwn(lists, phrases.list)
    ? (lists[phrases.list] ?? [])
    : [];
}

/** Normalizes a text for comparison; any other value stays as it is. */
export function normalizeFieldValue(value: unknown): unknown {
  return typeof value === 'string' ? normalizeText(value) : value;
}

function testAll(tests: readonly ConditionTest[]): ConditionTest {
  const [only, ...others] = tests;
  if (only !== undefined && others.length === 0) return only;
  return (evaluation) => {
    const reasons: string[] = [];
    for (const test of tests) {
      const because = test(evaluation);
      if (because === undefined) return undefined;
      reasons.push(...because);
    }
    return reasons;
  };
}

function testAny(tests: readonly ConditionTest[]): ConditionTest {
  return (evaluation) => {
    for (const test of tests) {
      const because = test(evaluation);
      if (because !== undefined) return because;
    }
    return undefined;
  };
}

function testPhrases(
  fact: ReasonFact,
  phrases: NumberedPhrases,
  matchesIn: (evaluation: RuleEvaluation) => Pick<PhraseMatches, 'has'>,
  name?: string,
): ConditionTest {
  if (phrases.length === 0) return neverHolds;
  return (evaluation) => {
    const matches = matchesIn(evaluation);
    for (const [written, number] of phrases) {
      if (!matches.has(number)) continue;
      return [name === undefined ? `${fact}: ${written}` : `${fact}: ${name} ${written}`];
    }
    return undefined;
  };
}

type TextFact = 'channel' | 'form' | 'sender' | 'department' | 'language';

function testTextFact(fact: TextFact & ConditionFact, accepted: readonly string[]): ConditionTest {
  const values = new Set(accepted);
  return ({ facts }) => {
    const value = facts[fact];
    return value !== undefined && values.has(value) ? [`${fact}: ${value}`] : undefined;
  };
}

function testFlag(fact: 'automated' | 'vip' | 'external', expected: boolean): ConditionTest {
  return ({ facts }) => (facts[fact] === expected ? [`${fact}: ${expected}`] : undefined);
}

type EvaluatedFact = 'category' | 'service' | 'criticality' | 'priority';

function testEvaluatedFact(fact: EvaluatedFact, accepted: readonly string[]): ConditionTest {
  const values = new Set(accepted);
  return ({ state }) => {
    const value = state[fact];
    return value !== undefined && values.has(value) ? [`${fact}: ${value}`] : undefined;
  };
}

/** `.example.com` means the domain itself and every subdomain. */
function testSenderDomain(written: readonly string[]): ConditionTest {
  const domains = written.map((domain) => domain.toLowerCase());
  const exact = new Set(domains.map((domain) => domain.replace(/^\./, '')));
  const suffixes = domains.filter((domain) => domain.startsWith('.'));
  return ({ facts: { senderDomain: domain } }) =>
    domain !== undefined &&
    (exact.has(domain) || suffixes.some((suffix) => domain.endsWith(suffix)))
      ? [`senderDomain: ${domain}`]
      : undefined;
}
