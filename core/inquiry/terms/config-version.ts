import * as z from 'zod';
import { Instant, Sub } from '../values/ids.ts';

/** What every version of a configured document says of itself, whatever the document. */
export const configVersionFields = {
  /** Counts from 1; 0 is what was shipped. */
  version: z.int().min(0),
  /** When it was put. */
  recordedAt: Instant,
  by: z.strictObject({ sub: Sub, name: z.string().max(200) }).optional(),
  note: z.string().max(500).optional(),
};

/** A version that is in force from when it is put. */
export function defineImmediateVersion<Body extends z.ZodType>(body: Body) {
  return z.strictObject({
    ...configVersionFields,
    /** The version whose document it brings back. */
    restores: z.int().min(0).optional(),
    body,
  });
}
