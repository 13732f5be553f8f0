import { type EmailAddress, isAddressInDomains } from '../../inquiry/values/ids.ts';
import type { QuarantineReason } from '../../inquiry/values/vocabulary.ts';
import { isInAddressRange } from './address-range.ts';
import type { ParsedMail } from './mail.ts';
import type { SesVerdicts } from './mail-notification.ts';
import type { MailPolicy } from './mail-policy.ts';

/** Whether a mail's sender is to be trusted, and how far. */
export type SenderJudgement =
  | {
      readonly accepted: true;
      /** DMARC passed, so that the address in From is the sender's. */
      readonly authenticated: boolean;
      /** An automatic answer reaches the author and is no backscatter. */
      readonly answerable: boolean;
      readonly ours: boolean;
    }
  | {
      readonly accepted: false;
      readonly reason: QuarantineReason;
      readonly detail: string;
      readonly answerable: boolean;
    };

/** Whether an address belongs to one of our own domains. */
export function isOwnAddress(
  address: EmailAddress | undefined,
  mailDomain: string,
  policy: MailPolicy,
): boolean {
  return address !== undefined && isAddressInDomains(address, [mailDomain, ...policy.ownDomains]);
}

/**
 * Judges a sender by SES's verdicts and the stage's policy, never by headers that a sender writes.
 *
 * SES writes the topmost `Received`, so an allow-listed gateway is recognized by it.
 */
export function judgeSender(
  mail: Pick<ParsedMail, 'from' | 'fromHeaderCount' | 'faults' | 'headers'>,
  verdicts: SesVerdicts,
  mailDomain: string,
  policy: MailPolicy,
): SenderJudgement {
  const address = mail.from[0]?.address;
  const ours = isOwnAddress(address, mailDomain, policy);
  const doubt = findSenderDoubt(mail);
  const authenticated = verdicts.dmarc === 'PASS' && doubt === undefined && address !== undefined;
  const aligned = authenticated || verdicts.spf === 'PASS' || verdicts.dkim === 'PASS';
  const answerable =
    aligned && doubt === undefined && verdicts.dmarc !== 'FAIL' && address !== undefined;
  const reject = (reason: QuarantineReason, detail: string): SenderJudgement => ({
    accepted: false,
    reason,
    detail,
    answerable: answerable && reason !== 'virus' && reason !== 'spam',
  });

  for (const name of ['virus', 'spam'] as const) {
    const verdict = verdicts[name] ?? 'PROCESSING_FAILED';
    if (verdict === 'FAIL') return reject(name, `${name} verdict FAIL`);
    if (verdict === 'GRAY' && policy.onGray === 'quarantine') {
      return reject(name, `${name} verdict GRAY`);
    }
    if (verdict === 'PROCESSING_FAILED' && policy.onProcessingFailed === 'quarantine') {
      return reject(name, `${name} verdict missing`);
    }
  }
  if (
    doubt !== undefined &&
    mail.from.some((from) => isOwnAddress(from.address, mailDomain, policy))
  ) {
    return reject('spoofed', `${doubt}, of our own domain`);
  }
  if (doubt !== undefined) return reject('unauthenticated', doubt);
  if (ours && !authenticated && !cameThroughRelay(mail, policy)) {
    const dmarc = verdicts.dmarc ?? 'PROCESSING_FAILED';
    if (dmarc === 'FAIL') return reject('spoofed', 'our own domain with DMARC FAIL');
    const onGray = policy.onOwnDomainGray ?? policy.onGray;
    const action = dmarc === 'GRAY' ? onGray : policy.onProcessingFailed;
    if (action === 'quarantine') {
      return reject('unauthenticated', `our own domain with DMARC ${dmarc}`);
    }
  }
  if (!ours) {
    const domain = address?.slice(address.lastIndexOf('@') + 1);
    const listed = domain !== undefined && policy.listedDomains.includes(domain);
    if (policy.externalSenders === 'quarantine') {
      return reject('unlisted-sender', 'external senders are quarantined');
    }
    if (policy.externalSenders === 'listed' && !listed) {
      return reject('unlisted-sender', 'the domain is not listed');
    }
  }
  return { accepted: true, authenticated, answerable, ours };
}

/** Why From cannot be believed: the verdicts may be about another address. */
function findSenderDoubt({
  fromHeaderCount,
  faults,
}: Pick<ParsedMail, 'fromHeaderCount' | 'faults'>): string | undefined {
  if (fromHeaderCount > 1 || faults.includes('two-from')) return 'more than one From';
  return faults.includes('encoded-from') ? 'an address inside an encoded word' : undefined;
}

function cameThroughRelay(mail: Pick<ParsedMail, 'headers'>, policy: MailPolicy): boolean {
  const received = mail.headers['received']?.[0] ?? '';
  // "from helo (host [192.0.2.1]) by inbound-smtp…": SES saw the address in brackets. Any sender can
  // write what stands before it, brackets included, so only the last one counts.
  const address = /^.*\[(?:IPv6:)?([^[\]]+)\]\)\s+by\s/is.exec(received)?.[1];
  return (
    address !== undefined && policy.internalRelays.some((relay) => isInAddressRange(address, relay))
  );
}
