import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';

/** Closed and merged inquiries, and the removal of all that belongs to one. */
export interface ClosedInquiries {
  /** Those closed before an instant, the oldest first, by an index that may lag. */
  findClosed(before: Instant): AsyncIterable<readonly InquiryId[]>;
  /** Read consistently; `ending` is one whose removal has begun and is to be finished. */
  find(id: InquiryId): Promise<Inquiry | 'ending' | undefined>;
  /**
   * Marks an inquiry as ending, from when on it counts as absent; false when it has changed.
   */
  begin(inquiry: Inquiry): Promise<boolean>;
  /** Removes all of an inquiry that is ending, and at last its mark; repeatable at any point. */
  finish(id: InquiryId): Promise<void>;
  /** Lists it again later, as closed at an instant; false when it has changed. */
  postpone(inquiry: Inquiry, endedAt: Instant): Promise<boolean>;
}
