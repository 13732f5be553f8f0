import { isWordCharacter } from '../normalize-text.ts';

/** Which phrases were found; a `Set<number>` fits. */
export type PhraseMatches = {
  has(phrase: number): boolean;
  add(phrase: number): void;
};

/** The phrases found in one text; `reset` forgets them without clearing the array. */
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

/** Numbers the phrases of a rule set; equal normalized texts share a number. */
export class PhraseTable {
  readonly #numbers = new Map<string, number>();
  readonly #asWords = new Set<number>();

  /** @param normalized must not be empty */
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
 * Finds all phrases of a table in one pass over a text: the Aho-Corasick automaton over UTF-16
 * units, whose time grows with the text and the matches, not with the number of phrases.
 *
 * Its transitions are in one hash table, since a row per state would be as wide as the set has
 * distinct characters.
 * @see https://doi.org/10.1145/360825.360855
 */
export class PhraseIndex {
  readonly size: number;
  readonly #lengths: Uint16Array;
  readonly #asWords: Uint8Array;
  /** The number of each UTF-16 unit that occurs in a phrase; 0 for all others. */
  readonly #symbols = new Uint16Array(0x10000);
  readonly #fromRoot: Int32Array;
  readonly #mask: number;
  /** Triples of state, symbol and next state; in a free slot the next state is 0. */
  readonly #steps: Int32Array;
  readonly #fallback: Int32Array;
  /** The phrase that ends at a state, or -1. */
  readonly #phrase: Int32Array;
  /** The state itself or the nearest fallback at which a phrase ends; 0 is none. */
  readonly #ending: Int32Array;
  /** Whether a phrase that ends here or at a fallback is searched for as a whole word. */
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
    let slots = 8;
    while (slots < states * 2) slots *= 2;
    this.#mask = slots - 1;
    this.#steps = new Int32Array(slots * 3);
    this.#fromRoot = new Int32Array(symbolCount);
    this.#fallback = new Int32Array(states);
    this.#phrase = new Int32Array(states).fill(-1);
    this.#ending = new Int32Array(states);
    this.#endsWord = new Uint8Array(states);
    this.#seen = new Int32Array(states);
    this.#linkFallbacks(this.#buildTrie(phrases));
  }

  /**
   * Adds the phrases that occur in a text to `found`, and to `words` those that occur as whole
   * words: not within a longer run of Latin letters and digits.
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
        // The fallbacks beyond were recorded together with this state.
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
    for (let slot = this.#slotOf(state, symbol); ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3;
      const next = steps[at + 2] as number;
      if (next === 0 || (steps[at] === state && steps[at + 1] === symbol)) return next;
    }
  }

  #slotOf(state: number, symbol: number): number {
    const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  /** Makes a state for each prefix of a phrase; returns each state's parent and symbol by depth. */
  #buildTrie(phrases: readonly string[]): TrieEdge[][] {
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
          this.#addEdge(state, symbol, next);
          byDepth[at] ??= [];
          byDepth[at]?.push({ state: next, parent: state, symbol });
        }
        state = next;
      }
      this.#phrase[state] = number;
    }
    return byDepth;
  }

  #addEdge(state: number, symbol: number, next: number): void {
    if (state === 0) {
      this.#fromRoot[symbol] = next;
      return;
    }
    let slot = this.#slotOf(state, symbol);
    while (this.#steps[slot * 3 + 2] !== 0) slot = (slot + 1) & this.#mask;
    this.#steps.set([state, symbol, next], slot * 3);
  }

  #linkFallbacks(byDepth: readonly (readonly TrieEdge[])[]): void {
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

/** Whether a phrase occurs in a text as a whole word. */
export function containsWord(text: string, phrase: string): boolean {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if (isWholeWord(text, at, at + phrase.length - 1)) return true;
  }
  return false;
}

type TrieEdge = { readonly state: number; readonly parent: number; readonly symbol: number };

/** Whether `[begin, last]` is not part of a longer run of Latin letters and digits. */
function isWholeWord(text: string, begin: number, last: number): boolean {
  const joins = (one: number, other: number) =>
    one >= 0 &&
    other < text.length &&
    isWordCharacter(text.charCodeAt(one)) &&
    isWordCharacter(text.charCodeAt(other));
  return !joins(begin - 1, begin) && !joins(last, last + 1);
}
