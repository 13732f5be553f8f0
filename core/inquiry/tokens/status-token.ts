import { addSeconds, type InquiryId, type Instant } from '../values/ids.ts';
import {
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

/** The right to see the status page of one inquiry until an instant. */
export type StatusToken = { readonly inquiryId: InquiryId; readonly expiresAt: Instant };

/** How long a status link is valid. */
export const statusLinkSeconds = 30 * 86_400;

const label = 's';
const macBytes = 16;

/** Makes a token of 65 letters and digits; the expiry is kept in whole seconds. */
export function makeStatusToken(
  signing: SigningContext,
  { inquiryId, expiresAt }: StatusToken,
): string {
  const content = Uint8Array.from([...encodeInquiryId(inquiryId), ...encodeExpiry(expiresAt)]);
  return makeToken(signing, label, content, macBytes);
}

/** Reads a token; undefined when it is not ours or has expired by now. */
export function readStatusToken(
  signing: SigningContext,
  token: string,
  now: Instant,
): StatusToken | undefined {
  const content = readToken(
    signing,
    label,
    inquiryIdByteLength + expiryByteLength,
    macBytes,
    token,
  );
  const inquiryId = content && decodeInquiryId(content.subarray(0, inquiryIdByteLength));
  if (content === undefined || inquiryId === undefined) return undefined;
  const expiresAt = decodeExpiry(content.subarray(inquiryIdByteLength));
  return expiresAt > now ? { inquiryId, expiresAt } : undefined;
}

/**
 * Makes the link to an inquiry's status page, valid for 30 days. `publicUrl` ends without a slash.
 */
export function makeStatusLink(
  signing: SigningContext,
  publicUrl: string,
  inquiryId: InquiryId,
  now: Instant,
): string {
  const expiresAt = addSeconds(now, statusLinkSeconds);
  return `${publicUrl}/status/${makeStatusToken(signing, { inquiryId, expiresAt })}`;
}
