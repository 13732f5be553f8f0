import * as z from 'zod';

/** A part `[open, close)` of a day, in minutes of wall time. */
export type WallInterval = { readonly open: number; readonly close: number };

const pattern = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/**
 * `HH:MM-HH:MM` within one day; it may close at `24:00`.
 *
 * Hours that pass midnight are written as two intervals, on two days.
 */
export const IntervalText = z
  .string()
  .regex(pattern, { error: 'is not HH:MM-HH:MM', abort: true })
  .refine((text) => parseWallInterval(text).open < parseWallInterval(text).close, {
    error: 'closes before it has opened; one that passes midnight is written as two, of two days',
  });

/** Parses an interval that `IntervalText` has accepted. */
export function parseWallInterval(text: string): WallInterval {
  const minuteAt = (place: number) =>
    Number(text.slice(place, place + 2)) * 60 + Number(text.slice(place + 3, place + 5));
  return { open: minuteAt(0), close: minuteAt(6) };
}
