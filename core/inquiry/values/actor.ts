import * as z from 'zod';
import { DeskId, EmailAddress, Sub, VendorId } from './ids.ts';
import { Role } from './vocabulary.ts';

/** Who caused an event, as the event records it. */
export const EventActor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('requester'),
    address: EmailAddress.optional(),
    sub: Sub.optional(),
    name: z.string().max(200).optional(),
  }),
  z.strictObject({
    kind: z.literal('agent'),
    sub: Sub,
    name: z.string().max(200),
    role: Role,
    vendor: VendorId.optional(),
  }),
  z.strictObject({ kind: z.literal('machine'), address: EmailAddress.optional() }),
  z.strictObject({
    kind: z.literal('system'),
    part: z.enum(['intake', 'routing', 'work', 'alarm', 'notice', 'sla', 'people']),
  }),
]);
export type EventActor = z.infer<typeof EventActor>;

/** How an agent got the inquiry. */
export const HolderOrigin = z.enum(['claim', 'assignment']);
export type HolderOrigin = z.infer<typeof HolderOrigin>;

/** The agent who holds an inquiry; `fence` grows with each holder and guards their writes. */
export const Holder = z.strictObject({
  agent: Sub,
  name: z.string().max(200),
  desk: DeskId,
  vendor: VendorId.optional(),
  fence: z.int().min(1),
  by: HolderOrigin,
  since: z.string(),
  /** Assignments only: when it is offered to others unless accepted. */
  offeredUntil: z.string().optional(),
  acceptedAt: z.string().optional(),
});
export type Holder = z.infer<typeof Holder>;
