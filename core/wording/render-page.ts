import type { Language } from '../inquiry/values/vocabulary.ts';
import { escapeHtml } from './plain-text.ts';

/** The one stylesheet of public pages; their content security policy allows it by hash. */
export const publicPageStyle = `
body{margin:0;background:#f5f6f7;color:#1a1a1a;font:16px/1.7 sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem}
dt{color:#595959}dd{margin:0}
dd,header{word-break:keep-all;overflow-wrap:anywhere}
article{background:#fff;border:1px solid #d5d8dc;border-radius:.4rem;padding:.8rem 1rem;margin:.8rem 0}
article.desk{border-left:.3rem solid #1f5f99}
header{color:#595959;font-size:.9rem}article p{margin:.5rem 0 0;overflow-wrap:anywhere}
ul{margin:.5rem 0 0;padding-left:1.2rem}
[role=status]{background:#e8f1fa;border-radius:.4rem;padding:.6rem 1rem}
button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:.4rem;background:#1f5f99;color:#fff}
`;

/** Renders a page without script. `body` is markup in which people's text is already escaped. */
export function renderPage(language: Language, title: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    '<meta name="robots" content="noindex,nofollow">',
    `<title>${escapeHtml(title)}</title><style>${publicPageStyle}</style></head>`,
    `<body><main>`,
    ...body,
    '</main></body></html>',
    '',
  ].join('\n');
}

/** Renders a list of facts; names and values are escaped here. */
export function renderFactList(facts: readonly (readonly [name: string, value: string])[]): string {
  const rows = facts.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return `<dl>${rows.join('')}</dl>`;
}

/**
 * Renders a form with one button, which posts an empty body to `action`, relative to the page, or
 * to the page itself.
 *
 * Mail scanners follow links but do not press buttons.
 */
export function renderButton(label: string, action?: string): string {
  const to = action === undefined ? '' : ` action="${escapeHtml(action)}"`;
  return `<form method="post"${to}><button>${escapeHtml(label)}</button></form>`;
}
