import * as z from 'zod';
import { Instant, Sub } from '../values/ids.ts';

/** The fields of every version of a configured document, whatever the document. */
export const configVersionFields = {
  /** Counts from 1; 0 is what was shipped. */
  version: z.int().min(0),
  recordedAt: Instant,
  by: z.strictObject({ sub: Sub, name: z.string().max(200) }).optional(),
  note: z.string().max(500).optional(),
};

/** Defines a version that is in force as soon as it is recorded. */
export function defineImmediateVersion<Body extends z.ZodType>(body: Body) {
  return z.strictObject({
    ...configVersionFields,
    /** The version whose document it restores. */
    restores: z.int().min(0).optional(),
    body,
  });
}
