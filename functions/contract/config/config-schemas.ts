import * as z from 'zod';
import { Instant } from '../../../core/inquiry/values/ids.ts';

/*
 * What all configuration routes share: only leads use them, and each document has versions.
 */

export const configDefaults = {
  tag: 'configuration',
  auth: 'token',
  roles: ['lead'],
  idempotent: false,
} as const;

export const versionHeadFields = {
  version: z.int().meta({ description: 'Counts from 1; 0 is what was shipped.' }),
  recordedAt: Instant.meta({ description: 'When it was put.' }),
  by: z.strictObject({ sub: z.string(), name: z.string() }).optional(),
  note: z.string().optional(),
};

export const ConfigVersionQuery = z.strictObject({
  version: z.coerce.number().int().min(0).optional().meta({
    description: 'The newest unless given.',
  }),
});

export const NoteInput = z.string().trim().max(500).optional();

/** With `true` nothing is written; `shows` describes the answer. */
export function makeDryRunQuery(shows: string) {
  return z.strictObject({
    dryRun: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: `\`true\` ${shows} and writes nothing.` }),
  });
}
