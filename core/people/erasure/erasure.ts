import * as z from 'zod';

/**
 * `erase`: what the person wrote goes. `anonymize`: it stays, without the person; for agents, whose
 * answers belong to those who asked.
 */
export const ErasureMode = z.enum(['erase', 'anonymize']);
export type ErasureMode = z.infer<typeof ErasureMode>;
