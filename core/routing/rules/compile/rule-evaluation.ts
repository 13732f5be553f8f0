import type { Criticality, Priority, ServiceId } from '../../../inquiry/values/vocabulary.ts';
import { normalizeText, searchedTextLimit } from '../normalize-text.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import { matchesTextPattern, type TextPattern } from '../text-pattern.ts';
import { type PhraseIndex, PhraseMarks, type PhraseMatches } from './phrase-index.ts';

/** What earlier rules have set on an inquiry, as the conditions of later ones see it. */
export interface EvaluationState {
  readonly category: string | undefined;
  readonly service: ServiceId | undefined;
  readonly criticality: Criticality | undefined;
  readonly priority: Priority;
  readonly tags: ReadonlySet<string>;
}

/**
 * Evaluates the rules on one inquiry: each of its texts is searched at most once for all phrases of
 * the set together, and only when a rule tests it.
 *
 * A rule set has one instance and reuses it for one inquiry after the other.
 */
export class RuleEvaluation {
  facts!: RoutingFacts;
  state!: EvaluationState;
  readonly #index: PhraseIndex;
  readonly #text: PhraseMarks;
  readonly #words: PhraseMarks;
  readonly #subject: PhraseMarks;
  /** Numbers of the phrases found in `text`, each once, in the order of the text. */
  phrasesInText: readonly number[] = [];
  phrasesInSubject: readonly number[] = [];
  #isTextSearched = false;
  #isSubjectSearched = false;
  #names: ReadonlySet<number> | undefined;
  readonly #fields = new Map<string, ReadonlySet<number>>();
  readonly #patterns = new Map<TextPattern, boolean>();

  constructor(index: PhraseIndex) {
    this.#index = index;
    this.#text = new PhraseMarks(index.size);
    this.#words = new PhraseMarks(index.size);
    this.#subject = new PhraseMarks(index.size);
  }

  start(facts: RoutingFacts, state: EvaluationState): void {
    this.facts = facts;
    this.state = state;
    this.#text.reset();
    this.#words.reset();
    this.#subject.reset();
    this.phrasesInText = [];
    this.phrasesInSubject = [];
    this.#isTextSearched = false;
    this.#isSubjectSearched = false;
    this.#names = undefined;
    this.#fields.clear();
    this.#patterns.clear();
  }

  get text(): PhraseMatches {
    if (!this.#isTextSearched) this.#searchText();
    return this.#text;
  }

  get words(): PhraseMatches {
    if (!this.#isTextSearched) this.#searchText();
    return this.#words;
  }

  get subject(): PhraseMatches {
    if (!this.#isSubjectSearched) {
      this.#isSubjectSearched = true;
      this.phrasesInSubject = this.#index.scan(
        this.facts.subject.slice(0, searchedTextLimit),
        this.#subject,
      );
    }
    return this.#subject;
  }

  /** The phrases found in the names of attachments. */
  get attachmentNames(): ReadonlySet<number> {
    if (this.#names !== undefined) return this.#names;
    const matches = new Set<number>();
    for (const { name } of this.facts.attachments) this.#index.scan(normalizeText(name), matches);
    this.#names = matches;
    return matches;
  }

  /** The phrases found in a field of the form. */
  searchField(name: string): ReadonlySet<number> {
    let matches = this.#fields.get(name);
    if (matches === undefined) {
      const searched = new Set<number>();
      this.#index.scan(normalizeText(fieldTextOf(readField(this.facts, name))), searched);
      matches = searched;
      this.#fields.set(name, matches);
    }
    return matches;
  }

  matches(pattern: TextPattern): boolean {
    let holds = this.#patterns.get(pattern);
    if (holds === undefined) {
      holds = matchesTextPattern(pattern, this.facts.text.slice(0, searchedTextLimit));
      this.#patterns.set(pattern, holds);
    }
    return holds;
  }

  #searchText(): void {
    this.#isTextSearched = true;
    const text = this.facts.text.slice(0, searchedTextLimit);
    this.phrasesInText = this.#index.scan(text, this.#text, this.#words);
  }
}

/** Returns the facts by which a condition holds; undefined when it does not. */
export type ConditionTest = (evaluation: RuleEvaluation) => readonly string[] | undefined;

/** Undefined for a field that has no value, even one named like a property of `Object`. */
export function readField({ fields }: RoutingFacts, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === null ? undefined : value;
}

/** A field's value as text, several values one per line. */
export function fieldTextOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter((one) => typeof one !== 'object').join('\n');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A field's value as a number; undefined when it is none. */
export function fieldNumberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[-+]?\d{1,15}(?:\.\d{1,15})?\s*$/.test(value)) {
    return undefined;
  }
  return Number(value);
}
