import PostalMime, { type PostalMimeOptions } from 'postal-mime';
import type { MailLimits } from '../../../core/intake/mail/mail.ts';
import {
  convertHeaderLineToUtf8,
  hasJapaneseSigns,
  isRawHeaderLine,
} from '../charset/decode-header.ts';
import { MailLimitError } from './mail-limit-error.ts';
import { ParameterSeparator } from './separate-parameters.ts';
import { splitTrailingText } from './split-trailing-text.ts';

export type MimeHeaderField = { readonly key: string; readonly value: string };

type StructuredValue = {
  readonly value: string;
  readonly parsed: { readonly value: string; readonly params: Readonly<Record<string, string>> };
};

/** A part of a mail as the parser holds it: headers unfolded, transfer encoding removed. */
export type MimePart = {
  readonly childNodes: readonly MimePart[];
  readonly headers: readonly MimeHeaderField[];
  readonly contentType: StructuredValue & { readonly multipart: string | false };
  readonly contentDisposition: StructuredValue;
  readonly contentTransferEncoding: { readonly encoding: string };
  readonly contentId?: string;
  readonly content: ArrayBuffer | null;
};

type OpenPart = MimePart & {
  readonly state: 'header' | 'body' | 'finished';
  readonly contentDecoder: object | null;
};

/**
 * The pinned parser's members beyond its public API.
 *
 * Its public result has the charsets already applied, text parts joined, and HTML left alone, so
 * the tree is read instead; a test ensures that these members exist.
 */
interface ParserInternals {
  readonly root: OpenPart;
  readonly currentNode: OpenPart;
  readonly boundaries: readonly { readonly value: Uint8Array }[];
  buf: ArrayBuffer;
  av: Uint8Array<ArrayBuffer>;
  readPos: number;
  readLine(): { bytes: Uint8Array<ArrayBuffer>; done: boolean };
  processLine(line: Uint8Array<ArrayBuffer>, isFinal: boolean): Promise<void>;
}

const Parser = PostalMime as unknown as new (options: PostalMimeOptions) => ParserInternals;

/** What stands behind the base64 bodies of parts, by part. */
const trailingTexts = new WeakMap<MimePart, Uint8Array<ArrayBuffer>[]>();

/** The bytes that somebody on the way put behind the base64 body of a part, where there are any. */
export function findTrailingText(part: MimePart): Uint8Array | undefined {
  const lines = trailingTexts.get(part);
  return lines && Buffer.concat(lines.flatMap((line) => [line, newline]));
}

const newline = Buffer.from('\n');
const lineFeed = 0x0a;
const dash = 0x2d;

/**
 * Feeds the parser: limited, whole bodies at once where lines mean nothing, raw headers as UTF-8.
 */
class TreeReader extends Parser {
  readonly #limits: MailLimits;
  readonly #separator = new ParameterSeparator();
  #parts = 1;
  #lines = 0;
  #japanese: boolean | undefined;

  constructor(limits: MailLimits) {
    super({
      maxHeadersSize: limits.headerBytes,
      maxNestingDepth: limits.nesting,
      forceRfc822Attachments: true,
    });
    this.#limits = limits;
  }

  async readTree(raw: Uint8Array): Promise<MimePart> {
    const ownsBuffer = raw.byteOffset === 0 && raw.byteLength === raw.buffer.byteLength;
    // A copy, not `slice()`: a Buffer's slice is a view of the same memory.
    this.av = ownsBuffer ? (raw as Uint8Array<ArrayBuffer>) : new Uint8Array(raw);
    this.buf = this.av.buffer;
    this.readPos = 0;
    while (this.readPos < this.av.length) {
      const line = this.readLine();
      await this.processLine(line.bytes, line.done);
    }
    return this.root;
  }

