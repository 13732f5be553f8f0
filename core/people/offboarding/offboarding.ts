import * as z from 'zod';
import { EmailAddress, type Instant, Sub } from '../../inquiry/values/ids.ts';

/** An offboarding, as a lead orders it. */
export const Offboarding = z.strictObject({
  agent: Sub,
  address: EmailAddress,
  /** Takes their place in standing assignments and as a stand-in. */
  successor: EmailAddress.optional(),
  note: z.string().max(200).optional(),
});
export type Offboarding = z.infer<typeof Offboarding>;

/** An offboarding under way, as reported to the lead who ordered it. */
export type StartedOffboarding = {
  readonly id: string;
  readonly state: 'queued' | 'running';
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** How many inquiries have been released so far. */
  readonly done: number;
};
