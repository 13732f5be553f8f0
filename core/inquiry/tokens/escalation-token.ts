import * as z from 'zod';
import { EscalationId, WebhookId } from '../clock/escalation.ts';
import type { NoticeRecipient } from '../outbox/notice.ts';
import { addSeconds, EmailAddress, type InquiryId, type Instant, Sub } from '../values/ids.ts';
import {
  countContentBytes,
  decodeExpiry,
  decodeInquiryId,
  encodeExpiry,
  encodeInquiryId,
  expiryByteLength,
  inquiryIdByteLength,
  makeToken,
  readToken,
  type SigningContext,
} from './token.ts';

/** To whom a link was sent; following it acts in their name. */
export type LinkAddressee = Extract<NoticeRecipient, { to: 'person' | 'address' | 'webhook' }>;

/** The right to acknowledge one escalation as its addressee until an instant. */
export type EscalationToken = {
  readonly inquiryId: InquiryId;
  readonly escalation: EscalationId;
  readonly to: LinkAddressee;
  readonly expiresAt: Instant;
};

/** How long a link in a notice is valid; chains end long before. */
const linkSeconds = 14 * 86_400;

const label = 'e';
const macBytes = 16;

/** The content of a token after inquiry id and expiry: the escalation and the addressee. */
const TokenDetails = z.union([
  z.tuple([EscalationId, z.literal('person'), Sub]),
  z.tuple([EscalationId, z.literal('address'), EmailAddress]),
  z.tuple([EscalationId, z.literal('webhook'), WebhookId]),
]);

/** Makes a token of letters and digits; the expiry is kept in whole seconds. */
export function makeEscalationToken(signing: SigningContext, token: EscalationToken): string {
  const { inquiryId, escalation, to, expiresAt } = token;
  const details = new TextEncoder().encode(
    JSON.stringify([escalation, to.to, addresseeNameOf(to)]),
  );
  const content = [...encodeInquiryId(inquiryId), ...encodeExpiry(expiresAt), ...details];
  return makeToken(signing, label, Uint8Array.from(content), macBytes);
}

function addresseeNameOf(to: LinkAddressee): string {
  switch (to.to) {
    case 'person':
      return to.sub;
    case 'address':
      return to.address;
    case 'webhook':
      return to.webhook;
    default:
      return to satisfies never;
  }
}

/** Reads a token; undefined when it is not ours or has expired by now. */
export function readEscalationToken(
  signing: SigningContext,
  token: string,
  now: Instant,
): EscalationToken | undefined {
  const contentBytes = countContentBytes(label, macBytes, token);
  if (contentBytes <= inquiryIdByteLength + expiryByteLength) return undefined;
  const content = readToken(signing, label, contentBytes, macBytes, token);
  const inquiryId = content && decodeInquiryId(content.subarray(0, inquiryIdByteLength));
  if (content === undefined || inquiryId === undefined) return undefined;
  const end = inquiryIdByteLength + expiryByteLength;
  const expiresAt = decodeExpiry(content.subarray(inquiryIdByteLength, end));
  if (expiresAt <= now) return undefined;
  const [escalation, to, name] = TokenDetails.parse(
    JSON.parse(new TextDecoder().decode(content.subarray(end))),
  );
  return {
    inquiryId,
    escalation,
    to: { to, [addresseeFields[to]]: name } as LinkAddressee,
    expiresAt,
  };
}

const addresseeFields = { person: 'sub', address: 'address', webhook: 'webhook' } as const;

/** Makes the link by which an addressee acknowledges. `publicUrl` ends without a slash. */
export function makeEscalationLink(
  signing: SigningContext,
  publicUrl: string,
  token: Omit<EscalationToken, 'expiresAt'>,
  now: Instant,
): string {
  const expiresAt = addSeconds(now, linkSeconds);
  return `${publicUrl}/escalations/${makeEscalationToken(signing, { ...token, expiresAt })}`;
}
