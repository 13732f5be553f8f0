import type { Criticality, Priority, ServiceId } from '../../../inquiry/values/vocabulary.ts';
import { normalizeText, searchedTextLimit } from '../normalize-text.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import { matchesTextPattern, type TextPattern } from '../text-pattern.ts';
import { type PhraseIndex, PhraseMarks, type PhraseMatches } from './phrase-index.ts';

/** What the rules so far have made of an inquiry; conditions on it see what earlier rules set. */
export interface EvaluationState {
  readonly category: string | undefined;
  readonly service: ServiceId | undefined;
  readonly criticality: Criticality | undefined;
  readonly priority: Priority;
  readonly tags: ReadonlySet<string>;
}

/**
 * One inquiry put to the rules: each of its texts is searched at most once for all phrases of the
 * set together, and only when a rule asks about it.
 *
 * A set has one of it and asks inquiries one after the other.
 */
export class RuleEvaluation {
  facts!: RoutingFacts;
  state!: EvaluationState;
  readonly #index: PhraseIndex;
  readonly #text: PhraseMarks;
  readonly #words: PhraseMarks;
  readonly #subject: PhraseMarks;
  /** The numbers of the phrases that were newly found in `text`, in the order of the text. */
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

  /** In the names of attachments. */
  get attachmentNames(): ReadonlySet<number> {
    if (this.#names !== undefined) return this.#names;
    const found = new Set<number>();
    for (const { name } of this.facts.attachments) this.#index.scan(normalizeText(name), found);
    this.#names = found;
    return found;
  }

  /** In a field of the form. */
  searchField(name: string): ReadonlySet<number> {
    let found = this.#fields.get(name);
    if (found === undefined) {
      const searched = new Set<number>();
      this.#index.scan(normalizeText(fieldTextOf(readField(this.facts, name))), searched);
      found = searched;
      this.#fields.set(name, found);
    }
    return found;
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

/** Why a condition holds, in terms of the facts; undefined when it does not. */
export type ConditionTest = (question: RuleEvaluation) => readonly string[] | undefined;

/** Undefined for a field that has no value, whatever its name. */
export function readField({ fields }: RoutingFacts, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === null ? undefined : value;
}

/** What a field says, as text; of several values each stands on a line. */
export function fieldTextOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter((one) => typeof one !== 'object').join('\n');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The number that a field says; undefined when it says none. */
export function fieldNumberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[-+]?\d{1,15}(?:\.\d{1,15})?\s*$/.test(value)) {
    return undefined;
  }
  return Number(value);
}