  override readLine(): { bytes: Uint8Array<ArrayBuffer>; done: boolean } {
    // Only quoted-printable gives line ends a meaning; other bodies are read up to a delimiter.
    if (
      this.currentNode.state === 'body' &&
      this.currentNode.contentTransferEncoding.encoding !== 'quoted-printable'
    ) {
      const end = this.#nextDelimiter();
      if (end > this.readPos) {
        const bytes = this.av.subarray(this.readPos, findLineEndBefore(this.av, end, this.readPos));
        this.readPos = end;
        return { bytes, done: end >= this.av.length };
      }
    }
    if (++this.#lines > this.#limits.textLines) {
      throw new MailLimitError('too-many-lines', `over ${this.#limits.textLines} lines of text`);
    }
    return super.readLine();
  }

  override async processLine(line: Uint8Array<ArrayBuffer>, isFinal: boolean): Promise<void> {
    const before = this.currentNode;
    await super.processLine(this.#prepareLine(before, line), isFinal);
    // The ends of multiparts count as well; there are never more of them than parts.
    if (this.currentNode !== before && ++this.#parts > this.#limits.parts) {
      throw new MailLimitError('too-many-parts', `over ${this.#limits.parts} parts`);
    }
  }

  #prepareLine(part: OpenPart, line: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#isDelimiter(line)) return line;
    if (part.state === 'header') {
      const isRaw = isRawHeaderLine(line);
      return this.#separator.separate(
        isRaw ? convertHeaderLineToUtf8(line, this.#isJapanese()) : line,
      );
    }
    if (part.contentTransferEncoding.encoding !== 'base64') return line;
    const known = trailingTexts.get(part);
    if (known !== undefined) {
      known.push(line);
      return line.subarray(0, 0);
    }
    const isDashed = line[0] === dash && line[1] === dash;
    const { data, trailing } = isDashed
      ? { data: line.subarray(0, 0), trailing: line }
      : splitTrailingText(line);
    if (trailing !== undefined) trailingTexts.set(part, [trailing]);
    return data;
  }

  #isDelimiter(line: Uint8Array): boolean {
    if (line[0] !== dash || line[1] !== dash) return false;
    return this.boundaries.some(({ value }) => value.every((byte, at) => byte === line[at + 2]));
  }

  /** Finds the start of the next line that might be a delimiter, or the end of the mail. */
  #nextDelimiter(): number {
    if (this.boundaries.length === 0) return this.av.length;
    const { av, readPos } = this;
    if (av[readPos] === dash && av[readPos + 1] === dash) return readPos;
    for (let at = av.indexOf(dash, readPos); at >= 0; at = av.indexOf(dash, at + 1)) {
      if (av[at - 1] === lineFeed && av[at + 1] === dash) return at;
    }
    return av.length;
  }

  #isJapanese(): boolean {
    this.#japanese ??= hasJapaneseSigns(
      Buffer.from(this.buf, 0, Math.min(this.av.length, 16_384)).toString('latin1'),
    );
    return this.#japanese;
  }
}

/** Excludes the line end before a delimiter, which belongs to the delimiter. */
function findLineEndBefore(bytes: Uint8Array, end: number, start: number): number {
  let at = end;
  if (at > start && bytes[at - 1] === lineFeed) at--;
  if (at > start && bytes[at - 1] === 0x0d) at--;
  return at;
}

/** Splits a raw mail into its tree of parts; throws `MailLimitError` when it is over a limit. */
export async function readMimeTree(raw: Uint8Array, limits: MailLimits): Promise<MimePart> {
  try {
    return await new TreeReader(limits).readTree(raw);
  } catch (failure) {
    if (failure instanceof MailLimitError) throw failure;
    const message = failure instanceof Error ? failure.message : '';
    if (message.startsWith('Maximum header size')) {
      throw new MailLimitError('headers-too-large', `over ${limits.headerBytes} bytes of headers`);
    }
    if (message.startsWith('Maximum MIME nesting')) {
      throw new MailLimitError('too-deep', `parts nested over ${limits.nesting} deep`);
    }
    throw failure;
  }
}
