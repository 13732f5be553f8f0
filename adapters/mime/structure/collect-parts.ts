import { createHash, type Hash } from 'node:crypto';
import type { MailFault, MailLimits } from '../../../core/intake/mail/mail.ts';
import { decodeText } from '../charset/decode-text.ts';
import { cleanText, joinFlowedLines } from '../clean-text.ts';
import { convertHtmlToText, findPageCharset } from '../convert-html.ts';
import { isReportedMail, type ReportParts, reportKindOf } from '../read-report.ts';
import { makeFileName, readDeclaredName } from './file-name.ts';
import { MailLimitError } from './mail-limit-error.ts';
import { findTrailingText, type MimePart } from './mime-tree.ts';

/** A file as it came, before it is checked. */
export type PartFile = {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly inline: boolean;
};

export type CollectedParts = {
  readonly fullText: string;
  readonly files: readonly PartFile[];
  readonly report?: ReportParts;
  readonly contentHash: string;
  readonly faults: ReadonlySet<MailFault>;
};

type BodyText = { readonly kind: 'plain' | 'html'; readonly text: string };
type PartPosition = { readonly root: boolean; readonly related: boolean; readonly report: boolean };

/** Sorts the leaves of a mail into its text, its files, and the parts that make a report. */
export function collectParts(
  root: MimePart,
  japanese: boolean,
  limits: MailLimits,
): Promise<CollectedParts> {
  return new PartCollector(japanese, limits).collect(root);
}

class PartCollector {
  readonly #japanese: boolean;
  readonly #limits: MailLimits;
  readonly #hash: Hash = createHash('sha256');
  readonly #files: PartFile[] = [];
  readonly #faults = new Set<MailFault>();
  #kind: ReportParts['kind'] | undefined;
  #status: Uint8Array | undefined;
  #original: Uint8Array | undefined;
  #textBytes = 0;

  constructor(japanese: boolean, limits: MailLimits) {
    this.#japanese = japanese;
    this.#limits = limits;
  }

