import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import type { EpochSeconds } from './calendar.ts';

/** The seconds by which a zone is ahead of UTC, from an instant until the next one's. */
export type ZoneOffset = { readonly from: EpochSeconds; readonly seconds: number };

const nanoseconds = 1_000_000_000;
type Zoned = ReturnType<typeof ZonedDateTime.create>;

/**
 * The name of a zone in the spelling of the time zone database, however its case was typed; links
 * such as `Asia/Kolkata` stay what they are. Undefined for what is no zone, and for a bare offset
 * such as `+09:00`, which is no name.
 */
export function normalizeZoneName(written: string): string | undefined {
  if (!/^[a-z]/i.test(written)) return undefined;
  try {
    return ZonedDateTime.create(0n, written).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The offsets of a zone throughout `[from, until)`, of which the first holds for ever before. */
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
 * Makes the reading of wall time, in seconds since 1970-01-01T00:00:00 by the clock on the wall, as
 * Temporal's `compatible`: what a clock put forward skips is read by the offset before, and so
 * falls later by what was skipped; of a repeated hour the first is meant.
 *
 * It remembers where it was, so that readings in about ascending order take no search.
 */
export function makeWallTimeReader(
  offsets: readonly [ZoneOffset, ...ZoneOffset[]],
): (wall: number) => EpochSeconds {
  const seconds = offsets.map((offset) => offset.seconds);
  // By the clock on the wall: when each offset begins and when it ends, either by its own reading.
  const starts = offsets.map((offset) => offset.from + offset.seconds);
  const ends = offsets.map(
    (offset, index) => (offsets[index + 1]?.from ?? Number.POSITIVE_INFINITY) + offset.seconds,
  );
  let now = 0;
  return (wall) => {
    while (now > 0 && wall < (ends[now - 1] ?? wall)) now -= 1;
    while (wall >= (ends[now] ?? Number.POSITIVE_INFINITY)) now += 1;
    const isSkipped = now > 0 && wall < (starts[now] ?? wall);
    return wall - (seconds[isSkipped ? now - 1 : now] ?? 0);
  };
}
