import type { Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import type { WebhookId } from '../../inquiry/clock/escalation.ts';
import type { Notice, NoticeRecipient } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { WebhookSettings } from '../../inquiry/terms/sla-policies.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, EmailAddress, Instant, VendorId } from '../../inquiry/values/ids.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { audienceOf } from '../content/audience.ts';
import type { NoticeReader } from '../content/notice-context.ts';
import { isServiceLevelNotice } from './notice-bursts.ts';

export type MailboxDestination = {
  readonly resolved: 'mailbox';
  /** The key that sendings are counted under. */
  readonly name: string;
  readonly address: EmailAddress;
  readonly language: Language;
  readonly reader: NoticeReader;
  /** The vendor that the reader works for. */
  readonly vendor?: VendorId;
};
export type WebhookDestination = {
  readonly resolved: 'webhook';
  readonly name: string;
  readonly id: WebhookId;
  readonly webhook: WebhookSettings;
};
export type NoticeDestination = MailboxDestination | WebhookDestination;
type Nobody = { readonly resolved: 'nobody'; readonly why: string };
export type MailboxResolution = MailboxDestination | Nobody;
export type ResolvedRecipient =
  | NoticeDestination
  /** Each of these gets a notice in place of this one. */
  | { readonly resolved: 'several'; readonly recipients: readonly NoticeRecipient[] }
  | Nobody;

type People = Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>;

/** A transaction takes 100 items, and the notice itself is one. */
const severalLimit = 99;

/**
 * Resolves a notice's recipient to a mailbox or webhook, with its language and kind of reader.
 *
 * A person who has left, is not registered, or cannot be reached by mail resolves to nobody. An
 * address that the policies name for service levels need not be registered, and learns as little as
 * a vendor.
 */
export async function resolveRecipient(
  { recipient, kind }: Pick<Notice, 'recipient' | 'kind'>,
  inquiry: Inquiry,
  people: People,
  terms: Terms,
  now: Instant,
): Promise<ResolvedRecipient> {
  switch (recipient.to) {
    case 'leads':
      return resolveSeveral(await people.byRole('lead'));
    case 'desk': {
      const present = await findPresentAgents(recipient.desk, people, terms);
      return resolveSeveral(present.length > 0 ? present : await people.byRole('lead'));
    }
    case 'webhook': {
      const { webhook: id } = recipient;
      const webhook = terms.serviceLevels.policiesAt(now).body.webhooks[id];
      return webhook === undefined
        ? { resolved: 'nobody', why: 'the policies in force have no such webhook' }
        : { resolved: 'webhook', name: `webhook:${id}`, id, webhook };
    }
    case 'person':
      return resolveMailbox(await people.bySub(recipient.sub));
    case 'address': {
      const { address } = recipient;
      if (inquiry.undeliverable.includes(address)) {
        return { resolved: 'nobody', why: 'mail to the address has failed' };
      }
      if (audienceOf(kind) === 'requester') {
        const { language } = inquiry;
        return { resolved: 'mailbox', name: address, address, language, reader: 'requester' };
      }
      const person = await people.byAddress(address);
      if (!isServiceLevelNotice(kind)) return resolveMailbox(person);
      if (person === undefined) {
        return { resolved: 'mailbox', name: address, address, language: 'ja', reader: 'vendor' };
      }
      // As a notice to the person, so that nobody gets one by address and another by person.
      return person.sub === undefined ? resolveMailbox(person) : resolveSeveral([person]);
    }
    default:
      return recipient satisfies never;
  }
}

export function resolveSeveral(
  people: readonly Person[],
): Extract<ResolvedRecipient, { resolved: 'several' | 'nobody' }> {
  const recipients = people.filter(isReachable).slice(0, severalLimit).map(recipientOf);
  return recipients.length === 0
    ? { resolved: 'nobody', why: 'nobody of them can be reached' }
    : { resolved: 'several', recipients };
}

/** The agents present at a desk: the vendor's operators, or our own staff and leads. */
async function findPresentAgents(id: DeskId, people: People, terms: Terms): Promise<Person[]> {
  const desk = findDesk(terms, id);
  if (desk === undefined) return [];
  const agents =
    desk.vendor === undefined
      ? (await Promise.all([people.byRole('staff'), people.byRole('lead')])).flat()
      : (await people.byRole('operator')).filter(({ vendor }) => vendor === desk.vendor);
  return agents.filter(
    (agent) => agent.desks.includes(id) && agent.presence === 'present' && isReachable(agent),
  );
}

function isReachable(person: Person): boolean {
  return person.state === 'active' && person.undeliverableAt === undefined;
}

function recipientOf({ sub, address }: Person): NoticeRecipient {
  return sub === undefined ? { to: 'address', address } : { to: 'person', sub };
}

export function resolveMailbox(person: Person | undefined): MailboxResolution {
  if (person === undefined) return { resolved: 'nobody', why: 'not in the registry' };
  if (person.state === 'left') return { resolved: 'nobody', why: 'has left' };
  if (person.undeliverableAt !== undefined) {
    return { resolved: 'nobody', why: 'mail to the person has failed' };
  }
  const isColleague = person.role === 'staff' || person.role === 'lead';
  return {
    resolved: 'mailbox',
    name: person.address,
    address: person.address,
    language: person.language,
    reader: isColleague ? 'colleague' : 'vendor',
    ...(person.vendor === undefined ? {} : { vendor: person.vendor }),
  };
}
