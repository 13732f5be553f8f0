import type { ClockName } from '../../inquiry/clock/clock.ts';
import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryStatus } from '../../inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Channel } from '../../inquiry/values/vocabulary.ts';
import type { PlacementRule } from '../rules/placement-reasons.ts';

/** An inquiry as it was routed: its events up to and including that, with the full message body. */
export type PastInquiry = {
  readonly id: InquiryId;
  readonly events: readonly InquiryEvent[];
};

/** What routing decides and a simulation compares. */
export const comparedFields = [
  'desk',
  'priority',
  'category',
  'service',
  'policy',
  'pool',
  'tags',
  'skills',
  'expedite',
  'flag',
  'availableAt',
] as const;
export type ComparedField = (typeof comparedFields)[number];

/** A decision, with the rules responsible. */
export type SimulatedDecision = Pick<EventOf<'InquiryRouted'>, ComparedField | 'vendor'> & {
  /** The rule that named the desk or the pool. */
  readonly deskRule?: string;
  /** The placement steps that redirected it from there. */
  readonly placedBy: readonly PlacementRule[];
  /** The rules that decided the priority; none where a person's stayed. */
  readonly priorityRules: readonly string[];
};

/** One past inquiry routed again. */
export type SimulatedRouting = {
  readonly id: InquiryId;
  readonly number: InquiryNumber;
  readonly channel: Channel;
  readonly receivedAt: Instant;
  readonly routedAt: Instant;
  /** The versions by which it was routed. */
  readonly routedBy: { readonly rules: number; readonly settings?: number };
  readonly old: SimulatedDecision;
  readonly new: SimulatedDecision;
  readonly changed: readonly ComparedField[];
  /** Desks that were needed but had not been observed: assumed quiet, with volume left. */
  readonly unseen: readonly DeskId[];
  /** The requester's earlier inquiries were needed but had not been read: assumed none. */
  readonly earlierUnseen: boolean;
};

/**
 * How a clock would have ended under the terms of another routing.
 *
 * `unheld`: it would have had no target. `unknown`: it has not ended, or somebody has since changed
 * what routing had decided.
 */
export const serviceLevelOutcomes = [
  'wouldMiss',
  'wouldMeet',
  'same',
  'unheld',
  'unknown',
] as const;
export type ServiceLevelOutcome = (typeof serviceLevelOutcomes)[number];

/** The first cycle of a clock under other terms. */
export type ServiceLevelImpact = {
  readonly clock: ClockName;
  /** The desk to which the other routing sends the inquiry. */
  readonly desk: DeskId;
  readonly outcome: ServiceLevelOutcome;
  readonly oldDueAt?: Instant;
  readonly newDueAt?: Instant;
  readonly endedAt?: Instant;
};

/** A past inquiry routed again, as a simulation stores it. */
export type SimulatedRow = SimulatedRouting & {
  /** Where it is now, whoever sent it there; only if it is routed differently. */
  readonly now?: { readonly status: InquiryStatus; readonly desk?: DeskId };
  readonly stakes: readonly ServiceLevelImpact[];
};
