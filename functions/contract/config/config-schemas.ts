import * as z from 'zod';
import { Instant } from '../../../core/inquiry/values/ids.ts';

/*
 * What the routes of all configuration have alike: leads alone keep it, each document has versions.
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

/** `true` writes nothing; `shows` says what the answer tells instead. */
export function makeDryRunQuery(shows: string) {
  return z.strictObject({
    dryRun: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: `\`true\` ${shows} and writes nothing.` }),
  });
}
