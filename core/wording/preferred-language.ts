import type { Language } from '../inquiry/vocabulary.ts';

/**
 * The language of ours that a browser prefers by its `Accept-Language`; undefined when it names
 * none of them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function preferredLanguage(header: string | undefined): Language | undefined {
  const ranges = (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
      const q = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], weight: q === undefined ? 1 : Number(q) };
    })
    .filter(({ weight }) => weight > 0)
    // Sorting is stable, so equal weights keep the browser's order.
    .sort((one, other) => other.weight - one.weight);
  const found = ranges.find(({ language }) => language === 'ja' || language === 'en')?.language;
  return found === 'ja' || found === 'en' ? found : undefined;
}
