const TOKYO = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Tokyo',
  weekday: 'short',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Formats an instant as clocks in Tokyo show it: `Fri 11-20 09:05:00`. */
export function formatTokyoTime(instant: Date | string): string {
  const parts = new Map(
    TOKYO.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${of('weekday')} ${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}`;
}

const DURATION = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/;

/** Formats an ISO 8601 duration as people write it: `2 h 50 min`. */
export function formatSpokenDuration(duration: string): string {
  const [, hours, minutes, seconds] = DURATION.exec(duration) ?? [];
  const parts = [
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ].flatMap(([count, unit]) => (count === undefined ? [] : [`${count} ${unit}`]));
  return parts.length === 0 ? duration : parts.join(' ');
}
