/** Rules search this many UTF-16 units of a text: what it is about is said at its beginning. */
export const searchedTextLimit = 20_000;

/** Hyphens, dashes and minus signs that NFKC does not unify. */
const dashes = /[\u2010\u2012-\u2015\u2212\u2500\u2501]/g;
/** Dashes typed in place of the long-vowel mark: サ-バ-, サーバ―. */
const longVowels = /(?<=[ァ-ヺー])-+/g;

/**
 * Brings to one form what people write in several: full-width and half-width, upper and lower case,
 * hiragana and katakana, dashes and the long-vowel mark.
 */
export function normalizeText(text: string): string {
  return text
    .slice(0, searchedTextLimit)
    .normalize('NFKC')
    .slice(0, searchedTextLimit)
    .toLowerCase()
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replace(dashes, '-')
    .replace(longVowels, (run) => 'ー'.repeat(run.length));
}

/** Whether a UTF-16 unit of normalized text is a Latin letter or a digit. */
export function isWordCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7)
  );
}
