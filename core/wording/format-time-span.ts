import type { Language } from '../inquiry/values/vocabulary.ts';

const units = {
  ja: { hours: '時間', minutes: '分', seconds: '秒', gap: '' },
  en: { hours: ' h', minutes: ' min', seconds: ' s', gap: ' ' },
} as const;

/** Formats seconds as people say them: hours and minutes, and seconds only below a minute. */
export function formatTimeSpan(seconds: number, language: Language): string {
  const { hours, minutes, seconds: s, gap } = units[language];
  if (seconds < 60) return `${seconds}${s}`;
  const wholeMinutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(wholeMinutes / 60), hours],
    [wholeMinutes % 60, minutes],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(gap);
}
