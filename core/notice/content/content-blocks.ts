import type { Language } from '../../inquiry/values/vocabulary.ts';
import { escapeHtml, formatMultiline, formatSingleLine } from '../../wording/plain-text.ts';

/** A part of a mail; text and HTML are rendered from the same parts, so that they say the same. */
export type ContentBlock =
  | { readonly block: 'paragraph'; readonly text: string }
  | { readonly block: 'facts'; readonly rows: readonly (readonly [string, string])[] }
  | { readonly block: 'link'; readonly label: string; readonly url: string }
  /** What a person wrote, with its own line breaks. */
  | { readonly block: 'message'; readonly text: string }
  | { readonly block: 'quote'; readonly heading: string; readonly text: string }
  | { readonly block: 'signature'; readonly lines: readonly string[] };

export function makeParagraph(text: string): ContentBlock {
  return { block: 'paragraph', text };
}

/** Writes the plain text of a mail. */
export function renderText(blocks: readonly ContentBlock[]): string {
  return `${blocks.map(renderBlockText).join('\n\n')}\n`;
}

function renderBlockText(block: ContentBlock): string {
  switch (block.block) {
    case 'paragraph':
      return formatSingleLine(block.text, Number.POSITIVE_INFINITY);
    case 'facts':
      return block.rows
        .map(([label, value]) => `${label}: ${formatSingleLine(value, 1000)}`)
        .join('\n');
    case 'link':
      return `${block.label}:\n${block.url}`;
    case 'message':
      return formatMultiline(block.text);
    case 'quote': {
      const lines = formatMultiline(block.text).split('\n');
      return [block.heading, ...lines.map((line) => `> ${line}`)].join('\n');
    }
    case 'signature':
      // RFC 3676, 4.3: two hyphens and a space.
      return ['-- ', ...block.lines].join('\n');
    default:
      return block satisfies never;
  }
}

const font = 'font-family:sans-serif;font-size:14px;line-height:1.7;color:#1a1a1a';
const grey = 'color:#595959';

/** Writes the HTML of a mail: inline styles only, since mail clients drop the rest. */
export function renderHtml(
  blocks: readonly ContentBlock[],
  language: Language,
  title: string,
): string {
  return [
    '<!doctype html>',
    `<html lang="${language}"><head><meta charset="utf-8">`,
    `<title>${escapeHtml(formatSingleLine(title))}</title></head>`,
    `<body style="${font}"><div style="max-width:42em">`,
    ...blocks.map(renderBlockHtml),
    '</div></body></html>',
    '',
  ].join('\n');
}

function renderBlockHtml(block: ContentBlock): string {
  switch (block.block) {
    case 'paragraph':
      return `<p>${escapeHtml(formatSingleLine(block.text, Number.POSITIVE_INFINITY))}</p>`;
    case 'facts': {
      const rows = block.rows.map(
        ([label, value]) =>
          `<tr><td style="${grey};padding-right:1em;vertical-align:top">${escapeHtml(label)}</td>` +
          `<td>${escapeHtml(formatSingleLine(value, 1000))}</td></tr>`,
      );
      return `<table style="${font}" role="presentation">${rows.join('')}</table>`;
    }
    case 'link':
      return `<p><a href="${escapeHtml(block.url)}">${escapeHtml(block.label)}</a></p>`;
    case 'message':
      return `<p>${renderLineBreaks(block.text)}</p>`;
    case 'quote':
      return (
        `<p style="${grey}">${escapeHtml(block.heading)}</p>` +
        `<blockquote style="${grey};margin:0;padding-left:1em;border-left:3px solid #ccc">` +
        `${renderLineBreaks(block.text)}</blockquote>`
      );
    case 'signature':
      return `<p style="${grey}">${block.lines.map((line) => escapeHtml(line)).join('<br>\n')}</p>`;
    default:
      return block satisfies never;
  }
}

/** Escapes text for HTML and keeps its line breaks and runs of spaces. */
export function renderLineBreaks(text: string): string {
  return escapeHtml(formatMultiline(text)).replaceAll('  ', ' &nbsp;').replaceAll('\n', '<br>\n');
}
