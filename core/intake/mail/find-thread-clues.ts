import type { ReplyToken } from '../../inquiry/tokens/reply-token.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import { readInquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { ParsedMail } from './mail.ts';

/** The kind of clue by which a mail continues an inquiry. */
export type ThreadClueKind = 'token' | 'message-id' | 'number';

/** A mail's clues to the inquiry that it continues, the most trusted first. */
export type ThreadClues = {
  readonly token?: ReplyToken;
  /** `In-Reply-To`, then `References` from the newest. */
  readonly messageIds: readonly string[];
  readonly number?: InquiryNumber;
};

/** Message-IDs that are looked up; a thread's newest identify it as surely as all of them. */
const messageIdLimit = 20;
// Full-width brackets and any dash, as people's mail programs write them.
const numberInSubject =
  /[[［]\s*((?:hd|ｈｄ)[\s‐‑–—−ー－-]?[0-9a-z０-９ａ-ｚＡ-Ｚ]{4}[\s‐‑–—−ー－-]?[0-9a-z０-９ａ-ｚＡ-Ｚ]{4})\s*[\]］]/giu;

/**
 * Collects a mail's clues. The reply address counts in the envelope as well as in To and Cc, since
 * forwarders change the envelope.
 */
export function findThreadClues(
  mail: Pick<ParsedMail, 'subject' | 'inReplyTo' | 'references' | 'to' | 'cc' | 'report'>,
  recipients: readonly string[],
  readToken: (address: string) => ReplyToken | undefined,
): ThreadClues {
  const original = mail.report?.original;
  const addresses = [
    ...recipients,
    ...[...mail.to, ...mail.cc, ...(original?.replyTo ?? []), ...(original?.from ?? [])].flatMap(
      ({ address }) => (address === undefined ? [] : [address]),
    ),
  ];
  const token = addresses.map(readToken).find((read) => read !== undefined);
  const messageIds = [
    ...mail.inReplyTo,
    ...(original?.messageId === undefined ? [] : [original.messageId]),
    ...[...mail.references].reverse(),
    ...[...(original?.references ?? [])].reverse(),
  ];
  const number = findInquiryNumber(mail.subject);
  return {
    ...(token === undefined ? {} : { token }),
    messageIds: [...new Set(messageIds)].slice(0, messageIdLimit),
    ...(number === undefined ? {} : { number }),
  };
}

/** The first valid inquiry number in brackets. */
export function findInquiryNumber(subject: string): InquiryNumber | undefined {
  for (const match of subject.matchAll(numberInSubject)) {
    const number = readInquiryNumber(match[1] ?? '');
    if (number !== undefined) return number;
  }
  return undefined;
}
