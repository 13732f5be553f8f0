import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import type { EpochSeconds } from './calendar.ts';

/** How many seconds a zone is ahead of UTC, from an instant until the next offset begins. */
export type ZoneOffset = { readonly from: EpochSeconds; readonly seconds: number };

const nanoseconds = 1_000_000_000;
type Zoned = ReturnType<typeof ZonedDateTime.create>;

/**
 * Spells a zone's name as the time zone database does, whatever case it was typed in; links such as
 * `Asia/Kolkata` are kept. Undefined for anything else, including a bare offset such as `+09:00`.
 */
export function normalizeZoneName(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return ZonedDateTime.create(0n, name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The offsets of a zone during `[from, until)`; the first also stands for all time before. */
export function findZoneOffsets(
  zone: string,
  from: EpochSeconds,
  until: EpochSeconds,
): ZoneOffset[] {
  const offsets: ZoneOffset[] = [];
  const end = BigInt(until) * BigInt(nanoseconds);
  let zoned: Zoned | null = ZonedDateTime.create(BigInt(from) * BigInt(nanoseconds), zone);
  while (zoned !== null && zoned.epochNanoseconds < end) {
    offsets.push({
      from: Number(zoned.epochNanoseconds / BigInt(nanoseconds)),
      seconds: ZonedDateTime.offsetNanoseconds(zoned) / nanoseconds,
    });
    zoned = ZonedDateTime.getTimeZoneTransition(zoned, 'next');
  }
  return offsets;
}

/**
 * Makes a function that turns wall time, in seconds since 1970-01-01T00:00:00 local time, into an
 * instant as Temporal's `compatible` does: a skipped time is read by the offset before the change,
 * and so falls later by what was skipped; a repeated time means its first occurrence.
 *
 * It remembers its position, so that readings in roughly ascending order need no search.
 */
export function makeWallTimeReader(
  offsets: readonly [ZoneOffset, ...ZoneOffset[]],
): (wall: number) => EpochSeconds {
  const seconds = offsets.map((offset) => offset.seconds);
  // When each offset begins and ends, in its own wall time.
  const starts = offsets.map((offset) => offset.from + offset.seconds);
  const ends = offsets.map(
    (offset, index) => (offsets[index + 1]?.from ?? Number.POSITIVE_INFINITY) + offset.seconds,
  );
  let current = 0;
  return (wall) => {
    while (current > 0 && wall < (ends[current - 1] ?? wall)) current -= 1;
    while (wall >= (ends[current] ?? Number.POSITIVE_INFINITY)) current += 1;
    const isSkipped = current > 0 && wall < (starts[current] ?? wall);
    return wall - (seconds[isSkipped ? current - 1 : current] ?? 0);
  };
}
