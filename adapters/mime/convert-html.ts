import type { MailLimits } from '../../core/intake/mail/mail.ts';
import { formatDefinitions, formatTable } from './format-table.ts';
import { MailLimitError } from './structure/mail-limit-error.ts';

const linkOptions = {
  linkBrackets: ['<', '>'] as [string, string],
  hideLinkHrefIfSameAsText: true,
};

/** Elements that browsers begin on a line of their own and that the library takes for inline. */
const blocks = [
  ...['address', 'caption', 'center', 'details', 'dialog', 'fieldset', 'figcaption', 'figure'],
  ...['hgroup', 'legend', 'li', 'optgroup', 'option', 'search', 'summary', 'textarea', 'title'],
  // Outside a table or list, where careless programs leave them.
  ...['dd', 'dt', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr'],
];
const ownLines = { leadingLineBreaks: 1, trailingLineBreaks: 1 };
const ownParagraph = { leadingLineBreaks: 2, trailingLineBreaks: 2 };

const converters = new WeakMap<MailLimits, (html: string) => string>();

/** The library is imported when it is first needed: most mails say in plain text what they say. */
async function findConverter(limits: MailLimits): Promise<(html: string) => string> {
  let converter = converters.get(limits);
  if (converter === undefined) {
    const { compile } = await import('html-to-text');
    converter = compile({
      wordwrap: false,
      limits: {
        maxInputLength: limits.htmlCharacters,
        maxDepth: limits.htmlNesting,
        ellipsis: '…',
      },
      selectors: [
        { selector: 'a', options: linkOptions },
        { selector: 'img', format: 'skip' },
        ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
          selector,
          options: { uppercase: false },
        })),
        ...blocks.map((selector) => ({ selector, format: 'block', options: ownLines })),
        ...['menu', 'dir'].map((selector) => ({ selector, format: 'unorderedList' })),
        { selector: 'dl', format: 'definitions', options: ownParagraph },
        { selector: 'table', format: 'cells', options: ownParagraph },
      ],
      formatters: { cells: formatTable, definitions: formatDefinitions },
    });
    converters.set(limits, converter);
  }
  return converter;
}

export type HtmlText = {
  readonly text: string;
  /** Elements nested beyond the limit were left out. */
  readonly cut: boolean;
};

/**
 * Turns HTML into text with links kept; throws `MailLimitError` if conversion would cost too much.
 */
export async function convertHtmlToText(html: string, limits: MailLimits): Promise<HtmlText> {
  if (html.length > limits.htmlCharacters) {
    throw new MailLimitError(
      'html-too-large',
      `${html.length} characters of HTML; ${limits.htmlCharacters} are taken`,
    );
  }
  const { tags, depth } = measureHtml(html);
  if (tags > limits.htmlTags) {
    throw new MailLimitError('html-too-large', `${tags} tags; ${limits.htmlTags} are taken`);
  }
  const convert = await findConverter(limits);
  const text = convert(html).replace(repeatedLink, '$1');
  return { text, cut: depth > limits.htmlNesting };
}

/** A link whose text is its target in brackets, as Thunderbird writes addresses. */
const repeatedLink = /(<[^<>\s]{1,998}>) \1/g;

/** Counts tags and an upper bound of their nesting; unclosed elements count as open. */
function measureHtml(html: string): { tags: number; depth: number } {
  let tags = 0;
  let open = 0;
  let depth = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    tags++;
    const next = html.charCodeAt(at + 1);
    if (next === 0x2f) open = Math.max(0, open - 1);
    else if (next !== 0x21 && !isVoid(html, at + 1)) depth = Math.max(depth, ++open);
  }
  return { tags, depth };
}

const voidElement = /(?:br|img|hr|meta|link|input|col|wbr|area|base)[\s/>]/iy;

function isVoid(html: string, at: number): boolean {
  voidElement.lastIndex = at;
  return voidElement.test(html);
}

const metaCharset = /<meta\s[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]{1,40})/i;
/** How many bytes browsers search for it. */
const metaBytes = 1024;

/** Finds the charset that a page's own meta tag names. */
export function findPageCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, metaBytes));
  return metaCharset.exec(head.toString('latin1'))?.[1];
}
