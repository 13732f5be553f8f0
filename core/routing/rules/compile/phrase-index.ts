import { isWordCharacter } from '../normalize-text.ts';

/** Which phrases were found; a Set is one. */
export type PhraseMatches = {
  has(phrase: number): boolean;
  add(phrase: number): void;
};

/** What was found in one text after another, forgotten without being cleared. */
export class PhraseMarks implements PhraseMatches {
  readonly #marks: Uint32Array;
  #round = 1;

  constructor(phrases: number) {
    this.#marks = new Uint32Array(phrases);
  }

  has(phrase: number): boolean {
    return this.#marks[phrase] === this.#round;
  }

  add(phrase: number): void {
    this.#marks[phrase] = this.#round;
  }

  reset(): void {
    this.#round += 1;
    if (this.#round < 0xffff_ffff) return;
    this.#marks.fill(0);
    this.#round = 1;
  }
}

/** Phrases as they are gathered; each of one normalized text has one number. */
export class PhraseTable {
  readonly #numbers = new Map<string, number>();
  readonly #asWords = new Set<number>();

  /** @param normalized is not empty */
  add(normalized: string, asWords = false): number {
    const number = this.#numbers.get(normalized) ?? this.#numbers.size;
    this.#numbers.set(normalized, number);
    if (asWords) this.#asWords.add(number);
    return number;
  }

