const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that needs no escaping. Only `html` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type MarkupPiece = Markup | string | number | undefined | readonly MarkupPiece[];

/** Writes HTML from a template; inserted text is escaped, markup and lists of it are not. */
export function html(parts: TemplateStringsArray, ...pieces: readonly MarkupPiece[]): Markup {
  return new Markup(
    parts.reduce((text, part, index) => text + renderPiece(pieces[index - 1]) + part),
  );
}

function renderPiece(piece: MarkupPiece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(renderPiece).join('');
  return String(piece).replace(/[&<>"']/g, (symbol) => escapes[symbol] ?? symbol);
}
