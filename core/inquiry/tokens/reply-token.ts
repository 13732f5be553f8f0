import type { InquiryId } from '../values/ids.ts';
import {
  decodeInquiryId,
  encodeInquiryId,
  inquiryIdByteLength,
  makeToken,
  readToken,
  type SigningContext,
} from './token.ts';

/** Whose mail carries a reply address: the requester's thread, or a notice to an agent. */
export type ReplyAudience = 'requester' | 'agent';

/** What a reply address proves: which inquiry is meant, but not who writes. */
export type ReplyToken = { readonly inquiryId: InquiryId; readonly audience: ReplyAudience };

/** 80 bits: guessing is only possible by sending mail. */
const macBytes = 10;
/** RFC 5321, 4.5.3.1.1, in octets. */
const localPartLimit = 64;

const labels = { requester: 'r', agent: 'a' } as const satisfies Record<ReplyAudience, string>;

/**
 * Makes the address to which answers go: `help+<token>@…`, with a token of 47 symbols.
 *
 * @throws TypeError when the help address's own local part has more than 16 octets, so that the
 * whole would have more than 64
 */
export function makeReplyAddress(
  signing: SigningContext,
  helpAddress: string,
  { inquiryId, audience }: ReplyToken,
): string {
  const at = helpAddress.lastIndexOf('@');
  const token = makeToken(signing, labels[audience], encodeInquiryId(inquiryId), macBytes);
  const local = `${helpAddress.slice(0, at)}+${token}`;
  if (new TextEncoder().encode(local).length > localPartLimit) {
    throw new TypeError('the help address is too long to carry a reply token');
  }
  return `${local}${helpAddress.slice(at)}`;
}

/** Reads a reply address in any case; undefined when it carries no token of ours. */
export function readReplyAddress(signing: SigningContext, address: string): ReplyToken | undefined {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@')));
  const plus = local.lastIndexOf('+');
  if (plus < 0) return undefined;
  const token = local.slice(plus + 1);
  for (const audience of ['requester', 'agent'] as const) {
    const content = readToken(signing, labels[audience], inquiryIdByteLength, macBytes, token);
    const inquiryId = content === undefined ? undefined : decodeInquiryId(content);
    if (inquiryId !== undefined) return { inquiryId, audience };
  }
  return undefined;
}
