import type { Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import type { Address } from '../inquiry/ids.ts';
import type { Notice, Recipient } from '../inquiry/notice.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Language } from '../inquiry/vocabulary.ts';
import { audienceOf } from './audience.ts';
import type { Reader } from './compose-notice.ts';

export type Mailbox = {
  readonly resolved: 'mailbox';
  readonly address: Address;
  readonly language: Language;
  readonly reader: Reader;
};
export type Resolved =
  | Mailbox
  /** Each of these gets a notice in place of this one. */
  | { readonly resolved: 'several'; readonly recipients: readonly Recipient[] }
  | { readonly resolved: 'nobody'; readonly why: string };

/** A transaction takes 100 items, and the notice itself is one. */
const severalLimit = 99;

/**
 * Finds out to which mailbox a notice goes, in which language, and how much it may tell.
 *
 * Whoever has left, is not registered, or does not get our mail is nobody.
 */
export async function resolveRecipient(
  { recipient, kind }: Pick<Notice, 'recipient' | 'kind'>,
  inquiry: Inquiry,
  people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>,
): Promise<Resolved> {
  switch (recipient.to) {
    case 'leads': {
      const leads = await people.byRole('lead');
      const recipients = leads.filter(isReachable).slice(0, severalLimit).map(recipientOf);
      return recipients.length === 0
        ? { resolved: 'nobody', why: 'no lead can be reached' }
        : { resolved: 'several', recipients };
    }
    case 'person':
      return mailboxOf(await people.bySub(recipient.sub));
    case 'address': {
      const { address } = recipient;
      if (inquiry.undeliverable.includes(address)) {
        return { resolved: 'nobody', why: 'mail to the address has failed' };
      }
      if (audienceOf(kind) === 'agent') return mailboxOf(await people.byAddress(address));
      return { resolved: 'mailbox', address, language: inquiry.language, reader: 'requester' };
    }
    default:
      return recipient satisfies never;
  }
}

function isReachable(person: Person): boolean {
  return person.state === 'active' && person.undeliverableAt === undefined;
}

function recipientOf({ sub, address }: Person): Recipient {
  return sub === undefined ? { to: 'address', address } : { to: 'person', sub };
}

function mailboxOf(person: Person | undefined): Resolved {
  if (person === undefined) return { resolved: 'nobody', why: 'not in the registry' };
  if (person.state === 'left') return { resolved: 'nobody', why: 'has left' };
  if (person.undeliverableAt !== undefined) {
    return { resolved: 'nobody', why: 'mail to the person has failed' };
  }
  const isColleague = person.role === 'staff' || person.role === 'lead';
  return {
    resolved: 'mailbox',
    address: person.address,
    language: person.language,
    reader: isColleague ? 'colleague' : 'vendor',
  };
}
