import type { Instant } from '../inquiry/ids.ts';
import type { Language } from '../inquiry/vocabulary.ts';

/** The help desk's zone, which every time that people read names. */
const timeZone = 'Asia/Tokyo';

const common = {
  timeZone,
  year: 'numeric',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;

const formats = {
  ja: new Intl.DateTimeFormat('ja-JP', { ...common, month: 'long' }),
  en: new Intl.DateTimeFormat('en-GB', { ...common, month: 'short' }),
};
const zoneNames = { ja: '日本時間', en: 'Japan time' };

/** An instant as people read it, in Japan's time and saying so. */
export function localTime(at: Instant, language: Language): string {
  return `${formats[language].format(Date.parse(at))} (${zoneNames[language]})`;
}
