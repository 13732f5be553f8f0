import type { Criticality, Priority, ServiceId } from '../../../inquiry/values/vocabulary.ts';
import { normalize, textLimit } from '../normalize-text.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import { matchesPattern, type Pattern } from '../text-pattern.ts';
import { type Found, Marks, type PhraseIndex } from './phrase-index.ts';

/** What the rules so far have made of an inquiry; conditions on it see what earlier rules set. */
export interface SoFar {
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
export class Question {
  facts!: RoutingFacts;
  soFar!: SoFar;
  readonly #index: PhraseIndex;
  readonly #text: Marks;
  readonly #words: Marks;
  readonly #subject: Marks;
  /** The numbers of the phrases that were newly found in `text`, in the order of the text. */
  inText: readonly number[] = [];
  inSubject: readonly number[] = [];
  #isTextSearched = false;
  #isSubjectSearched = false;
  #names: ReadonlySet<number> | undefined;
  readonly #fields = new Map<string, ReadonlySet<number>>();
  readonly #patterns = new Map<Pattern, boolean>();

  constructor(index: PhraseIndex) {
    this.#index = index;
    this.#text = new Marks(index.size);
    this.#words = new Marks(index.size);
    this.#subject = new Marks(index.size);
  }

  ask(facts: RoutingFacts, soFar: SoFar): void {
    this.facts = facts;
    this.soFar = soFar;
    this.#text.forget();
    this.#words.forget();
    this.#subject.forget();
    this.inText = [];
    this.inSubject = [];
    this.#isTextSearched = false;
    this.#isSubjectSearched = false;
    this.#names = undefined;
    this.#fields.clear();
    this.#patterns.clear();
  }

  get text(): Found {
    if (!this.#isTextSearched) this.#searchText();
    return this.#text;
  }

  get words(): Found {
    if (!this.#isTextSearched) this.#searchText();
    return this.#words;
  }

  get subject(): Found {
    if (!this.#isSubjectSearched) {
      this.#isSubjectSearched = true;
      this.inSubject = this.#index.scan(this.facts.subject.slice(0, textLimit), this.#subject);
    }
    return this.#subject;
  }

  /** In the names of attachments. */
  get names(): ReadonlySet<number> {
    if (this.#names !== undefined) return this.#names;
    const found = new Set<number>();
    for (const { name } of this.facts.attachments) this.#index.scan(normalize(name), found);
    this.#names = found;
    return found;
  }

  /** In a field of the form. */
  field(name: string): ReadonlySet<number> {
    let found = this.#fields.get(name);
    if (found === undefined) {
      const searched = new Set<number>();
      this.#index.scan(normalize(textOf(fieldOf(this.facts, name))), searched);
      found = searched;
      this.#fields.set(name, found);
    }
    return found;
  }

  matches(pattern: Pattern): boolean {
    let holds = this.#patterns.get(pattern);
    if (holds === undefined) {
      holds = matchesPattern(pattern, this.facts.text.slice(0, textLimit));
      this.#patterns.set(pattern, holds);
    }
    return holds;
  }

  #searchText(): void {
    this.#isTextSearched = true;
    const text = this.facts.text.slice(0, textLimit);
    this.inText = this.#index.scan(text, this.#text, this.#words);
  }
}

/** Why a condition holds, in terms of the facts; undefined when it does not. */
export type Test = (question: Question) => readonly string[] | undefined;

/** Undefined for a field that has no value, whatever its name. */
export function fieldOf({ fields }: RoutingFacts, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === null ? undefined : value;
}

/** What a field says, as text; of several values each stands on a line. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter((one) => typeof one !== 'object').join('\n');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The number that a field says; undefined when it says none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[-+]?\d{1,15}(?:\.\d{1,15})?\s*$/.test(value)) {
    return undefined;
  }
  return Number(value);
}