  buildIndex(): PhraseIndex {
    return new PhraseIndex([...this.#numbers.keys()], this.#asWords);
  }
}

/**
 * Finds all phrases of a book in one pass over a text, in time that grows with the text and with
 * what is found, and not with the phrases: the automaton of Aho and Corasick over UTF-16 units.
 *
 * Its steps stand in one hash table, since a row per state would be as wide as the set has
 * characters.
 * @see https://doi.org/10.1145/360825.360855
 */
export class PhraseIndex {
  readonly size: number;
  readonly #lengths: Uint16Array;
  readonly #asWords: Uint8Array;
  /** The number of a UTF-16 unit among those that phrases have; 0 for all others. */
  readonly #symbols = new Uint16Array(0x10000);
  readonly #fromRoot: Int32Array;
  readonly #mask: number;
  /** Three by three: state, symbol, next state; a free place has next state 0. */
  readonly #steps: Int32Array;
  readonly #fallback: Int32Array;
  /** The phrase that ends at a state, or -1. */
  readonly #phrase: Int32Array;
  /** The state itself or the nearest one by fallback at which a phrase ends; 0 is none. */
  readonly #ending: Int32Array;
  /** Whether any phrase that ends here, or by fallback, is looked for as a word. */
  readonly #endsWord: Uint8Array;
  readonly #seen: Int32Array;
  #round = 0;

  constructor(phrases: readonly string[], asWords: ReadonlySet<number>) {
    this.size = phrases.length;
    this.#lengths = Uint16Array.from(phrases, ({ length }) => length);
    this.#asWords = Uint8Array.from(phrases, (_, number) => (asWords.has(number) ? 1 : 0));
    let units = 0;
    let symbolCount = 1;
    for (const phrase of phrases) {
      units += phrase.length;
      for (let at = 0; at < phrase.length; at += 1) {
        const code = phrase.charCodeAt(at);
        if (this.#symbols[code] !== 0) continue;
        this.#symbols[code] = symbolCount;
        symbolCount += 1;
      }
    }
    const states = units + 1;
    let places = 8;
    while (places < states * 2) places *= 2;
    this.#mask = places - 1;
    this.#steps = new Int32Array(places * 3);
    this.#fromRoot = new Int32Array(symbolCount);
    this.#fallback = new Int32Array(states);
    this.#phrase = new Int32Array(states).fill(-1);
    this.#ending = new Int32Array(states);
    this.#endsWord = new Uint8Array(states);
    this.#seen = new Int32Array(states);
    this.#link(this.#plant(phrases));
  }

  /**
   * Adds the phrases that a text has to `found`, and to `words` those that stand in it as words:
   * not within a longer run of Latin letters and digits.
   * @returns those that are new to `found`
   */
  scan(text: string, found: PhraseMatches, words?: PhraseMatches): number[] {
    const fresh: number[] = [];
    this.#round += 1;
    const round = this.#round;
    let state = 0;
    for (let place = 0; place < text.length; place += 1) {
      const symbol = this.#symbols[text.charCodeAt(place)] as number;
      if (symbol === 0) {
        state = 0;
        continue;
      }
      let next = this.#next(state, symbol);
      while (next === 0 && state !== 0) {
        state = this.#fallback[state] as number;
        next = this.#next(state, symbol);
      }
      state = next;
      let ending = this.#ending[state] as number;
      while (ending !== 0) {
        const isNew = this.#seen[ending] !== round;
        // What is found further on has been found with it.
        if (!isNew && (words === undefined || this.#endsWord[ending] === 0)) break;
        const phrase = this.#phrase[ending] as number;
        if (isNew) {
          this.#seen[ending] = round;
          if (!found.has(phrase)) {
            found.add(phrase);
            fresh.push(phrase);
          }
        }
        if (words !== undefined && this.#asWords[phrase] === 1 && !words.has(phrase)) {
          const begin = place + 1 - (this.#lengths[phrase] as number);
          if (isWholeWord(text, begin, place)) words.add(phrase);
        }
        ending = this.#ending[this.#fallback[ending] as number] as number;
      }
    }
    return fresh;
  }

  #next(state: number, symbol: number): number {
    if (state === 0) return this.#fromRoot[symbol] as number;
    const steps = this.#steps;
    for (let place = this.#placeOf(state, symbol); ; place = (place + 1) & this.#mask) {
      const at = place * 3;
      const next = steps[at + 2] as number;
      if (next === 0 || (steps[at] === state && steps[at + 1] === symbol)) return next;
    }
  }

  #placeOf(state: number, symbol: number): number {
    const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  /** Makes a state for each beginning of a phrase; gives each state's parent and symbol by depth. */
  #plant(phrases: readonly string[]): TrieEdge[][] {
    const byDepth: TrieEdge[][] = [];
    let states = 1;
    for (const [number, phrase] of phrases.entries()) {
      let state = 0;
      for (let at = 0; at < phrase.length; at += 1) {
        const symbol = this.#symbols[phrase.charCodeAt(at)] as number;
        let next = this.#next(state, symbol);
        if (next === 0) {
          next = states;
          states += 1;
          this.#put(state, symbol, next);
          byDepth[at] ??= [];
          byDepth[at]?.push({ state: next, parent: state, symbol });
        }
        state = next;
      }
      this.#phrase[state] = number;
    }
    return byDepth;
  }

  #put(state: number, symbol: number, next: number): void {
    if (state === 0) {
      this.#fromRoot[symbol] = next;
      return;
    }
    let place = this.#placeOf(state, symbol);
    while (this.#steps[place * 3 + 2] !== 0) place = (place + 1) & this.#mask;
    this.#steps.set([state, symbol, next], place * 3);
  }

  #link(byDepth: readonly (readonly TrieEdge[])[]): void {
    for (const { state, parent, symbol } of byDepth.flat()) {
      let fallback = 0;
      if (parent !== 0) {
        let from = this.#fallback[parent] as number;
        fallback = this.#next(from, symbol);
        while (fallback === 0 && from !== 0) {
          from = this.#fallback[from] as number;
          fallback = this.#next(from, symbol);
        }
      }
      this.#fallback[state] = fallback;
      const phrase = this.#phrase[state] as number;
      this.#ending[state] = phrase === -1 ? (this.#ending[fallback] as number) : state;
      this.#endsWord[state] =
        (phrase === -1 ? 0 : (this.#asWords[phrase] as number)) |
        (this.#endsWord[fallback] as number);
    }
  }
}

/** Whether a phrase stands in a text as a word. */
export function containsWord(text: string, phrase: string): boolean {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if (isWholeWord(text, at, at + phrase.length - 1)) return true;
  }
  return false;
}

type TrieEdge = { readonly state: number; readonly parent: number; readonly symbol: number };

/** Whether `[begin, last]` is no part of a longer run of Latin letters and digits. */
function isWholeWord(text: string, begin: number, last: number): boolean {
  const joins = (one: number, other: number) =>
    one >= 0 &&
    other < text.length &&
    isWordCharacter(text.charCodeAt(one)) &&
    isWordCharacter(text.charCodeAt(other));
  return !joins(begin - 1, begin) && !joins(last, last + 1);
}
