import { may } from '../../access/may.ts';
import { isAgentRole, type Person } from '../../access/person.ts';
import { decideContinuation, isOpenToMessages } from '../../inquiry/decide-continuation.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { ReplyAudience } from '../../inquiry/tokens/reply-token.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { Correspondent, Message } from '../../inquiry/values/message.ts';
import type { SourceFacts } from '../../inquiry/values/vocabulary.ts';
import type { MailReport } from './mail.ts';

/** A mail that continues an inquiry. */
export type MailContinuation = {
  readonly message: Message;
  readonly source: SourceFacts;
  /** Whose thread it answers: the requester's, or an agent's notice. */
  readonly audience: ReplyAudience;
  readonly machine: boolean;
  readonly authenticated: boolean;
  readonly person?: Person;
  readonly participants: readonly Correspondent[];
  readonly report?: MailReport;
};

/**
 * Builds the events of a mail that continues an inquiry.
 *
 * A machine's mail is recorded without effect, and a bounce in it marks the addresses that failed.
 * An agent's is a note, or public when they hold the inquiry and answer the requester's thread; an
 * agent who is the requester, or a participant and not the holder, writes to that thread as such. A
 * requester's or participant's takes effect; anybody else's is shown as unverified.
 */
export function buildMailContinuation(
  inquiry: Inquiry,
  mail: MailContinuation,
  terms: Terms,
  now: Instant,
): InquiryEvent[] {
  const { message, source, participants, person } = mail;
  const address = message.from.address;
  if (mail.machine) {
    const by: EventActor = { kind: 'machine', ...(address === undefined ? {} : { address }) };
    const recorded = { by, message: { ...message, kind: 'machine' as const }, source };
    return [
      ...decideContinuation(inquiry, { ...recorded, effective: false, joined: [] }, terms, now),
      ...buildDeliveryFailures(inquiry, mail.report, now),
    ];
  }
  const agent = findWritingAgent(inquiry, person, mail.authenticated);
  if (agent !== undefined && writesAsAgent(inquiry, mail, agent)) {
    return buildAgentEvents(inquiry, mail, agent, now);
  }
  if (isInquiryParty(inquiry, message.from)) {
    const by = buildRequesterActor(message.from, person);
    const joined = participants.filter((party) => party.address !== inquiry.requester.address);
    return decideContinuation(
      inquiry,
      { by, message, effective: true, joined, source },
      terms,
      now,
    );
  }
  const by = buildRequesterActor(message.from, undefined);
  const unverified = { ...message, unverified: true };
  return decideContinuation(
    inquiry,
    { by, message: unverified, effective: false, joined: [], source },
    terms,
    now,
  );
}

/** Whether a mail can be added; a machine's has no effect, so it always can to a closed inquiry. */
export function canContinueByMail(inquiry: Inquiry, machine: boolean, now: Instant): boolean {
  return isOpenToMessages(inquiry, now) || (machine && inquiry.status === 'closed');
}

/** Whether an address is an inquiry's requester or one of its participants. */
export function isInquiryParty(inquiry: Inquiry, { address }: Correspondent): boolean {
  if (address === undefined) return false;
  return (
    inquiry.requester.address === address ||
    inquiry.participants.some((party) => party.address === address)
  );
}

type Agent = Person & { readonly sub: NonNullable<Person['sub']> };

/** The agent who wrote a mail: registered, authenticated and allowed to write notes here. */
function findWritingAgent(
  inquiry: Inquiry,
  person: Person | undefined,
  authenticated: boolean,
): Agent | undefined {
  const { sub } = person ?? {};
  if (person === undefined || sub === undefined || !authenticated) return undefined;
  if (!isAgentRole(person.role) || may(person, 'note', inquiry) !== 'allowed') return undefined;
  return { ...person, sub };
}

/** Whether an agent writes as one, and not as the requester or participant that they may be too. */
function writesAsAgent(
  inquiry: Inquiry,
  { audience, message }: MailContinuation,
  agent: Agent,
): boolean {
  if (audience === 'agent' || !isInquiryParty(inquiry, message.from)) return true;
  const isRequester = inquiry.requester.address === message.from.address;
  return inquiry.holder?.agent === agent.sub && !isRequester;
}

function buildAgentEvents(
  inquiry: Inquiry,
  { message, audience }: MailContinuation,
  agent: Agent,
  now: Instant,
): InquiryEvent[] {
  const by: EventActor = {
    kind: 'agent',
    sub: agent.sub,
    name: agent.name,
    role: agent.role,
    ...(agent.vendor === undefined ? {} : { vendor: agent.vendor }),
  };
  const common = { v: 1 as const, at: now, by };
  const from = { address: agent.address, sub: agent.sub, name: agent.name };
  const { holder } = inquiry;
  const isPublic = audience === 'requester' && holder?.agent === agent.sub;
  if (!isPublic) {
    return [{ ...common, type: 'NotePosted', message: { ...message, kind: 'note', from } }];
  }
  const acceptance: InquiryEvent[] =
    holder.by === 'assignment' && holder.acceptedAt === undefined
      ? [{ ...common, type: 'AssignmentAccepted', agent: agent.sub }]
      : [];
  return [
    ...acceptance,
    { ...common, type: 'ReplyPosted', message: { ...message, kind: 'agent', from } },
  ];
}

function buildRequesterActor(from: Correspondent, person: Person | undefined): EventActor {
  return {
    kind: 'requester',
    ...(from.address === undefined ? {} : { address: from.address }),
    ...(person?.sub === undefined ? {} : { sub: person.sub }),
    ...(from.name === undefined ? {} : { name: from.name }),
  };
}

/** Builds the failures that a bounce reports for addresses of the inquiry. */
function buildDeliveryFailures(
  inquiry: Inquiry,
  report: MailReport | undefined,
  now: Instant,
): InquiryEvent[] {
  if (report?.kind !== 'delivery-status') return [];
  return report.recipients.flatMap(({ address, action, status, diagnostic }) => {
    if (address === undefined || (action !== 'failed' && action !== 'delayed')) return [];
    if (!isInquiryParty(inquiry, { address }) || inquiry.undeliverable.includes(address)) return [];
    const permanent = action === 'failed' && status?.startsWith('4') !== true;
    return [
      {
        v: 1 as const,
        type: 'DeliveryFailed' as const,
        at: now,
        by: { kind: 'system' as const, part: 'intake' as const },
        address,
        permanent,
        diagnostic: (diagnostic ?? status ?? action).slice(0, 500),
      },
    ];
  });
}
