import * as z from 'zod';
import { PolicyId } from '../clock/clock.ts';
import { DeskId, Instant, PoolId, VendorId } from '../values/ids.ts';
import { Category, Priority, ServiceId, Skill, Tag } from '../values/vocabulary.ts';
import { eventHeader } from './event-header.ts';
import { RoutingObservation } from './routing-observation.ts';

/** One rule's part in a routing decision. */
const RoutingTraceEntry = z.strictObject({
  rule: z.string().max(64),
  matched: z.boolean(),
  because: z.array(z.string().max(200)).max(20),
  set: z.array(z.string().max(40)).max(20),
});
export const InquiryRouted = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryRouted'),
  desk: DeskId,
  /** The vendor of the desk, if outsourced. */
  vendor: VendorId.optional(),
  priority: Priority,
  category: Category,
  service: ServiceId.optional(),
  /** The SLA policy; without one, the default of the policies. */
  policy: PolicyId.optional(),
  tags: z.array(Tag).max(20).default([]),
  /** Skills that its agent needs. */
  skills: z.array(Skill).max(20).optional(),
  /** It is worked before all others of its priority. */
  expedite: z.literal(true).optional(),
  /** Why the leads should look at it. */
  flag: z.string().max(200).optional(),
  /** The pool that the rules chose, of which the desk is one. */
  pool: PoolId.optional(),
  /** What the rules and contracts read of the desks and of earlier inquiries, as it was then. */
  observed: RoutingObservation.optional(),
  /** Version of the desk settings; 0 is what was shipped. */
  settings: z.int().min(0).optional(),
  /** Version of the rule set; 0 is the shipped default. */
  rules: z.int().min(0),
  trace: z.array(RoutingTraceEntry).max(100),
  /** Held back from claims until the desk opens. */
  availableAt: Instant.optional(),
  announceAt: Instant,
});
