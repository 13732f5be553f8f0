import * as z from 'zod';
import { DeskId, Instant, Sub } from '../values/ids.ts';
import { Category, ServiceId } from '../values/vocabulary.ts';

/** A desk as routing saw it when it decided. */
export const ObservedDesk = z.strictObject({
  /** Within its coverage hours; a desk without a calendar is always open. */
  open: z.boolean(),
  /** How many inquiries wait at it. */
  depth: z.int().min(0),
  /** How long the oldest of them has waited; 0 when none waits. */
  oldestMinutes: z.int().min(0),
  /** How many of its agents are present. */
  present: z.int().min(0),
  /** The predicted wait of a new inquiry; left out where it cannot be predicted. */
  waitMinutes: z.int().min(0).optional(),
  /** The categories that its contract names; left out where it takes all. */
  accepts: z.array(Category).max(200).optional(),
  /** The month's inquiries under its contract; unlimited without `limit`. */
  volume: z.strictObject({ used: z.int().min(0), limit: z.int().min(0).optional() }).optional(),
  /** Whether it was overflowing before this inquiry. */
  overflowing: z.boolean().optional(),
});
export type ObservedDesk = z.infer<typeof ObservedDesk>;

/** An earlier inquiry of the same requester. */
export const EarlierInquiry = z.strictObject({
  /** When it was received. */
  at: Instant,
  category: Category.optional(),
  service: ServiceId.optional(),
  /** Who answered it last. */
  agent: Sub.optional(),
});
export type EarlierInquiry = z.infer<typeof EarlierInquiry>;

/**
 * What routing saw of the desks and of the requester's earlier inquiries, as far as the rules read
 * it. It is recorded with the decision, so that the decision can be made again from events.
 */
export const RoutingObservation = z.strictObject({
  desks: z.partialRecord(DeskId, ObservedDesk),
  /** Of the last 90 days, newest first. */
  earlier: z.array(EarlierInquiry).max(20).optional(),
});
export type RoutingObservation = z.infer<typeof RoutingObservation>;
