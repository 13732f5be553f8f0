import type { Person } from '../access/person.ts';
import type { CommandDependencies } from '../inquiry/decide-and-append.ts';
import type { Receipt } from '../inquiry/outbox/receipt.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import type { ReplyAudience, ReplyToken } from '../inquiry/tokens/reply-token.ts';
import type { EmailAddress, InquiryId, Instant } from '../inquiry/values/ids.ts';
import type { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import type { Attachment } from '../inquiry/values/message.ts';
import type { MailSettings } from './mail/build-mail-message.ts';
import type { MailAttachment, MailReader } from './mail/mail.ts';

/** What taking in mail needs from outside. */
export type MailIntakeDependencies = CommandDependencies & {
  readonly settings: MailSettings;
  readonly terms: Terms;
  readonly reader: MailReader;
  readonly rawMails: RawMailStore;
  readonly lookup: IntakeLookup;
  readonly receipts: ReceiptLedger;
  readonly attachments: AttachmentWriter;
  /** The inquiry that a reply address names, if its signature is ours. */
  readonly readToken: (address: string) => ReplyToken | undefined;
};

/** Raw mails, first under `incoming/`, and under `raw/` once they have their fate. */
export interface RawMailStore {
  /** Undefined when there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Moves a mail to its archive; safe to repeat. */
  archive(from: string, to: string): Promise<void>;
}

/** Bytes of attachments, by inquiry. */
export interface AttachmentWriter {
  put(inquiryId: InquiryId, id: string, attachment: MailAttachment): Promise<void>;
  /** Stores a whole raw mail as an attachment. */
  putRaw(inquiryId: InquiryId, id: string, raw: Uint8Array): Promise<Attachment>;
}

/** What is looked up about an input, in one read. */
export type IntakeLookupRequest = {
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

/** Reads what the ledger already knows of an input. */
export interface IntakeLookup {
  lookUp(request: IntakeLookupRequest, now: Instant): Promise<IntakeLookupResult>;
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
