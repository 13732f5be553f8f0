import { createHash } from 'node:crypto';
import type { ParsedMail } from 'mailparser';
import type { MailLimits } from '../../core/intake/mail/mail.ts';
import { decodeText } from './charset/decode-text.ts';
import { cleanText } from './clean-text.ts';
import { convertHtmlToText } from './convert-html.ts';
import type { CollectedParts, PartFile } from './structure/collect-parts.ts';
import { makeFileName, sanitizeFileName } from './structure/file-name.ts';
import { readHeaderBlock } from './structure/header-block.ts';
import { MailLimitError } from './structure/mail-limit-error.ts';
import type { MimeHeaderField } from './structure/mime-tree.ts';

/**
 * Reads a mail that the first parser fails on by another one.
 *
 * That parser is 1.2 MB and takes 80 ms to import, so it is imported only when needed. Headers are
 * read without it: of two From headers it takes the last.
 */
export async function readByFallbackParser(
  raw: Uint8Array,
  limits: MailLimits,
): Promise<{ headers: MimeHeaderField[]; parts: CollectedParts }> {
  const headers = readHeaderBlock(raw, limits.headerBytes);
  const parts = await parseByFallback(raw, limits);
  const hasContent = parts !== undefined && (parts.fullText !== '' || parts.files.length > 0);
  return { headers, parts: hasContent ? parts : readBodyAsText(raw, limits) };
}

/** Shows what both parsers leave out as it came, rather than not at all. */
function readBodyAsText(raw: Uint8Array, limits: MailLimits): CollectedParts {
  const { text, undecodable } = decodeText(raw.subarray(findBodyStart(raw)), undefined, true);
  const fullText = cleanText(text);
  if (fullText.length > limits.textCharacters) {
    throw new MailLimitError('text-too-large', `over ${limits.textCharacters} characters`);
  }
  return {
    fullText,
    files: [],
    contentHash: createHash('sha256').update(fullText).digest('hex'),
    faults: new Set([
      'second-opinion',
      'broken-structure',
      ...(undecodable ? (['undecodable-characters'] as const) : []),
    ]),
  };
}

function findBodyStart(raw: Uint8Array): number {
  const view = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const starts = ['\r\n\r\n', '\n\n'].map((gap) => [view.indexOf(gap), gap.length] as const);
  const bodyStarts = starts.filter(([at]) => at >= 0).map(([at, length]) => at + length);
  return bodyStarts.length === 0 ? raw.length : Math.min(...bodyStarts);
}

async function parseByFallback(
  raw: Uint8Array,
  limits: MailLimits,
): Promise<CollectedParts | undefined> {
  const parsed = await parseByMailparser(raw, limits).catch(() => undefined);
  return parsed === undefined ? undefined : collectParsedMail(parsed, limits);
}

async function parseByMailparser(raw: Uint8Array, limits: MailLimits): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser');
  // The types lack options that the library has.
  const options = {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    keepDeliveryStatus: true,
    maxHtmlLengthToParse: limits.htmlCharacters,
  } as Parameters<typeof simpleParser>[1];
  return simpleParser(Buffer.from(raw.buffer, raw.byteOffset, raw.length), options);
}

function collectParsedMail(parsed: ParsedMail, limits: MailLimits): CollectedParts {
  if (parsed.attachments.length > limits.attachments) {
    throw new MailLimitError('too-many-attachments', `over ${limits.attachments} attachments`);
  }
  const files = parsed.attachments.map((file, index): PartFile => {
    const type = (file.contentType ?? 'application/octet-stream').toLowerCase().slice(0, 255);
    return {
      name: sanitizeFileName(file.filename ?? '') || makeFileName(type, index + 1),
      type,
      bytes: file.content,
      sha256: createHash('sha256').update(file.content).digest('hex'),
      inline: type.startsWith('image/') && file.related === true,
    };
  });
  const html = typeof parsed.html === 'string' ? convertHtmlToText(parsed.html, limits) : undefined;
  const fullText = cleanText(parsed.text?.trim() ? parsed.text : (html?.text ?? ''));
  if (fullText.length > limits.textCharacters) {
    throw new MailLimitError('text-too-large', `over ${limits.textCharacters} characters`);
  }
  const hash = createHash('sha256').update(fullText);
  for (const file of files) hash.update(`\n${file.type}\n${file.sha256}`);
  return {
    fullText,
    files,
    contentHash: hash.digest('hex'),
    faults: new Set([
      'second-opinion',
      ...(html?.cut ? (['html-cut'] as const) : []),
      ...(fullText.includes('\ufffd') ? (['undecodable-characters'] as const) : []),
    ]),
  };
}
