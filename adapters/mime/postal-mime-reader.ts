import { type Instant, instantOf } from '../../core/inquiry/values/ids.ts';
import {
  type MailAttachment,
  type MailFault,
  type MailLimits,
  type MailReader,
  mailLimits,
  type ParsedMail,
  type UnreadableMail,
} from '../../core/intake/mail/mail.ts';
import { decodeEncodedWords, hasJapaneseSigns, makePlainLine } from './charset/decode-header.ts';
import { readAddresses, readMessageIds } from './read-addresses.ts';
import { readBrokenMail } from './read-broken-mail.ts';
import { readForwarded } from './read-forwarded.ts';
import { readPlainBounce, readReport } from './read-report.ts';
import { stripQuoted } from './reply/strip-quoted.ts';
import { checkAttachment } from './structure/check-attachment.ts';
import { checkBounds } from './structure/check-bounds.ts';
import { type CollectedParts, collectParts, type PartFile } from './structure/collect-parts.ts';
import { MailLimitError } from './structure/mail-limit-error.ts';
import { type MimeHeaderField, readMimeTree } from './structure/mime-tree.ts';

/** How many UTF-16 units of a subject are kept: the limit of a line in RFC 5322. */
const subjectLength = 998;

/** Every mail has at least one of these headers. */
const mailHeaders: ReadonlySet<string> = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'received',
  'return-path',
  'sender',
  'reply-to',
  'mime-version',
  'content-type',
]);

/** Reads mail by `postal-mime`, adding the limits and the Japanese charsets that it lacks. */
export class PostalMimeReader implements MailReader {
  readonly #limits: MailLimits;
  readonly #readTree: typeof readMimeTree;

  constructor(options: { limits?: Partial<MailLimits>; readTree?: typeof readMimeTree } = {}) {
    this.#limits = { ...mailLimits, ...options.limits };
    this.#readTree = options.readTree ?? readMimeTree;
  }

  async read(raw: Uint8Array): Promise<ParsedMail | UnreadableMail> {
    try {
      checkBounds(raw, this.#limits);
      return await this.#readBounded(raw);
    } catch (failure) {
      if (failure instanceof MailLimitError) {
        return { unreadable: failure.reason, detail: failure.message };
      }
      return { unreadable: 'unparseable', detail: 'no parser could read it' };
    }
  }

  async #readBounded(raw: Uint8Array): Promise<ParsedMail | UnreadableMail> {
    const { headers, parts } = await this.#parseParts(raw);
    if (!headers.some((field) => mailHeaders.has(field.key))) {
      return { unreadable: 'unparseable', detail: 'it has no header that a mail has' };
    }
    return assembleMail(headers, parts, this.#limits);
  }

  async #parseParts(
    raw: Uint8Array,
  ): Promise<{ headers: readonly MimeHeaderField[]; parts: CollectedParts }> {
    try {
      const tree = await this.#readTree(raw, this.#limits);
      const japanese = hasJapaneseSigns(tree.headers.map((field) => field.value).join('\n'));
      const parts = await collectParts(tree, japanese, this.#limits);
      const isEmpty = parts.fullText === '' && parts.files.length === 0;
      if (!(isEmpty && parts.faults.has('broken-structure'))) {
        return { headers: tree.headers, parts };
      }
    } catch (failure) {
      if (failure instanceof MailLimitError) throw failure;
    }
    return readBrokenMail(raw, this.#limits, this.#readTree);
  }
}

function assembleMail(
  fields: readonly MimeHeaderField[],
  parts: CollectedParts,
  limits: MailLimits,
): ParsedMail {
  const headers = groupHeaders(fields);
  const list = (key: string) => readAddresses(headers[key] ?? [], limits.addresses);
  const from = list('from');
  const [sender] = list('sender').addresses;
  const [messageId] = readMessageIds(headers['message-id'] ?? [], 1);
  const inReplyTo = readMessageIds(headers['in-reply-to'] ?? [], limits.references);
  const references = readMessageIds(headers['references'] ?? [], limits.references);
  const subject = makePlainLine(decodeEncodedWords(headers['subject']?.[0] ?? ''), subjectLength);
  const { fullText } = parts;
  const stripped = stripQuoted(fullText, {
    reply: inReplyTo.length + references.length > 0 || replySubject.test(subject),
    forward: forwardSubject.test(subject),
  });
  const forwarded =
    stripped.forwardAt === undefined ? undefined : readForwarded(fullText, stripped.forwardAt);
  const report = parts.report
    ? readReport(parts.report, limits)
    : readPlainBounce(headers, fullText, limits);
  const sentAt = readDate(headers['date']?.[0]);
  const fromHeaderCount = headers['from']?.length ?? 0;
  const faults = new Set<MailFault>(parts.faults);
  if (fromHeaderCount > 1 || from.addresses.length > 1) faults.add('two-from');
  if (from.addresses[0]?.address === undefined) faults.add('no-from');
  if (from.encoded) faults.add('encoded-from');
  if (from.bad) faults.add('bad-address');
  if (messageId === undefined) faults.add('no-message-id');
  if (fullText === '') faults.add('no-text');
  return {
    ...(messageId === undefined ? {} : { messageId }),
    fromHeaderCount,
    from: from.addresses,
    ...(sender === undefined ? {} : { sender }),
    replyTo: list('reply-to').addresses,
    to: list('to').addresses,
    cc: list('cc').addresses,
    subject,
    ...(sentAt === undefined ? {} : { sentAt }),
    inReplyTo,
    references,
    headers,
    language: japaneseScript.test(subject) || japaneseScript.test(fullText) ? 'ja' : 'en',
    text: stripped.text,
    fullText,
    attachments: checkFiles(parts.files, limits),
    ...(report === undefined ? {} : { report }),
    ...(forwarded === undefined ? {} : { forwarded }),
    contentHash: parts.contentHash,
    faults: [...faults],
  };
}

const replySubject = /^\s*(?:re|aw|sv|回复|返信|回答)\s*(?:\[\d+\]|\^\d+)?\s*[:：]/i;
const forwardSubject = /^\s*(?:fwd?|転送|wg|tr)\s*[:：]/i;
const japaneseScript = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** Has no prototype, so that no header name collides with its members. */
function groupHeaders(fields: readonly MimeHeaderField[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (const { key, value } of fields) {
    const values = headers[key];
    if (values === undefined) headers[key] = [value];
    else values.push(value);
  }
  return headers;
}

function readDate(value: string | undefined): Instant | undefined {
  if (value === undefined || value.length > 200) return undefined;
  const at = Date.parse(value);
  // Instants are compared as text, which needs years of four digits.
  const fits = at >= Date.UTC(1970, 0, 1) && at < Date.UTC(10_000, 0, 1);
  return fits ? instantOf(at) : undefined;
}

function checkFiles(files: readonly PartFile[], limits: MailLimits): MailAttachment[] {
  let total = 0;
  return files.map((file) => {
    const size = file.bytes.length;
    total += size;
    const held = total > limits.attachmentsBytes ? 'too-large' : checkAttachment(file, limits);
    return { ...file, size, ...(held === undefined ? {} : { held }) };
  });
}
