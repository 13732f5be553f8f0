/**
 * Formats the header with which a file is saved under its name and never displayed, whatever its
 * content claims to be.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4.3
 */
export function formatContentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (symbol) => `%${symbol.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
