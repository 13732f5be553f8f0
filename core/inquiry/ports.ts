import type { VerdictWrite } from './clock/verdict.ts';
import type { InquiryEvent, RecordedEvent } from './events/events.ts';
import type { VolumeEntry } from './outbox/contract-volume.ts';
import type { Notice } from './outbox/notice.ts';
import type { Receipt } from './outbox/receipt.ts';
import type { Inquiry, Lease } from './snapshot.ts';
import type { DeskId, EmailAddress, InquiryId, Instant, Sub } from './values/ids.ts';
import type { InquiryNumber } from './values/inquiry-number.ts';
import type { Priority } from './values/vocabulary.ts';

/** An inquiry with its lease, read consistently. */
export type LoadedInquiry = { readonly inquiry: Inquiry; readonly lease?: Lease };

/** Lets something happen once: the first append with a key keeps its value until it expires. */
export type IdempotencyRecord = {
  readonly key: string;
  readonly value: string;
  readonly expiresAt: Instant;
};

/** What an append does to the lease. */
export type LeaseChange =
  /** Granted by a claim; refused while another lease is there. */
  | { readonly change: 'grant'; readonly lease: Lease }
  /** Ended by its holder, whose fence must still be current. */
  | { readonly change: 'end'; readonly fence: number }
  /** Ended by time; refused unless it has run out by then, or is not there. */
  | { readonly change: 'expire'; readonly fence: number; readonly by: Instant }
  /** Kept; the append is refused unless the fence is still current. */
  | { readonly change: 'hold'; readonly fence: number; readonly at: Instant };

/**
 * New events of one inquiry with everything that is written in the same transaction.
 *
 * `before` is what the decision was made from: the append is refused when the inquiry, or the lease
 * as far as `lease` says, has changed since.
 */
export type PendingAppend = {
  readonly id: InquiryId;
  /** When the decision was made: expiries are judged by it. */
  readonly at: Instant;
  readonly before?: LoadedInquiry;
  readonly events: readonly InquiryEvent[];
  readonly after: Inquiry;
  readonly lease?: LeaseChange;
  readonly notices: readonly Notice[];
  readonly verdicts: readonly VerdictWrite[];
  /** What it adds to the volumes of vendors' contracts. */
  readonly volumes?: readonly VolumeEntry[];
  readonly idempotencyRecords?: readonly IdempotencyRecord[];
  /** Message-IDs, without angle brackets, that lead to this inquiry from now on. */
  readonly threads?: readonly string[];
  readonly receipt?: Receipt;
  /** The agent's unconfirmed claim at the desk, to which another claim request leads back. */
  readonly pendingClaim?: PendingClaim;
};

export type PendingClaim = {
  readonly agent: Sub;
  readonly desk: DeskId;
  readonly inquiryId: InquiryId;
  readonly until: Instant;
  /** The pending claim that the decision saw and replaces. */
  readonly replaces?: InquiryId;
};

/**
 * `conflict` names what stood in the way, so that the caller knows whether to read and decide again
 * (`version`, `lease`, `number`, `thread`, `busy`), or that the input is already in (`once`,
 * `receipt`), or that the agent already has a claim (`claim`).
 */
export type AppendOutcome =
  | { readonly appended: true }
  | {
      readonly appended: false;
      readonly conflict:
        | 'version'
        | 'lease'
        | 'number'
        | 'thread'
        | 'busy'
        | 'once'
        | 'receipt'
        | 'claim';
    };

/**
 * The source of truth about inquiries. All reads are strongly consistent unless they say otherwise.
 */
export interface InquiryLedger {
  load(id: InquiryId): Promise<LoadedInquiry | undefined>;
  /** The inquiry together with its first event, by one read. */
  loadOpening(
    id: InquiryId,
  ): Promise<{ readonly loaded: LoadedInquiry; readonly opening: RecordedEvent } | undefined>;
  idOf(number: InquiryNumber): Promise<InquiryId | undefined>;
  /** Writes all or nothing, across all the inquiries given; at most 100 items. */
  append(...pendingAppends: readonly PendingAppend[]): Promise<AppendOutcome>;
  /** Events after `seq`, in order, bodies included; at most `limit`. */
  events(id: InquiryId, after: number, limit: number): Promise<RecordedEvent[]>;
  /** Prolongs a lease whose fence is current and which has not run out; false otherwise. */
  prolong(id: InquiryId, lease: Lease, now: Instant, until: Instant): Promise<boolean>;
  /** Moves the alarm of an inquiry that is still at this version, without an event. */
  rearm(id: InquiryId, version: number, alarmAt: Instant): Promise<void>;
}

/** Lists inquiries by indexes, which lag behind: only a suggestion of what to load. */
export interface InquiryIndex {
  /** The most urgent of those waiting at a desk, in the order of work. */
  listWaiting(desk: DeskId, limit: number): Promise<WaitingInquiry[]>;
  page(
    list: InquiryListQuery,
    limit: number,
    after?: string,
  ): Promise<{ inquiries: Inquiry[]; next?: string }>;
  /** How many wait at a desk, counted up to `limit`, and since when the oldest waits. */
  depth(desk: DeskId, limit: number): Promise<{ depth: number; oldest?: Instant }>;
  /** All open inquiries that an agent holds, as far as the index knows. */
  listHeld(agent: Sub): Promise<readonly HeldInquiry[]>;
}

export type HeldInquiry = { readonly id: InquiryId; readonly priority: Priority };

/** An entry of the worklist. */
export type WaitingInquiry = { readonly id: InquiryId; readonly inquiry: Inquiry };

/** The lists that can be read, each from one index. */
export type InquiryListQuery =
  | { readonly by: 'requester'; readonly address: EmailAddress }
  | { readonly by: 'agent'; readonly agent: Sub }
  /** Answered inquiries by their last holder, the latest answer first. */
  | { readonly by: 'handled'; readonly agent: Sub }
  | { readonly by: 'desk'; readonly desk: DeskId }
  | { readonly by: 'open' }
  | { readonly by: 'quarantine' };

/** Finds what an agent has claimed and not yet confirmed. */
export interface PendingClaimIndex {
  find(agent: Sub, desk: DeskId): Promise<InquiryId | undefined>;
}

/** The random parts of ids, given to decisions as arguments. */
export interface Randomness {
  inquiryId(now: Instant): InquiryId;
  /** A UUIDv7 for anything else. */
  id(now: Instant): string;
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}
