import type { InquiryEvent } from '../inquiry/events/events.ts';
import type { Notice } from '../inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../inquiry/outbox/queue-messages.ts';
import type { SendOutcome } from '../inquiry/outbox/webhook.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { ReplyAudience } from '../inquiry/tokens/reply-token.ts';
import type { EmailAddress, InquiryId, Instant } from '../inquiry/values/ids.ts';
import type { Attachment, Message } from '../inquiry/values/message.ts';
import type { NoticeBurst, NoticeDigest } from './sending/notice-bursts.ts';
import type { AutomaticSending } from './sending/sending-limits.ts';

/** A notice with what it is about, read consistently; the event comes with its message's body. */
export type OwedNotice = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly event: InquiryEvent;
};

/** What the notice follows on: a suggestion for threading and quoting. */
export type PrecedingMessages = {
  /** Under which the latest mail to the same address was sent. */
  readonly wireId?: string;
  /** Messages before the notice's event, newest first; long ones are cut. */
  readonly messages: readonly { readonly at: Instant; readonly message: Message }[];
};

/** The automatic mail of the last day to one address; `revision` is 0 before the first. */
export type SendingHistory = {
  readonly revision: number;
  readonly sendings: readonly AutomaticSending[];
};

/** What has gone of service levels to one mailbox or webhook; `revision` is 0 before the first. */
export type VersionedBurst = { readonly revision: number; readonly burst: NoticeBurst };

/** A notice's step from one state to the next, with all that is written in its transaction. */
export type NoticeStep = {
  readonly before: Notice;
  readonly after: Notice;
  /** Notices that take its place, all pending. */
  readonly children?: readonly Notice[];
  /** Replaces what stands about an address, if it is still at the revision that was read. */
  readonly sendings?: {
    readonly address: EmailAddress;
    readonly was: SendingHistory;
    readonly now: SendingHistory;
  };
  /** Replaces what stands about a track of service levels, likewise. */
  readonly burst?: {
    readonly track: string;
    readonly was: VersionedBurst;
    readonly now: VersionedBurst;
  };
  /** It is held back for the digest of the track that is being gathered. */
  readonly held?: { readonly track: string; readonly at: Instant };
  /** The audience of the thread to which its wire id, which `after` holds, leads from now on. */
  readonly thread?: ReplyAudience;
};

/**
 * `changed`: another sender has moved the notice, so it is theirs. `busy`: another notice to the
 * same address was counted meanwhile, or the items were in use; reading again helps.
 */
export type NoticeStepOutcome = 'stepped' | 'changed' | 'busy';

/** What is owed to whom, and what became of it. */
export interface NoticeLedger {
  load(id: InquiryId, key: string): Promise<OwedNotice | undefined>;
  readPreceding(notice: Notice): Promise<PrecedingMessages>;
  readSendings(address: EmailAddress): Promise<SendingHistory>;
  readBurst(track: string): Promise<VersionedBurst>;
  /** What was held back for a digest: how many, and the first of them. */
  readHeldNotices(
    track: string,
    digest: NoticeDigest,
    limit: number,
  ): Promise<{ readonly count: number; readonly first: readonly NoticeQueueMessage[] }>;
  /** The keys of all notices that an event owes by now. */
  keysOf(id: InquiryId, seq: number): Promise<readonly string[]>;
  applyStep(step: NoticeStep): Promise<NoticeStepOutcome>;
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

/** A mail to one recipient. No text in it is trusted to be free of line breaks but `text` and `html`. */
export type OutgoingMail = {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: EmailAddress;
  readonly replyTo: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Instant;
  /** Message-IDs here and below are without angle brackets. SES puts its own in this one's place. */
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly OutgoingAttachment[];
};

export interface MailSender {
  /** Tries once: trying again by itself could send it twice. */
  send(mail: OutgoingMail): Promise<SendOutcome>;
}

/** The bytes of attachments; undefined when there are none. */
export interface AttachmentReader {
  get(key: string): Promise<Uint8Array | undefined>;
}

/** Links that are good for a short while and download rather than show. */
export interface AttachmentLinks {
  link(
    inquiryId: InquiryId,
    attachment: Attachment,
    now: Instant,
  ): Promise<{ readonly url: string }>;
}
