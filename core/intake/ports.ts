import type { Person } from '../access/person.ts';
import type { Receipt } from '../inquiry/outbox/receipt.ts';
import type { ReplyAudience } from '../inquiry/tokens/reply-token.ts';
import type { EmailAddress, InquiryId, Instant } from '../inquiry/values/ids.ts';
import type { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import type { Attachment } from '../inquiry/values/message.ts';
import type { MailAttachment } from './mail/mail.ts';

/** Raw mails, first under `incoming/`, and under `raw/` once they have their fate. */
export interface RawMailStore {
  /** Undefined when there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Moves one to where it is kept; safe to repeat. */
  archive(from: string, to: string): Promise<void>;
}

/** Bytes of attachments, by inquiry. */
export interface AttachmentWriter {
  put(inquiryId: InquiryId, id: string, attachment: MailAttachment): Promise<void>;
  /** Keeps a whole raw mail as an attachment. */
  putRaw(inquiryId: InquiryId, id: string, raw: Uint8Array): Promise<Attachment>;
}

/** Questions about a mail, answered by one read. */
export type IntakeLookupRequest = {
  /** Keys of things that happen once. */
  readonly idempotencyKeys: readonly string[];
  readonly messageIds: readonly string[];
  readonly number?: InquiryNumber;
  readonly addresses: readonly EmailAddress[];
};

export type KnownThread = { readonly inquiryId: InquiryId; readonly audience: ReplyAudience };

export type IntakeLookupResult = {
  readonly idempotencyValues: ReadonlyMap<string, string>;
  readonly threads: ReadonlyMap<string, KnownThread>;
  readonly inquiryByNumber?: InquiryId;
  readonly people: ReadonlyMap<EmailAddress, Person>;
};

/** What the ledger already knows of a mail. */
export interface IntakeLookup {
  lookUp(question: IntakeLookupRequest, now: Instant): Promise<IntakeLookupResult>;
}

/** The intake ledger: one receipt for each accepted input. */
export interface ReceiptLedger {
  /** Records an input that changes no inquiry; false when it has its receipt already. */
  record(receipt: Receipt, idempotencyKey: string, now: Instant): Promise<boolean>;
  find(at: Instant, id: string): Promise<Receipt | undefined>;
  /** A day's receipts, newest first. */
  page(
    date: string,
    limit: number,
    after?: string,
  ): Promise<{ receipts: Receipt[]; next?: string }>;
}
