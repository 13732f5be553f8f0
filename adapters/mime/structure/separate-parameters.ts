/** The parameters that mail has, which alone are told from words of a value. */
const parameter = String.raw`(?:boundary|charset|name|filename|format|delsp|type|report-type|protocol|micalg|start|method)[*\d]{0,5}[ \t]?=`;
const structured = /^content-(?:type|disposition)[ \t]*:/i;
const missing = new RegExp(
  String.raw`"(?:[^"\\]|\\.){0,300}"|(?<=[^;\s])[ \t]+(?=${parameter})`,
  'gi',
);
const continued = new RegExp(String.raw`^[ \t]+(?=${parameter})`, 'i');

/**
 * Puts the semicolons that a sender forgot between the parameters of a Content-Type or
 * Content-Disposition; without them a parser finds neither the delimiter nor the charset.
 */
export class ParameterSeparator {
  #isStructured = false;
  #needsSeparator = false;

  /** Takes the lines of a header one by one, folded as they are. */
  separate(line: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const isContinued = line[0] === 0x20 || line[0] === 0x09;
    // `c` or `C`, without decoding the lines of all other headers.
    if (!isContinued) this.#isStructured = ((line[0] ?? 0) | 0x20) === 0x63;
    if (!this.#isStructured) return line;
    const text = Buffer.from(line).toString('latin1');
    if (!isContinued) this.#isStructured = structured.test(text);
    if (!this.#isStructured) return line;
    const joined = isContinued && this.#needsSeparator ? text.replace(continued, '$&;') : text;
    const separated = joined.replace(missing, (found) => (found.startsWith('"') ? found : '; '));
    this.#needsSeparator = /[^;\s:][ \t]*$/.test(text.slice(-200));
    return separated === text ? line : new Uint8Array(Buffer.from(separated, 'latin1'));
  }
}
