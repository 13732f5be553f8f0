import { decodeEuc, decodeJis, hasJisEscape } from './decode-jis.ts';
import {
  detectCharset,
  detectJapanese,
  hasHighByte,
  isStrayHalfWidthKana,
  isUtf8,
} from './detect-charset.ts';

export type DecodedText = {
  readonly text: string;
  /** The declared charset cannot be true. */
  readonly wrongCharset: boolean;
  /** Some bytes are not characters in any charset tried. */
  readonly undecodable: boolean;
};

/** Names in use for the Japanese charsets, without separators and leading `x-` or `cs`. */
const japaneseLabels: Readonly<Record<string, 'jis' | 'shift_jis' | 'euc-jp'>> = {
  iso2022jp: 'jis',
  iso2022jp1: 'jis',
  iso2022jp2: 'jis',
  iso2022jp3: 'jis',
  iso2022jp2004: 'jis',
  iso2022jpms: 'jis',
  iso2022jpext: 'jis',
  cp50220: 'jis',
  cp50221: 'jis',
  cp50222: 'jis',
  jis: 'jis',
  junet: 'jis',
  shiftjis: 'shift_jis',
  shiftjisx0213: 'shift_jis',
  shiftjis2004: 'shift_jis',
  sjis: 'shift_jis',
  sjiswin: 'shift_jis',
  mskanji: 'shift_jis',
  ms932: 'shift_jis',
  cp932: 'shift_jis',
  cp943: 'shift_jis',
  windows932: 'shift_jis',
  windows31j: 'shift_jis',
  eucjp: 'euc-jp',
  eucjpms: 'euc-jp',
  eucjpwin: 'euc-jp',
  eucjp2004: 'euc-jp',
  eucpkdfmtjapanese: 'euc-jp',
  ujis: 'euc-jp',
  cp51932: 'euc-jp',
};

/** Labels that say nothing, or that senders put on any text. */
const emptyLabels: ReadonlySet<string> = new Set([
  '',
  'usascii',
  'ascii',
  'ansix3.41968',
  'unknown8bit',
  'unknown',
  'binary',
  '8bit',
  '7bit',
  'default',
  'none',
]);

/** Western labels that mail programs put on text of any charset. */
const westernLabels: ReadonlySet<string> = new Set([
  'iso88591',
  'iso885915',
  'latin1',
  'windows1252',
  'cp1252',
]);

