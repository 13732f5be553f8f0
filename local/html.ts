/** Markup that is safe to send: only `html` makes it, which escapes the values. */
export class SafeHtml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Makes markup with every value escaped, unless it is markup itself or a list of it. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): SafeHtml {
  return new SafeHtml(
    parts
      .map((part, index) => part + (index < values.length ? renderValue(values[index]) : ''))
      .join(''),
  );
}

function renderValue(value: unknown): string {
  if (value instanceof SafeHtml) return value.text;
  if (Array.isArray(value)) return value.map(renderValue).join('');
  if (value === undefined || value === null || value === false) return '';
  return String(value).replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const STYLE = `
  body { font: 16px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; background: #fff; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd; } td { overflow-wrap: anywhere; } td.at { white-space: nowrap; }
  th { font-weight: 600; white-space: nowrap; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f6f6; padding: 1rem; }
  iframe { width: 100%; height: 24rem; border: 1px solid #ccc; } button { font: inherit; padding: .4rem 1rem; } .bounced { color: #a00; }
  @media (max-width: 40rem) { body { margin: 1rem auto; } h1 { font-size: 1.4rem; } .mails th { display: none; } .mails td { display: block; padding: 0; border: 0; } .mails tr { display: block; padding: .5rem 0; border-bottom: 1px solid #ddd; } }
`;

/** Renders a whole page that runs no script and loads nothing. */
export function renderLocalPage(title: string, body: SafeHtml): SafeHtml {
  return html`<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${new SafeHtml(STYLE)}</style></head>
<body><h1>${title}</h1>${body}</body></html>`;
}

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;
