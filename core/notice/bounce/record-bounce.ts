import {
  type CommandDependencies,
  decideAndAppend,
  IdempotencyConflict,
} from '../../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import {
  addSeconds,
  type EmailAddress,
  type InquiryId,
  type Instant,
} from '../../inquiry/values/ids.ts';
import type { SentMailIndex } from '../ports.ts';
import type { DeliveryFeedback, UndeliveredRecipient } from './delivery-feedback.ts';

export type RecordBounceDependencies = CommandDependencies & {
  readonly sentMail: SentMailIndex;
  readonly people: {
    /** Marks a registered address as undeliverable; does nothing for any other. */
    markUndeliverable(address: EmailAddress, at: Instant): Promise<void>;
  };
  readonly terms: Terms;
};

/** How long a repeated event is recognized: SQS keeps a message for 14 days. */
const idempotencySeconds = 15 * 86_400;
/** An inquiry may be merged into one that is merged itself, but hardly ever this often. */
const mergeLimit = 10;

export type RecordBounceResult = {
  readonly inquiryId: InquiryId;
  /** How many failures are new to the inquiry. */
  readonly appended: number;
};

/**
 * Records a failed delivery on its inquiry, and a permanent one on the person too.
 *
 * Undefined when no inquiry is known for the mail. Repeating it appends nothing. Refuses
 * `transient.conflict`.
 */
export async function recordBounce(
  deps: RecordBounceDependencies,
  feedback: DeliveryFeedback,
  wireId: string,
  now: Instant,
): Promise<RecordBounceResult | Refusal | undefined> {
  const sentMail = await deps.sentMail.find(wireId);
  if (sentMail === undefined) return undefined;
  let appended = 0;
  for (const undeliveredRecipient of feedback.undeliveredRecipients) {
    // The person first, so that the notice of the failure is not sent to the failing address.
    if (undeliveredRecipient.permanent) {
      await deps.people.markUndeliverable(undeliveredRecipient.address, now);
    }
    const key = `bounce#${feedback.feedbackId}#${undeliveredRecipient.address}`;
    const outcome = await appendDeliveryFailure(
      deps,
      sentMail.inquiryId,
      undeliveredRecipient,
      { key, wireId },
      now,
    );
    if (isRefusal(outcome)) return outcome;
    appended += outcome;
  }
  return { inquiryId: sentMail.inquiryId, appended };
}

/** Appends the failure to the inquiry, or to the one into which it was merged. */
async function appendDeliveryFailure(
  deps: RecordBounceDependencies,
  inquiryId: InquiryId,
  { address, permanent, diagnostic }: UndeliveredRecipient,
  { key, wireId }: { readonly key: string; readonly wireId: string },
  now: Instant,
): Promise<number | Refusal> {
  let id = inquiryId;
  for (let step = 0; step < mergeLimit; step += 1) {
    let mergedInto: InquiryId | undefined;
    try {
      const result = await decideAndAppend(deps, id, deps.terms, now, ({ inquiry }) => {
        mergedInto = inquiry.mergedInto;
        if (mergedInto !== undefined) return refuse('inquiry.merged', 'it goes on elsewhere');
        if (permanent && inquiry.undeliverable.includes(address)) return { events: [] };
        return {
          events: [
            {
              v: 1,
              at: now,
              by: { kind: 'system', part: 'notice' },
              type: 'DeliveryFailed',
              address,
              permanent,
              diagnostic,
              notice: wireId,
            },
          ],
          idempotencyRecords: [{ key, value: id, expiresAt: addSeconds(now, idempotencySeconds) }],
        };
      });
      if (!isRefusal(result)) {
        return result.events.filter((event) => event.type === 'DeliveryFailed').length;
      }
      if (mergedInto === undefined) return result;
      id = mergedInto;
    } catch (error) {
      if (error instanceof IdempotencyConflict) return 0;
      throw error;
    }
  }
  return refuse('inquiry.merged', 'it was merged too often to follow');
}
