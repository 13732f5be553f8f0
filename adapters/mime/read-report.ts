import { EmailAddress } from '../../core/inquiry/values/ids.ts';
import type { MailLimits, MailReport, ReportedRecipient } from '../../core/intake/mail/mail.ts';
import { decodeEncodedWords, makePlainLine } from './charset/decode-header.ts';
import { readAddresses, readMessageIds } from './read-addresses.ts';
import { findFieldValues, readHeaderBlock } from './structure/header-block.ts';
import type { MimeHeaderField } from './structure/mime-tree.ts';

/** The parts of a mail that make it a report. */
export type ReportParts = {
  readonly kind: MailReport['kind'];
  readonly status: Uint8Array;
  readonly original?: Uint8Array;
};

const kinds: Readonly<Record<string, MailReport['kind']>> = {
  'message/delivery-status': 'delivery-status',
  'message/global-delivery-status': 'delivery-status',
  'message/disposition-notification': 'disposition-notification',
  'message/global-disposition-notification': 'disposition-notification',
  'message/feedback-report': 'feedback',
};

/** The kind of report that a part of this type holds. */
export function reportKindOf(type: string): MailReport['kind'] | undefined {
  return Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}

/** Whether a part of this type is the mail reported on, or its headers. */
export function isReportedMail(type: string): boolean {
  return type === 'message/rfc822' || type === 'message/global' || type.endsWith('rfc822-headers');
}

/** How many characters of a diagnostic are kept. */
const diagnosticLength = 500;
const maxRecipients = 200;

/** Reads a delivery status (RFC 3464), a disposition (RFC 8098) or a feedback report (RFC 5965). */
export function readReport(parts: ReportParts, limits: MailLimits): MailReport {
  const groups = readFieldGroups(parts.status, limits.headerBytes);
  const recipients = groups
    .map((group) => readRecipient(parts.kind, group))
    .filter((recipient) => recipient !== undefined)
    .slice(0, maxRecipients);
  const named = groups.flatMap((group) => findFieldValues(group, 'original-message-id'));
  const original = parts.original ? readHeaderBlock(parts.original, limits.headerBytes) : [];
  return { kind: parts.kind, recipients, ...findOriginal(original, named, limits) };
}

/**
 * Reads the bounces that have no report part: Exim names recipients in `X-Failed-Recipients`,
 * qmail in the text, and both append the mail with its headers.
 */
export function readPlainBounce(
  headers: Readonly<Record<string, readonly string[]>>,
  fullText: string,
  limits: MailLimits,
): MailReport | undefined {
  const failed = headers['x-failed-recipients'];
  const qmail = /^Hi\. This is the (?:qmail-send|deliver) program/m.test(fullText.slice(0, 1000));
  if (failed === undefined && !qmail) return undefined;
  const addresses =
    failed === undefined
      ? [...fullText.slice(0, 20_000).matchAll(/^<([^<>\s]{3,254})>:$/gm)].map((match) => match[1])
      : readAddresses(failed, maxRecipients).addresses.map((recipient) => recipient.address);
  const id = fullText.search(/^Message-ID:/im);
  // The copy's headers form one block: those above its Message-ID begin after an empty line.
  const start = id < 0 ? fullText.length : fullText.lastIndexOf('\n\n', id) + 2;
  const copy = Buffer.from(fullText.slice(start, start + 20_000), 'utf8');
  return {
    kind: 'delivery-status',
    recipients: addresses.flatMap((address) => {
      const parsed = EmailAddress.safeParse(address);
      return parsed.success ? [{ address: parsed.data, action: 'failed' }] : [];
    }),
    ...findOriginal(readHeaderBlock(copy, limits.headerBytes), [], limits),
  };
}

function findOriginal(
  headers: readonly MimeHeaderField[],
  named: readonly string[],
  limits: MailLimits,
): Pick<MailReport, 'original'> | Record<string, never> {
  const [messageId] = readMessageIds([...findFieldValues(headers, 'message-id'), ...named], 100);
  const list = (key: string) =>
    readAddresses(findFieldValues(headers, key), limits.addresses).addresses;
  if (messageId === undefined && headers.length === 0) return {};
  return {
    original: {
      ...(messageId === undefined ? {} : { messageId }),
      references: readMessageIds(
        [...findFieldValues(headers, 'references'), ...findFieldValues(headers, 'in-reply-to')],
        limits.references,
      ),
      from: list('from'),
      replyTo: list('reply-to'),
      to: list('to'),
    },
  };
}

function readRecipient(
  kind: MailReport['kind'],
  group: readonly MimeHeaderField[],
): ReportedRecipient | undefined {
  const first = (key: string) => findFieldValues(group, key)[0];
  const namedRecipient =
    first('original-recipient') ?? first('final-recipient') ?? first('original-rcpt-to');
  const action = readAction(kind, first);
  if (namedRecipient === undefined || action === undefined) return undefined;
  // `rfc822; name@host`, with or without the type and angle brackets.
  const address = EmailAddress.safeParse(
    namedRecipient.slice(namedRecipient.indexOf(';') + 1).replace(/[<>]/g, ''),
  );
  const status = /\d\.\d{1,3}\.\d{1,3}/.exec(first('status') ?? '')?.[0];
  const diagnostic = makePlainLine(
    decodeEncodedWords(first('diagnostic-code') ?? ''),
    diagnosticLength,
  );
  return {
    ...(address.success ? { address: address.data } : {}),
    action,
    ...(status === undefined ? {} : { status }),
    ...(diagnostic === '' ? {} : { diagnostic }),
  };
}

function readAction(
  kind: MailReport['kind'],
  first: (key: string) => string | undefined,
): string | undefined {
  if (kind === 'feedback') return 'complained';
  if (kind === 'delivery-status') return first('action')?.toLowerCase().slice(0, 40);
  const disposition = first('disposition') ?? '';
  return disposition
    .slice(disposition.indexOf(';') + 1)
    .trim()
    .toLowerCase()
    .slice(0, 40);
}

/** Reads the groups of fields that empty lines separate. */
function readFieldGroups(bytes: Uint8Array, limit: number): MimeHeaderField[][] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, limit));
  return source
    .toString('latin1')
    .replaceAll('\r', '')
    .split(/\n{2,}/)
    .slice(0, maxRecipients + 1)
    .map((group) => readHeaderBlock(Buffer.from(group.replace(/^\n/, ''), 'latin1'), limit));
}
