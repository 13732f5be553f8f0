import * as z from 'zod';
import { EscalationId, WebhookId } from '../clock/escalation.ts';
import type { Recipient } from '../outbox/notice.ts';
import { Address, type InquiryId, type Instant, plusSeconds, Sub } from '../values/ids.ts';
import {
  bytesOfExpiry,
  bytesOfInquiryId,
  contentBytesOf,
  expiryBytes,
  expiryOfBytes,
  inquiryIdBytes,
  inquiryIdOfBytes,
  makeToken,
  readToken,
  type Signing,
} from './token.ts';

/** To whom a link was sent: whoever follows it acts as them. */
export type Addressee = Extract<Recipient, { to: 'person' | 'address' | 'webhook' }>;

/** The right to acknowledge one escalation as its addressee until an instant. */
export type EscalationToken = {
  readonly inquiryId: InquiryId;
  readonly escalation: EscalationId;
  readonly to: Addressee;
  readonly expiresAt: Instant;
};

/** How long a link in a notice is good for; chains end long before. */
const linkSeconds = 14 * 86_400;

const label = 'e';
const macBytes = 16;

/** What stands in a token after its ids: the escalation and the addressee. */
const Rest = z.union([
  z.tuple([EscalationId, z.literal('person'), Sub]),
  z.tuple([EscalationId, z.literal('address'), Address]),
  z.tuple([EscalationId, z.literal('webhook'), WebhookId]),
]);

/** Makes a token of letters and digits; the expiry is kept in whole seconds. */
export function makeEscalationToken(signing: Signing, token: EscalationToken): string {
  const { inquiryId, escalation, to, expiresAt } = token;
  const rest = new TextEncoder().encode(JSON.stringify([escalation, to.to, nameOf(to)]));
  const content = [...bytesOfInquiryId(inquiryId), ...bytesOfExpiry(expiresAt), ...rest];
  return makeToken(signing, label, Uint8Array.from(content), macBytes);
}

function nameOf(to: Addressee): string {
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
  signing: Signing,
  token: string,
  now: Instant,
): EscalationToken | undefined {
  const contentBytes = contentBytesOf(label, macBytes, token);
  if (contentBytes <= inquiryIdBytes + expiryBytes) return undefined;
  const content = readToken(signing, label, contentBytes, macBytes, token);
  const inquiryId = content && inquiryIdOfBytes(content.subarray(0, inquiryIdBytes));
  if (content === undefined || inquiryId === undefined) return undefined;
  const end = inquiryIdBytes + expiryBytes;
  const expiresAt = expiryOfBytes(content.subarray(inquiryIdBytes, end));
  if (expiresAt <= now) return undefined;
  const [escalation, to, name] = Rest.parse(
    JSON.parse(new TextDecoder().decode(content.subarray(end))),
  );
  return { inquiryId, escalation, to: { to, [keyOf[to]]: name } as Addressee, expiresAt };
}

const keyOf = { person: 'sub', address: 'address', webhook: 'webhook' } as const;

/** Makes the link by which an addressee acknowledges. `publicUrl` ends without a slash. */
export function makeEscalationLink(
  signing: Signing,
  publicUrl: string,
  token: Omit<EscalationToken, 'expiresAt'>,
  now: Instant,
): string {
  const expiresAt = plusSeconds(now, linkSeconds);
  return `${publicUrl}/escalations/${makeEscalationToken(signing, { ...token, expiresAt })}`;
}
