import type { InquiryEvent } from '../inquiry/events/events.ts';
import type { JobNotice } from '../inquiry/outbox/job-notice.ts';
import type { Notice } from '../inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../inquiry/outbox/queue-messages.ts';
import type { SendOutcome } from '../inquiry/outbox/webhook.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { ReplyAudience } from '../inquiry/tokens/reply-token.ts';
import type { EmailAddress, InquiryId, Instant } from '../inquiry/values/ids.ts';
import type { Attachment, Message } from '../inquiry/values/message.ts';
import type { NoticeBurst, NoticeDigest } from './sending/notice-bursts.ts';
import type { AutomaticSending } from './sending/sending-limits.ts';

/** A notice with its inquiry and event, read consistently; the event has its message's body. */
export type OwedNotice = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly event: InquiryEvent;
};

/** What preceded a notice, for threading and quoting; it may be incomplete. */
export type PrecedingMessages = {
  /** The Message-ID of the latest mail to the same address. */
  readonly wireId?: string;
  /** Messages before the notice's event, newest first; long ones are cut. */
  readonly messages: readonly { readonly at: Instant; readonly message: Message }[];
};

/** The automatic mail of the last day to one address; `revision` is 0 before the first. */
export type SendingHistory = {
  readonly revision: number;
  readonly sendings: readonly AutomaticSending[];
};

/** The service-level notices sent to one mailbox or webhook; `revision` is 0 before the first. */
export type VersionedBurst = { readonly revision: number; readonly burst: NoticeBurst };

/** A notice's step from one state to the next, with all that is written in its transaction. */
export type NoticeStep = {
  readonly before: Notice;
  readonly after: Notice;
  /** Notices that replace it, all pending. */
  readonly children?: readonly Notice[];
  /** Replaces an address's sending history if it is still at the revision that was read. */
  readonly sendings?: {
    readonly address: EmailAddress;
    readonly was: SendingHistory;
    readonly now: SendingHistory;
  };
  /** Replaces a track's burst likewise. */
  readonly burst?: {
    readonly track: string;
    readonly was: VersionedBurst;
    readonly now: VersionedBurst;
  };
  /** Holds the notice back for the digest that is being gathered on the track. */
  readonly held?: { readonly track: string; readonly at: Instant };
  /** The audience of replies to the `wireId` in `after`, which from now on lead to the inquiry. */
  readonly thread?: ReplyAudience;
};

/**
 * `changed`: another sender has changed the notice and owns it now. `busy`: another notice to the
 * same address was counted meanwhile, or the items were in use; reading again helps.
 */
export type NoticeStepOutcome = 'stepped' | 'changed' | 'busy';

/** The notices owed to people and webhooks, and their states. */
export interface NoticeLedger {
  load(id: InquiryId, key: string): Promise<OwedNotice | undefined>;
  readPreceding(notice: Notice): Promise<PrecedingMessages>;
  readSendings(address: EmailAddress): Promise<SendingHistory>;
  readBurst(track: string): Promise<VersionedBurst>;
  /** The notices held back for a digest: how many, and the first of them. */
  readHeldNotices(
    track: string,
    digest: NoticeDigest,
    limit: number,
  ): Promise<{ readonly count: number; readonly first: readonly NoticeQueueMessage[] }>;
  /** The keys of all notices owed for an event so far. */
  keysOf(id: InquiryId, seq: number): Promise<readonly string[]>;
  applyStep(step: NoticeStep): Promise<NoticeStepOutcome>;
}

/** A step of a job's notice, with the notices that replace it, all pending. */
export type JobNoticeStep = {
  readonly before: JobNotice;
  readonly after: JobNotice;
  readonly children?: readonly JobNotice[];
};

/** The notices owed to people because of jobs; reads are strongly consistent. */
export interface JobNoticeLedger {
  find(jobId: string, key: string): Promise<JobNotice | undefined>;
  /** The keys of all notices owed for one version of a job so far. */
  keysOf(notice: Pick<JobNotice, 'jobId' | 'seq'>): Promise<readonly string[]>;
  /** Returns whether it did: not if another sender has changed the notice. */
  applyStep(step: JobNoticeStep): Promise<boolean>;
}

/** Finds the inquiry of a mail that we sent. */
export interface SentMailIndex {
  /** By the Message-ID on the wire, without angle brackets. */
  find(
    wireId: string,
  ): Promise<{ readonly inquiryId: InquiryId; readonly audience: ReplyAudience } | undefined>;
}

export type OutgoingAttachment = {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
};

/** A mail to one recipient. Any text in it may contain line breaks, which headers must not get. */
export type OutgoingMail = {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: EmailAddress;
  readonly replyTo: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Instant;
  /** Message-IDs here and below have no angle brackets. SES replaces this one by its own. */
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly OutgoingAttachment[];
};

export interface MailSender {
  /** Tries only once, since a retry could send the mail twice. */
  send(mail: OutgoingMail): Promise<SendOutcome>;
}

/** Reads the bytes of an attachment; undefined when it is not there. */
export interface AttachmentReader {
  get(key: string): Promise<Uint8Array | undefined>;
}

/**
 * Makes short-lived links that download an attachment rather than show it; undefined when its file is
 * no longer kept.
 */
export interface AttachmentLinks {
  link(
    inquiryId: InquiryId,
    attachment: Attachment,
    now: Instant,
  ): Promise<{ readonly url: string } | undefined>;
}
