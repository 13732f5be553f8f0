import * as z from 'zod';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { Admission, type AdmissionResult, admitPeople } from '../../core/people/admit-people.ts';
import type { PersonRegistryWriter } from '../../core/people/ports.ts';
import type { Log } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string() });
export type Env = z.infer<typeof Env>;

/**
 * Makes the handler by which the people who run a stage enter others, above all the first lead.
 *
 * It is invoked directly with `{people: [...]}` and answers how many were created, updated and
 * unchanged. It throws when somebody cannot be entered, which fails the invocation.
 */
export function makeHandler({
  people,
  logger,
}: {
  readonly people: PersonRegistryWriter;
  readonly logger: Log;
}): (event: unknown) => Promise<AdmissionResult> {
  return async (event) => {
    const result = await admitPeople(people, Admission.parse(event));
    if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
    logger.info('people admitted', { ...result });
    return result;
  };
}
