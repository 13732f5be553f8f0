import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import type { AttachmentHoldReason } from '../../inquiry/values/message.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';

/**
 * What reading a mail may cost. A mail over a bound is quarantined raw; an attachment over one
 * is held.
 */
export const mailLimits = {
  /** Bytes of a raw mail: what SES accepts with its headers. */
  rawBytes: 40 * 1024 * 1024,
  /** Bytes of all headers, those of parts included: people's mail stays under 64 KiB. */
  headerBytes: 256 * 1024,
  /** Header fields of the mail itself. */
  headerFields: 2_000,
  /** Lines of the raw mail: 40 MiB of base64 in lines of 76 characters has 540,000. */
  lines: 600_000,
  /** Lines of headers and of quoted-printable: the parser takes each of them singly. */
  textLines: 100_000,
  /** MIME parts; each costs the parser an object and a timer turn. */
  parts: 500,
  /** Parts inside parts. */
  nesting: 50,
  /** Characters of the decoded text of all parts: more than anybody writes, less than a log has. */
  textCharacters: 2 * 1024 * 1024,
  /** Characters of HTML that are turned into text. */
  htmlCharacters: 2 * 1024 * 1024,
  /** Elements inside elements that are turned into text; deeper ones are left out. */
  htmlNesting: 200,
  /** Tags of the HTML: each costs the converter an object. */
  htmlTags: 50_000,
  /** Attachments of one mail, as many as a message of an inquiry can have. */
  attachments: 100,
  /** Bytes of one attachment. */
  attachmentBytes: 25 * 1024 * 1024,
  /** Bytes of all attachments of one mail together. */
  attachmentsBytes: 30 * 1024 * 1024,
  /** Addresses of each of From, To, Cc and Reply-To that are kept. */
  addresses: 200,
  /** Message-IDs of References that are kept, the newest. */
  references: 100,
  /** Bytes that the files of one archive may have when unpacked. */
  unpackedBytes: 500 * 1024 * 1024,
  /** Files in one archive. */
  archiveEntries: 10_000,
  /** Times that an archive may grow; text seldom reaches 20, a bomb starts at 1,000. */
  archiveRatio: 100,
  /** Archives inside one archive. */
  nestedArchives: 20,
} as const;

export type MailLimits = { readonly [name in keyof typeof mailLimits]: number };

export type MailAddress = {
  readonly address?: EmailAddress;
  /** As shown to people: decoded, one line, without control or bidirectional characters. */
  readonly name?: string;
};

export type MailAttachment = {
  /** A file name without a path; never empty. */
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** In bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** A picture inside the text that the text can do without. */
  readonly inline: boolean;
  readonly held?: AttachmentHoldReason;
};

/** What became of one recipient, according to a report. */
export type ReportedRecipient = {
  readonly address?: EmailAddress;
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`, or a disposition like `displayed`. */
  readonly action: string;
  /** An enhanced status code such as `5.1.1`. */
  readonly status?: string;
  readonly diagnostic?: string;
};

/** A machine's report on a mail that was sent earlier. */
export type MailReport = {
  readonly kind: 'delivery-status' | 'disposition-notification' | 'feedback';
  readonly recipients: readonly ReportedRecipient[];
  /** The headers of the mail reported on, where the report carries them. */
  readonly original?: {
    readonly messageId?: string;
    readonly references: readonly string[];
    readonly from: readonly MailAddress[];
    readonly replyTo: readonly MailAddress[];
    readonly to: readonly MailAddress[];
  };
};

/** The author of a forwarded mail; anybody can write such a block, so it proves nothing. */
export type ForwardedMail = {
  readonly from: MailAddress;
  readonly subject?: string;
};

/**
 * Something that a person who judges the mail should know.
 *
 * `two-from`: more than one From header, or several authors in one: never trusted.
 * `encoded-from`: the sender's address stood inside an encoded word, where no filter saw it.
 */
export type MailFault =
  | 'no-from'
  | 'two-from'
  | 'encoded-from'
  | 'bad-address'
  | 'no-message-id'
  | 'wrong-charset'
  | 'undecodable-characters'
  | 'broken-structure'
  | 'html-cut'
  | 'encrypted'
  | 'no-text';

/** A mail as it was read: decoded, bounded, with nothing thrown away. */
export type ParsedMail = {
  /** Without angle brackets. */
  readonly messageId?: string;
  readonly fromHeaderCount: number;
  readonly from: readonly MailAddress[];
  readonly sender?: MailAddress;
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly subject: string;
  /** As the sender's machine claims. */
  readonly sentAt?: Instant;
  /** Message-IDs without angle brackets. */
  readonly inReplyTo: readonly string[];
  /** Message-IDs without angle brackets, oldest first. */
  readonly references: readonly string[];
  /** Unfolded values by lower-cased name, in the order of the mail; encoded words stay encoded. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly language: Language;
  /** The new part: without quoted history and signature, or all of it when nothing else is left. */
  readonly text: string;
  readonly fullText: string;
  readonly attachments: readonly MailAttachment[];
  readonly report?: MailReport;
  readonly forwarded?: ForwardedMail;
  /** SHA-256 over the decoded parts, hexadecimal: the same for every delivery of one mail. */
  readonly contentHash: string;
  readonly faults: readonly MailFault[];
};

export type UnreadableReason =
  | 'too-large'
  | 'headers-too-large'
  | 'too-many-headers'
  | 'too-many-lines'
  | 'too-many-parts'
  | 'too-deep'
  | 'text-too-large'
  | 'html-too-large'
  | 'too-many-attachments'
  | 'unparseable';

/** Raw bytes that are over a bound, or are no mail. */
export type UnreadableMail = {
  readonly unreadable: UnreadableReason;
  /** For the person who looks into the quarantine; names the bound. */
  readonly detail: string;
};

/** Reads raw mail; has an answer for every input and never throws because of its content. */
export interface MailReader {
  read(raw: Uint8Array): Promise<ParsedMail | UnreadableMail>;
}

export function isUnreadableMail(mail: ParsedMail | UnreadableMail): mail is UnreadableMail {
  return 'unreadable' in mail;
}
