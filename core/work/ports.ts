import type { Refusal } from '../inquiry/refusal.ts';
import type { Desk } from '../inquiry/terms/desk.ts';
import type { InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import type { Attachment } from '../inquiry/values/message.ts';

/** A message of a desk's queue: some inquiry waits there, perhaps this one. */
export type DeskQueueMessage = {
  /** Undefined when the message cannot be read. */
  readonly inquiryId?: InquiryId;
  readonly receipt: string;
};

/** The queue of a desk. Messages may be late, repeated or lost, since the ledger is the truth. */
export interface DeskQueue {
  /** The next message, waiting for it up to 20 seconds; it stays until it is acknowledged. */
  receiveNext(desk: Desk, waitSeconds: number): Promise<DeskQueueMessage | undefined>;
  acknowledge(desk: Desk, message: DeskQueueMessage): Promise<void>;
  /** About how many messages there are, including those in flight. */
  depth(desk: Desk): Promise<number>;
  /** Announces waiting inquiries. */
  announce(desk: Desk, inquiries: readonly InquiryId[]): Promise<void>;
}

/** Files that people have uploaded. */
export interface Uploads {
  /**
   * Turns uploads into attachments of an inquiry; safe to repeat.
   *
   * Refuses `invalid.attachment` when one is missing, too large, or somebody else's.
   */
  attach(
    uploader: Sub,
    ids: readonly string[],
    inquiryId: InquiryId,
  ): Promise<readonly Attachment[] | Refusal>;
}

export interface AttachmentDownloads {
  /**
   * Makes a short-lived link that downloads an attachment, by the name that the caller may see,
   * rather than shows it; undefined when its file is no longer kept.
   */
  link(
    inquiryId: InquiryId,
    attachment: Attachment,
    now: Instant,
  ): Promise<{ readonly url: string; readonly expiresAt: Instant } | undefined>;
}
