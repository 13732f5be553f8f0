import { mayAtDesk } from '../../access/may.ts';
import type { Person } from '../../access/person.ts';
import type { ReportAttribution } from '../../inquiry/clock/clock.ts';
import type { BreachReview } from '../../inquiry/clock/verdict.ts';
import { type CommandDependencies, decideAndAppend } from '../../inquiry/decide-and-append.ts';
import type { IdempotencyRecord, InquiryLedger } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { ResponsibleParty } from '../../inquiry/terms/sla-policies.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import type { VerdictLedger } from '../ports.ts';
import {
  type Breach,
  type BreachRecord,
  type BreachRef,
  findBreachRecord,
  showBreach,
} from './breach.ts';

/** What a lead says about a breach. */
export type BreachReviewInput = {
  readonly cause: string;
  readonly party: ResponsibleParty;
  readonly note?: string | undefined;
};

export type ReviewBreachDependencies = CommandDependencies & {
  readonly verdicts: Pick<VerdictLedger, 'readClockRecords'>;
};

/** Who reviews, under which terms, and when. */
export type BreachReviewContext = {
  readonly actor: Person & { readonly sub: Sub };
  readonly terms: Terms;
  readonly now: Instant;
};

/** An item of the ledger holds 400 KB, and a review takes at most some 7 KB of it. */
export const breachReviewLimit = 20;
const eventPageSize = 100;

/**
 * Reviews a breach: records its cause and the responsible party.
 *
 * One transaction writes the review to the audit trail and beside the record. The latest review
 * counts, except in reports of earlier instants. Refuses `access.forbidden`, `invalid.body` for a
 * cause that the policies in force do not have, `sla.unknown-breach`, and `sla.reviewed-out` after
 * `breachReviewLimit` reviews.
 * @param makeIdempotencyRecord makes the record that answers a repeated request
 * @throws IdempotencyConflict when the same request has been performed before
 */
export async function reviewBreach(
  dependencies: ReviewBreachDependencies,
  ref: BreachRef,
  input: BreachReviewInput,
  { actor, terms, now }: BreachReviewContext,
  makeIdempotencyRecord: (breach: Breach) => IdempotencyRecord | undefined,
): Promise<Breach | Refusal> {
  if (!mayAtDesk(actor, 'review-breaches')) {
    return refuse('access.forbidden', 'Breaches are for leads.');
  }
  const { causes } = terms.serviceLevels.policiesAt(now).body;
  if (!causes.some(({ id }) => id === input.cause)) {
    const known = causes.map(({ id }) => id).join(', ');
    return refuse('invalid.body', `The cause is none of those in force: ${known}.`);
  }
  const breachRecord = await loadBreachRecord(dependencies, ref);
  if (breachRecord === undefined) return refuse('sla.unknown-breach', 'There is no such breach.');
  if (breachRecord.record.reviews.length >= breachReviewLimit) {
    return refuse('sla.reviewed-out', `It has been reviewed ${breachReviewLimit} times.`);
  }
  const { sub, name, role } = actor;
  const review: BreachReview = { ...input, by: { sub, name }, at: now };
  const shownWith = (inquiry: Inquiry) =>
    showBreach(withReview(breachRecord, review), inquiry, terms.serviceLevels, now);
  const { clock, cycle } = ref;
  const result = await decideAndAppend(dependencies, ref.inquiryId, terms, now, ({ inquiry }) => {
    const idempotencyRecord = makeIdempotencyRecord(shownWith(inquiry));
    return {
      events: [
        {
          ...{ v: 1, at: now, by: { kind: 'agent', sub, name, role } },
          ...{ type: 'BreachReviewed', clock, cycle, ...input },
        },
      ],
      verdicts: [{ key: breachRecord.record.verdict, review }],
      ...(idempotencyRecord === undefined ? {} : { idempotencyRecords: [idempotencyRecord] }),
    };
  });
  return isRefusal(result) ? result : shownWith(result.inquiry);
}

function withReview({ record, latest }: BreachRecord, review: BreachReview): BreachRecord {
  return { record: { ...record, reviews: [...record.reviews, review] }, latest };
}

/** Finds the record of a breach; undefined when that clock was not missed in that cycle. */
async function loadBreachRecord(
  { ledger, verdicts }: ReviewBreachDependencies,
  ref: BreachRef,
): Promise<BreachRecord | undefined> {
  const judged = await findAttribution(ledger, ref);
  if (judged === undefined) return undefined;
  const { inquiryId, clock, cycle } = ref;
  return findBreachRecord(await verdicts.readClockRecords({ inquiryId, clock, judged }), cycle);
}

/** Finds the month and desk of a missed cycle: in the snapshot, or in the events if it is past. */
async function findAttribution(
  ledger: InquiryLedger,
  { inquiryId, clock, cycle }: BreachRef,
): Promise<ReportAttribution | undefined> {
  const loaded = await ledger.load(inquiryId);
  const current = loaded?.inquiry.clocks.find((one) => one.clock === clock);
  if (current === undefined || current.cycle < cycle) return undefined;
  if (current.cycle === cycle) return current.breachedAt && current.judged;
  for (let after = 0; ; ) {
    const events = await ledger.events(inquiryId, after, eventPageSize);
    for (const { event } of events) {
      const missed = event.clocks?.find(
        (one) => one.clock === clock && one.cycle === cycle && one.breachedAt !== undefined,
      );
      if (missed !== undefined) return missed.judged;
    }
    const last = events.at(-1);
    if (last === undefined || events.length < eventPageSize) return undefined;
    after = last.seq;
  }
}
