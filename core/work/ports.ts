import type { Refusal } from '../inquiry/refusal.ts';
import type { Desk } from '../inquiry/terms/terms.ts';
import type { InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import type { Attachment } from '../inquiry/values/message.ts';

/** A message of a desk's queue: something waits there, perhaps this. */
export type DeskQueueMessage = {
  /** Undefined when the message cannot be read. */
  readonly inquiryId?: InquiryId;
  readonly receipt: string;
};

/** The news of a desk's queue: late, repeated and lost ones included, since the ledger is the truth. */
export interface DeskQueue {
  /** The next message, waited for up to some seconds, 20 at most; it stays until settled. */
  receiveNext(desk: Desk, waitSeconds: number): Promise<DeskQueueMessage | undefined>;
  acknowledge(desk: Desk, message: DeskQueueMessage): Promise<void>;
  /** About how many messages there are, those on their way to somebody included. */
  depth(desk: Desk): Promise<number>;
  /** Announces inquiries that wait. */
  announce(desk: Desk, inquiries: readonly InquiryId[]): Promise<void>;
}

/** Files that people have uploaded. */
export interface Uploads {
  /**
   * Makes uploads attachments of an inquiry; safe to repeat.
   *
   * Refuses `invalid.attachment` when one is missing, too large, or somebody else's.
   */
  attach(
    uploader: Sub,
    ids: readonly string[],
    inquiryId: InquiryId,
  ): Promise<readonly Attachment[] | Refusal>;
}

/** Hands out attachments. */
export interface AttachmentDownloads {
  /** A link that is good for a short while and downloads rather than shows. */
  link(
    inquiryId: InquiryId,
    attachment: Attachment,
    now: Instant,
  ): Promise<{ readonly url: string; readonly expiresAt: Instant }>;
}