  async collect(root: MimePart): Promise<CollectedParts> {
    const body = await this.#walkPart(root, { root: true, related: false, report: false });
    const fullText = cleanText(await this.#joinTexts(body));
    if (fullText.length > this.#limits.textCharacters) {
      throw new MailLimitError('text-too-large', `over ${this.#limits.textCharacters} characters`);
    }
    return {
      fullText,
      files: this.#files,
      ...(this.#kind !== undefined && this.#status !== undefined
        ? {
            report: {
              kind: this.#kind,
              status: this.#status,
              ...(this.#original === undefined ? {} : { original: this.#original }),
            },
          }
        : {}),
      contentHash: this.#hash.digest('hex'),
      faults: this.#faults,
    };
  }

  async #walkPart(part: MimePart, place: PartPosition): Promise<readonly BodyText[]> {
    const { multipart } = part.contentType;
    if (multipart === false) return this.#collectLeaf(part, place);
    if (part.childNodes.length === 0 && multipart !== 'report') {
      this.#faults.add('broken-structure');
    }
    if (multipart === 'encrypted') this.#faults.add('encrypted');
    const inside: PartPosition = {
      root: false,
      related: place.related || multipart === 'related',
      report: place.report || multipart === 'report',
    };
    const bodies: (readonly BodyText[])[] = [];
    // One after the other: files and hash have the order of the mail.
    for (const child of part.childNodes) bodies.push(await this.#walkPart(child, inside));
    return multipart === 'alternative' ? chooseAlternative(bodies) : bodies.flat();
  }

  /** Joins texts in their order; HTML becomes text in its place. */
  async #joinTexts(body: readonly BodyText[]): Promise<string> {
    const texts = await Promise.all(
      body.map(({ kind, text }) => (kind === 'html' ? this.#convertHtml(text) : text)),
    );
    // Careless programs send both forms of a text without calling them alternatives.
    const isRepeated = (text: string, at: number) =>
      body[at]?.kind === 'html' &&
      body[at - 1]?.kind === 'plain' &&
      isSameText(text, texts[at - 1]);
    return texts.filter((text, at) => !isRepeated(text, at)).join('\n');
  }

  async #convertHtml(html: string): Promise<string> {
    const { text, cut } = await convertHtmlToText(html, this.#limits);
    if (cut) this.#faults.add('html-cut');
    return text;
  }

  #collectLeaf(part: MimePart, place: PartPosition): readonly BodyText[] {
    const type = part.contentType.parsed.value || 'text/plain';
    const bytes = new Uint8Array(part.content ?? new ArrayBuffer(0));
    const kind = reportKindOf(type);
    if (kind !== undefined) {
      this.#kind ??= kind;
      this.#status ??= bytes;
      this.#hashText(type, bytes);
      return [];
    }
    if (place.report && isReportedMail(type)) {
      this.#original ??= bytes;
      if (type.endsWith('headers')) {
        this.#hashText(type, bytes);
        return [];
      }
    }
    const name = readDeclaredName(part);
    if (isBodyText(part, type, name, place)) return this.#collectText(part, type, bytes);
    if (type === 'application/pkcs7-mime' || type === 'application/x-pkcs7-mime') {
      this.#faults.add('encrypted');
    }
    this.#collectFile(part, type, removeLineEnd(part, bytes), name, place);
    return [];
  }

  #collectText(part: MimePart, type: string, bytes: Uint8Array): readonly BodyText[] {
    this.#hashText(type, bytes);
    const behind = findTrailingText(part);
    this.#textBytes += bytes.length + (behind?.length ?? 0);
    // A character takes four bytes at most, and HTML has limits of its own.
    if (this.#textBytes > 4 * (this.#limits.textCharacters + this.#limits.htmlCharacters)) {
      throw new MailLimitError('text-too-large', `over ${this.#limits.textCharacters} characters`);
    }
    const { params } = part.contentType.parsed;
    const isHtml = type === 'text/html' || type === 'application/xhtml+xml';
    const declared = params['charset'] ?? (isHtml ? findPageCharset(bytes) : undefined);
    const decoded = decodeText(bytes, declared, this.#japanese);
    if (decoded.wrongCharset) this.#faults.add('wrong-charset');
    if (decoded.undecodable) this.#faults.add('undecodable-characters');
    const trailing: BodyText[] =
      behind === undefined
        ? []
        : [{ kind: 'plain', text: decodeText(behind, undefined, this.#japanese).text }];
    if (isHtml) return [{ kind: 'html', text: decoded.text }, ...trailing];
    const isFlowed = params['format']?.toLowerCase() === 'flowed';
    const text = isFlowed
      ? joinFlowedLines(decoded.text, params['delsp']?.toLowerCase() === 'yes')
      : decoded.text;
    return [{ kind: 'plain', text }, ...trailing];
  }

  #collectFile(
    part: MimePart,
    type: string,
    bytes: Uint8Array,
    name: string | undefined,
    place: PartPosition,
  ): void {
    const position = this.#files.length + 1;
    if (position > this.#limits.attachments) {
      throw new MailLimitError(
        'too-many-attachments',
        `over ${this.#limits.attachments} attachments`,
      );
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const disposition = part.contentDisposition.parsed.value;
    const isImage = type.startsWith('image/');
    const isShownInText =
      disposition !== 'attachment' &&
      (disposition === 'inline' || (place.related && part.contentId !== undefined));
    this.#hash.update(`${type}\n${sha256}\n`);
    this.#files.push({
      name: name ?? makeFileName(type, position),
      type: type.slice(0, 255),
      bytes,
      sha256,
      inline: isImage && isShownInText,
    });
  }

  /** Servers on the way change line ends, and blanks at the end with them. */
  #hashText(type: string, bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    this.#hash.update(`${type}\n`).update(text.replaceAll('\r', '').trim(), 'latin1').update('\n');
  }
}

/**
 * Chooses one branch, however deep its texts stand: the first of plain text only, else the first with
 * any. HTML that is not chosen is not converted.
 */
function chooseAlternative(branches: readonly (readonly BodyText[])[]): readonly BodyText[] {
  const filled = branches.filter((body) => body.some(({ text }) => text.trim() !== ''));
  const isPlain = (body: readonly BodyText[]) => body.every(({ kind }) => kind === 'plain');
  return filled.find(isPlain) ?? filled[0] ?? [];
}

function isSameText(text: string, other = ''): boolean {
  const compact = (value: string) => value.replace(/\s+/g, '');
  return compact(text) === compact(other);
}

/** Removes the line feed that the parser adds to every body; only base64 can be without it. */
function removeLineEnd(part: MimePart, bytes: Uint8Array): Uint8Array {
  const added = part.contentTransferEncoding.encoding !== 'base64' && bytes.at(-1) === 0x0a;
  return added ? bytes.subarray(0, -1) : bytes;
}

function isBodyText(
  part: MimePart,
  type: string,
  name: string | undefined,
  place: PartPosition,
): boolean {
  if (part.contentDisposition.parsed.value === 'attachment') return false;
  if (place.root) return type.startsWith('text/') || type === 'text';
  if (name !== undefined) return false;
  return type === 'text/plain' || type === 'text/html' || type === 'application/xhtml+xml';
}