function shortenLabel(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replace(/\*.*$/, '')
    .replace(/^(?:x-ms-|x-|cs)/, '')
    .replace(/[\s_"'-]+/g, '');
}

/** Whether a label names a Japanese charset. */
export function isJapaneseLabel(label: string): boolean {
  return japaneseLabels[shortenLabel(label)] !== undefined;
}

type Decoder = InstanceType<typeof TextDecoder>;

/** The platform has a closed list of labels, so this grows to a few dozen entries. */
const decoders = new Map<string, Decoder | undefined>();

/** Only such labels are looked up; senders invent others, which would fill the map. */
const labelPattern = /^[a-z0-9][a-z0-9:_+.-]{0,39}$/;
const maxDecoders = 200;

function findDecoder(label: string): Decoder | undefined {
  if (decoders.has(label)) return decoders.get(label);
  let decoder: Decoder | undefined;
  if (labelPattern.test(label)) {
    try {
      decoder = new TextDecoder(label);
    } catch {
      // An unknown label counts as a missing one.
    }
  }
  if (decoders.size < maxDecoders) decoders.set(label, decoder);
  return decoder;
}

const utf8 = new TextDecoder('utf-8');
const shiftJis = new TextDecoder('shift_jis');

/** Decodes bytes by the charset that `detectCharset` finds. */
function decodeDetected(bytes: Uint8Array, japanese: boolean): string {
  const charset = detectCharset(bytes, japanese);
  if (charset === 'utf-8' || charset === 'us-ascii') return utf8.decode(bytes);
  return charset === 'euc-jp' ? decodeEuc(bytes) : (findDecoder(charset) ?? utf8).decode(bytes);
}

function decodeJapanese(bytes: Uint8Array, charset: 'jis' | 'shift_jis' | 'euc-jp'): string {
  if (charset === 'shift_jis') return shiftJis.decode(bytes);
  if (charset === 'euc-jp') return decodeEuc(bytes);
  return decodeJis(bytes, (run) =>
    isStrayHalfWidthKana(run) ? shiftJis.decode(run) : decodeDetected(run, true),
  );
}

/**
 * Decodes text by its declared charset, or by what it looks like when that cannot be true.
 *
 * `japanese` says that other parts of the mail are Japanese; it decides on runs too short to tell.
 */
export function decodeText(
  bytes: Uint8Array,
  declared: string | undefined,
  japanese: boolean,
): DecodedText {
  const label = shortenLabel(declared ?? '');
  const declaredJapanese = japaneseLabels[label];
  const isEightBit = hasHighByte(bytes);
  if (!isEightBit) {
    if (hasJisEscape(bytes)) {
      const isWrongLabel = declaredJapanese !== 'jis' && !emptyLabels.has(label);
      return buildDecodedText(decodeJapanese(bytes, 'jis'), isWrongLabel);
    }
    if (!label.startsWith('utf16') && !label.startsWith('utf7') && declaredJapanese !== 'jis') {
      return buildDecodedText(utf8.decode(bytes), false);
    }
  }
  if (label === 'utf7' || label === 'unicode11utf7') {
    return buildDecodedText(decodeUtf7(bytes), isEightBit);
  }
  if (declaredJapanese !== undefined) return decodeAsJapanese(bytes, declaredJapanese, isEightBit);
  if (emptyLabels.has(label)) {
    // A mixture of escapes and 8-bit bytes is damaged JIS, whatever its label.
    if (hasJisEscape(bytes)) return buildDecodedText(decodeJapanese(bytes, 'jis'), false);
    return buildDecodedText(decodeDetected(bytes, japanese), label !== '' && isEightBit);
  }
  if (label === 'utf8' || label === 'unicode11utf8') return decodeAsUtf8(bytes, japanese);
  if (westernLabels.has(label)) {
    if (isUtf8(bytes) || detectJapanese(bytes, false) !== undefined) {
      return buildDecodedText(decodeDetected(bytes, japanese), true);
    }
  }
  const decoder = findDecoder((declared ?? '').trim().toLowerCase()) ?? findDecoder(label);
  if (decoder === undefined) return buildDecodedText(decodeDetected(bytes, japanese), true);
  const text = decoder.decode(bytes);
  if (!text.includes('\ufffd')) return buildDecodedText(text, false);
  return chooseDecoding(text, decodeDetected(bytes, japanese));
}

const utf16 = new TextDecoder('utf-16be');

/**
 * Decodes UTF-7, which the platform's decoder does not know; what is no valid run stays as it is.
 * @see https://datatracker.ietf.org/doc/html/rfc2152
 */
function decodeUtf7(bytes: Uint8Array): string {
  return utf8
    .decode(bytes)
    .replace(/\+([A-Za-z0-9+/]*)(-?)/g, (run, encoded: string, end: string) => {
      if (encoded === '') return end === '' ? run : '+';
      const units = Buffer.from(encoded, 'base64');
      return units.length < 2 ? run : utf16.decode(units.subarray(0, units.length & ~1));
    });
}

function decodeAsJapanese(
  bytes: Uint8Array,
  declared: 'jis' | 'shift_jis' | 'euc-jp',
  isEightBit: boolean,
): DecodedText {
  if (declared === 'jis' && isEightBit && !hasJisEscape(bytes)) {
    return buildDecodedText(decodeDetected(bytes, true), true);
  }
  if (declared !== 'jis' && hasJisEscape(bytes))
    return buildDecodedText(decodeJapanese(bytes, 'jis'), true);
  const text = decodeJapanese(bytes, declared);
  const hasHoles = text.includes('\ufffd');
  if (isEightBit && isUtf8(bytes)) {
    const other = utf8.decode(bytes);
    // Two half-width kana can form a UTF-8 character by chance; kana in UTF-8 are no chance.
    if (hasHoles || /[\u3041-\u30fe]/.test(other)) return buildDecodedText(other, true);
  }
  // EUC-JP is valid Shift_JIS, too: a text of nothing but half-width kana.
  const detected = declared === 'jis' ? undefined : detectJapanese(bytes, hasHoles);
  if (detected !== undefined && detected !== declared) {
    return buildDecodedText(decodeJapanese(bytes, detected), true);
  }
  return buildDecodedText(text, false);
}

function decodeAsUtf8(bytes: Uint8Array, japanese: boolean): DecodedText {
  const text = utf8.decode(bytes);
  if (!text.includes('\ufffd') || isUtf8(bytes)) return buildDecodedText(text, false);
  if (hasJisEscape(bytes)) return buildDecodedText(decodeJapanese(bytes, 'jis'), true);
  return chooseDecoding(text, decodeDetected(bytes, japanese));
}

/**
 * Takes the detected reading unless the declared one has only few holes, as a text cut inside a
 * character has.
 */
function chooseDecoding(declaredText: string, detectedText: string): DecodedText {
  const holes = declaredText.split('\ufffd').length - 1;
  let beyondAscii = 0;
  for (let at = 0; at < declaredText.length; at++) {
    if (declaredText.charCodeAt(at) > 127) beyondAscii++;
  }
  return holes * 4 <= beyondAscii
    ? buildDecodedText(declaredText, false)
    : buildDecodedText(detectedText, true);
}

function buildDecodedText(text: string, wrongCharset: boolean): DecodedText {
  return { text, wrongCharset, undecodable: text.includes('\ufffd') };
}
