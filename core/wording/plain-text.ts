/**
 * Control characters that can end a header or reorder the displayed text; not tab and line feed.
 */
const hiddenCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what this matches
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Puts a text on one line, without control characters and at most `limit` characters long. */
export function formatSingleLine(text: string, limit = 200): string {
  const line = text.replace(/\s+/g, ' ').replace(hiddenCharacters, '').trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/** Normalizes line ends to line feeds, and removes control characters except tabs. */
export function formatMultiline(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(hiddenCharacters, '').trimEnd();
}

/** Cuts a text to so many lines and characters, with an ellipsis where it was cut. */
export function truncateText(text: string, lineLimit: number, limit: number): string {
  const lines = formatMultiline(text).split('\n');
  const kept = lines.slice(0, lineLimit).join('\n');
  const cut = kept.slice(0, limit);
  return cut.length < kept.length || lines.length > lineLimit ? `${cut}\n…` : cut;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
