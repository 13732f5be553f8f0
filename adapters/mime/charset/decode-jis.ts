/** NEC and IBM characters that eucJP-ms adds as 8F F3 F3 to 8F F4 FE; TextDecoder knows none of them. */
const eucVendorCharacters =
  'ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡炻仼僴凬匇匤﨎咊坙﨏塚增寬峵嵓﨑德悅愠敎昻晥晴朗栁﨓﨔橫櫢淸淲瀨凞猪甁皂皞益礰礼神祥福竧靖精綠緖羽荢﨟薰蘒﨡蠇諸譿賴赶﨣﨤逸郞都鄕﨧﨨閒隆﨩霻靍靑飯飼館馞髙魲鶴黑';
/** Counted from 8F F3 A1; a row has 94 characters, and the first above is F3 F3. */
const eucVendorFirst = 0xf3 - 0xa1;

const escapeByte = 0x1b;
const shiftOut = 0x0e;
const shiftIn = 0x0f;

type CharacterSet = 'ascii' | 'kanji' | 'kana' | 'supplement';

const eucDecoder = new TextDecoder('euc-jp');

/** Decodes EUC-JP with its Microsoft characters. */
export function decodeEuc(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  for (let at = bytes.indexOf(0x8f); at >= 0; at = bytes.indexOf(0x8f, at + 1)) {
    const row = bytes[at + 1] ?? 0;
    const cell = bytes[at + 2] ?? 0;
    if ((row !== 0xf3 && row !== 0xf4) || cell < 0xa1) continue;
    const index = (row - 0xf3) * 94 + (cell - 0xa1) - eucVendorFirst;
    const character = eucVendorCharacters[index];
    if (character === undefined) continue;
    text += eucDecoder.decode(bytes.subarray(start, at)) + character;
    start = at + 3;
  }
  return text + eucDecoder.decode(bytes.subarray(start));
}

/** Whether bytes hold an escape sequence that switches to a Japanese character set. */
export function hasJisEscape(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(escapeByte); at >= 0; at = bytes.indexOf(escapeByte, at + 1)) {
    const first = bytes[at + 1];
    const second = bytes[at + 2];
    if (first === 0x24 && (second === 0x40 || second === 0x42 || second === 0x28)) return true;
    if (first === 0x28 && (second === 0x49 || second === 0x4a)) return true;
  }
  return false;
}

/**
 * How many runs of 8-bit bytes are decoded; a text with more is garbage, and each costs a decoder.
 */
const longestMixture = 1_000;
/** Replaces further runs: 〓 in EUC-JP, as Japanese printers put for a missing type. */
const geta = [0xa2, 0xae];

/**
 * Decodes ISO-2022-JP as it is sent, not as it is specified: vendor characters, half-width kana by
 * escape or by SO and SI, JIS X 0212, empty escapes, and 8-bit bytes in between.
 *
 * TextDecoder knows none of the kana shifts and marks each empty escape as an error.
 * `decodeEightBit` decodes runs of bytes over 127, which do not belong here.
 */
export function decodeJis(bytes: Uint8Array, decodeEightBit: (run: Uint8Array) => string): string {
  // Two bytes of JIS X 0212 become three of EUC at most, one of kana becomes two.
  const euc = new Uint8Array(bytes.length * 2);
  let length = 0;
  let text = '';
  let runs = 0;
  let set: CharacterSet = 'ascii';
  let beforeShift: CharacterSet = 'ascii';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === escapeByte) {
      const first = bytes[at + 1];
      const second = bytes[at + 2];
      if (first === 0x24 && (second === 0x40 || second === 0x42)) {
        set = 'kanji';
        at += 2;
      } else if (first === 0x24 && second === 0x28) {
        set = bytes[at + 3] === 0x44 ? 'supplement' : 'kanji';
        at += 3;
      } else if (first === 0x28 && second === 0x49) {
        set = 'kana';
        at += 2;
      } else if (first === 0x28) {
        set = 'ascii';
        at += 2;
      } else if (first === 0x26 && second === 0x40) {
        at += 2;
      }
      continue;
    }
    if (byte === shiftOut) {
      beforeShift = set;
      set = 'kana';
      continue;
    }
    if (byte === shiftIn) {
      set = beforeShift;
      continue;
    }
    if (byte >= 0x80) {
      if (++runs > longestMixture) {
        euc.set(geta, length);
        length += geta.length;
        continue;
      }
      let end = at + 1;
      // A second byte of Shift_JIS may be ASCII, so the run goes on to the next space or control.
      while (end < bytes.length && (bytes[end] as number) > 0x20) end++;
      text += decodeEuc(euc.subarray(0, length)) + decodeEightBit(bytes.subarray(at, end));
      length = 0;
      at = end - 1;
      continue;
    }
    // Line ends and spaces are never part of a character; a line's end resets to ASCII.
    if (byte <= 0x20 || byte === 0x7f || set === 'ascii') {
      if (byte === 0x0a) set = 'ascii';
      euc[length++] = byte;
    } else if (set === 'kana') {
      euc[length++] = 0x8e;
      euc[length++] = byte | 0x80;
    } else {
      const next = bytes[at + 1];
      if (next === undefined || next <= 0x20 || next >= 0x7f) {
        text += `${decodeEuc(euc.subarray(0, length))}\ufffd`;
        length = 0;
        continue;
      }
      if (set === 'supplement') euc[length++] = 0x8f;
      euc[length++] = byte | 0x80;
      euc[length++] = next | 0x80;
      at++;
    }
  }
  return text + decodeEuc(euc.subarray(0, length));
}
