export type DetectedCharset =
  | 'us-ascii'
  | 'utf-8'
  | 'shift_jis'
  | 'euc-jp'
  | 'gb18030'
  | 'windows-1251'
  | 'koi8-r'
  | 'windows-1252';

/**
 * How many bytes are examined: a charset shows in the first thousands, and the cost stays bounded.
 */
const sampleBytes = 64 * 1024;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether bytes are UTF-8; plain ASCII is, too. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export function hasHighByte(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] as number) >= 0x80) return true;
  }
  return false;
}

/**
 * Detects the charset of 8-bit bytes with no label or a wrong one.
 *
 * Western and Cyrillic letters form valid Shift_JIS and EUC-JP by chance, as rare kanji and
 * half-width kana. So a text counts as Japanese only if nearly all of its characters are kana,
 * common kanji and punctuation, and if it has kana, or `japanese` says that more of the mail is.
 */
export function detectCharset(bytes: Uint8Array, japanese: boolean): DetectedCharset {
  if (!hasHighByte(bytes)) return 'us-ascii';
  if (isUtf8(bytes)) return 'utf-8';
  const sample = bytes.length > sampleBytes ? bytes.subarray(0, sampleBytes) : bytes;
  const japaneseCharset = detectJapanese(sample, japanese);
  if (japaneseCharset !== undefined) return japaneseCharset;
  return looksChinese(sample) ? 'gb18030' : detectAlphabet(sample);
}

/** Tells Shift_JIS and EUC-JP from everything else; `undefined` when it is neither. */
export function detectJapanese(
  bytes: Uint8Array,
  japanese: boolean,
): 'shift_jis' | 'euc-jp' | undefined {
  const shiftJis = computeLikelihood(countShiftJis(bytes), japanese);
  const euc = computeLikelihood(countEuc(bytes), japanese);
  if (shiftJis === 0 && euc === 0) return undefined;
  return shiftJis > euc ? 'shift_jis' : 'euc-jp';
}

type CharacterCount = {
  kana: number;
  common: number;
  rare: number;
  halfWidth: number;
  wrong: number;
};

/** Returns 0 if not Japanese, else the share of plausible characters, kana counting more. */
function computeLikelihood(count: CharacterCount, japanese: boolean): number {
  const wide = count.kana + count.common + count.rare;
  if (wide === 0) return 0;
  // A cut-off end or a gaiji here and there is no reason to doubt all the rest.
  if (count.wrong > wide / 50) return 0;
  const plausible = (count.kana + count.common) / (wide + count.halfWidth / 4);
  if (plausible < 0.8) return 0;
  if (count.kana === 0 && !japanese && (count.common < 3 || count.rare > 0)) return 0;
  return plausible + count.kana / wide;
}

/** The common kanji of JIS level 1 end at 0x9872, among them 郎 連 話 録 論 和 六 労. */
function isLastOfLevel1(lead: number, trail: number): boolean {
  return lead === 0x98 && trail <= 0x72;
}

/**
 * Whether 8-bit bytes in a text of ISO-2022-JP are half-width kana, which old programs leave
 * unescaped, and not kanji of EUC-JP, of which two such bytes could be one.
 *
 * Katakana of EUC-JP has A4 or A5 in each first place; half-width text seldom has `､` or `･` there.
 */
export function isStrayHalfWidthKana(bytes: Uint8Array): boolean {
  let kana = 0;
  let eucKana = 0;
  let isFirst = true;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      isFirst = true;
      continue;
    }
    if (byte < 0xa1 || byte > 0xdf) return false;
    kana++;
    if (isFirst && (byte === 0xa4 || byte === 0xa5)) eucKana++;
    isFirst = !isFirst;
  }
  return kana > 0 && eucKana * 4 < kana;
}

function countShiftJis(bytes: Uint8Array): CharacterCount {
  const count: CharacterCount = { kana: 0, common: 0, rare: 0, halfWidth: 0, wrong: 0 };
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    if (lead >= 0xa1 && lead <= 0xdf) {
      count.halfWidth++;
      continue;
    }
    const trail = bytes[++at] ?? 0;
    if (
      lead === 0x80 ||
      lead === 0xa0 ||
      lead > 0xfc ||
      trail < 0x40 ||
      trail === 0x7f ||
      trail > 0xfc
    ) {
      count.wrong++;
    } else if (lead === 0x82 || lead === 0x83) {
      // Full-width letters and digits, hiragana; katakana, Greek.
      if ((lead === 0x82 && trail >= 0x9f) || (lead === 0x83 && trail <= 0x96)) count.kana++;
      else count.common++;
    } else if (lead === 0x81 || (lead >= 0x87 && lead <= 0x97) || isLastOfLevel1(lead, trail)) {
      count.common++;
    } else {
      count.rare++;
    }
  }
  return count;
}

function countEuc(bytes: Uint8Array): CharacterCount {
  const count: CharacterCount = { kana: 0, common: 0, rare: 0, halfWidth: 0, wrong: 0 };
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    const trail = bytes[++at] ?? 0;
    if (trail < 0xa1 || trail === 0xff) {
      count.wrong++;
    } else if (lead === 0x8e) {
      count.halfWidth++;
    } else if (lead === 0x8f) {
      count.rare++;
      at++;
    } else if (lead < 0xa1 || lead === 0xff) {
      count.wrong++;
    } else if (lead === 0xa4 || lead === 0xa5) {
      count.kana++;
    } else if (lead <= 0xa3 || lead === 0xad || (lead >= 0xb0 && lead <= 0xcf)) {
      count.common++;
    } else {
      count.rare++;
    }
  }
  return count;
}

/** GB 2312 without a label: pairs throughout, nearly all of them common characters. */
function looksChinese(bytes: Uint8Array): boolean {
  let common = 0;
  let pairs = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    const trail = bytes[++at] ?? 0;
    if (lead < 0xa1 || lead > 0xf7 || trail < 0xa1 || trail > 0xfe) return false;
    pairs++;
    if ((lead >= 0xb0 && lead <= 0xd7) || lead <= 0xa3) common++;
  }
  return pairs >= 6 && common / pairs > 0.9;
}

/** How many 8-bit letters a short Western name can have among few others. */
const singleAccents = 3;

/**
 * Cyrillic if most letters are 8-bit, Western if they are scattered among plain ones.
 *
 * Running text is mostly small letters: E0–FF in windows-1251, C0–DF in KOI8-R.
 */
function detectAlphabet(bytes: Uint8Array): 'windows-1251' | 'koi8-r' | 'windows-1252' {
  let plain = 0;
  let lower = 0;
  let upper = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0xe0) upper++;
    else if (byte >= 0xc0) lower++;
    else if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) plain++;
  }
  if (lower + upper <= Math.max(plain, singleAccents)) return 'windows-1252';
  return lower > upper ? 'koi8-r' : 'windows-1251';
}
