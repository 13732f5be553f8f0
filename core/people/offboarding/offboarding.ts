import * as z from 'zod';
import { EmailAddress, type Instant, Sub } from '../../inquiry/values/ids.ts';

/** Somebody's leaving, as a lead orders it. */
export const Offboarding = z.strictObject({
  agent: Sub,
  address: EmailAddress,
  /** Takes their place in standing assignments and as a stand-in. */
  successor: EmailAddress.optional(),
  note: z.string().max(200).optional(),
});
export type Offboarding = z.infer<typeof Offboarding>;

/** An offboarding that is under way, as whoever ordered it is told of it. */
export type StartedOffboarding = {
  readonly id: string;
  readonly state: 'queued' | 'running';
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** How many inquiries have been given back so far. */
  readonly done: number;
};
