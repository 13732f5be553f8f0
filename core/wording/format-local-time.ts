import type { Instant } from '../inquiry/values/ids.ts';
import type { Language } from '../inquiry/values/vocabulary.ts';

const helpDeskZone = 'Asia/Tokyo';
const helpDeskZoneNames = { ja: '日本時間', en: 'Japan time' };

const commonOptions = {
  year: 'numeric',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;

const formats = {
  ja: { locale: 'ja-JP', month: 'long' },
  en: { locale: 'en-GB', month: 'short' },
} as const;

/** Creating a format takes longer than using it a hundred times. */
const formatCache = new Map<string, Intl.DateTimeFormat>();

/** Formats an instant for people, by default in the help desk's zone, and names the zone. */
export function formatLocalTime(at: Instant, language: Language, zone = helpDeskZone): string {
  const localTime = findFormat(language, zone).format(Date.parse(at));
  return `${localTime} (${formatZoneName(at, language, zone)})`;
}

function findFormat(language: Language, timeZone: string): Intl.DateTimeFormat {
  const key = `${language} ${timeZone}`;
  const { locale, month } = formats[language];
  const format =
    formatCache.get(key) ?? new Intl.DateTimeFormat(locale, { ...commonOptions, timeZone, month });
  formatCache.set(key, format);
  return format;
}

function formatZoneName(at: Instant, language: Language, timeZone: string): string {
  if (timeZone === helpDeskZone) return helpDeskZoneNames[language];
  const { locale } = formats[language];
  const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' });
  const name = format.formatToParts(Date.parse(at)).find(({ type }) => type === 'timeZoneName');
  return name?.value ?? timeZone;
}
