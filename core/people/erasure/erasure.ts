import * as z from 'zod';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { Pseudonym } from '../../inquiry/values/pseudonym.ts';

/**
 * `erase`: what the person wrote goes. `anonymize`: it stays, without the person; for agents, whose
 * answers belong to those who asked.
 */
export const ErasureMode = z.enum(['erase', 'anonymize']);
export type ErasureMode = z.infer<typeof ErasureMode>;

/** An erasure, as a lead orders it. */
export const ErasureInput = z.strictObject({
  mode: ErasureMode,
  /** Counts what would go, and changes nothing. */
  dryRun: z.boolean().default(false),
  /** The request in the company's own files; it names nobody. */
  reference: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/)
    .optional(),
});
export type ErasureInput = z.infer<typeof ErasureInput>;

/** What its job says of an erasure for as long as jobs are kept: nothing of the person. */
export const ErasureOrder = z.strictObject({
  ...ErasureInput.shape,
  pseudonym: z.custom<Pseudonym>((text) => typeof text === 'string' && /^erased-/.test(text)),
});
export type ErasureOrder = z.infer<typeof ErasureOrder>;

/** A started erasure, as reported to the lead who ordered it. */
export type StartedErasure = { readonly id: string; readonly createdAt: Instant };
