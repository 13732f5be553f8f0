import type { Person } from '../../access/person.ts';
import type { EmailAddress } from '../../inquiry/values/ids.ts';
import type {
  Attachment,
  Correspondent,
  Message,
  MessageKind,
} from '../../inquiry/values/message.ts';
import type { Requester, SourceFacts } from '../../inquiry/values/vocabulary.ts';
import type { MachineMarks } from './detect-machine-marks.ts';
import { isOwnAddress } from './judge-sender.ts';
import type { MailAddress, ParsedMail } from './mail.ts';
import { archiveKeyOf, type MailNotification, sesVerdictsOf } from './mail-notification.ts';
import type { MailPolicy } from './mail-policy.ts';

const nameLimit = 200;
const subjectLimit = 998;

/** A stage's mail domain, help address and policy. */
export type MailSettings = {
  readonly mailDomain: string;
  readonly helpAddress: string;
  readonly policy: MailPolicy;
};

export function toCorrespondent({
  address,
  name,
}: Pick<Correspondent, 'address' | 'name'>): Correspondent {
  return {
    ...(address === undefined ? {} : { address }),
    ...(name === undefined || name === '' ? {} : { name: name.slice(0, nameLimit) }),
  };
}

/** Builds the requester from the registry's entry, or from the address alone when there is none. */
export function buildMailRequester(
  sender: MailAddress,
  person: Person | undefined,
  mailSettings: MailSettings,
): Requester {
  const correspondent = toCorrespondent(sender);
  if (person === undefined) {
    const external = !isOwnAddress(sender.address, mailSettings.mailDomain, mailSettings.policy);
    return { ...correspondent, ...(external ? { external } : {}) };
  }
  return {
    address: person.address,
    ...(person.sub === undefined ? {} : { sub: person.sub }),
    name: person.name,
    ...(person.department === undefined ? {} : { department: person.department }),
    ...(person.vip ? { vip: true } : {}),
  };
}

/** The people of our own domains in To and Cc, except the help desk itself and the author. */
export function buildMailParticipants(
  mail: Pick<ParsedMail, 'to' | 'cc' | 'from'>,
  recipients: readonly string[],
  mailSettings: MailSettings,
): Correspondent[] {
  const deskAddresses = new Set([mailSettings.helpAddress, ...recipients].map(withoutTag));
  const author = mail.from[0]?.address;
  const parties = new Map<EmailAddress, Correspondent>();
  for (const person of [...mail.to, ...mail.cc]) {
    const { address } = person;
    if (address === undefined || address === author || deskAddresses.has(withoutTag(address)))
      continue;
    if (isOwnAddress(address, mailSettings.mailDomain, mailSettings.policy))
      parties.set(address, toCorrespondent(person));
  }
  return [...parties.values()].slice(0, 50);
}

/** `help+token@…` and `help@…` are one address. */
function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}

export function buildMailMessage(
  mail: ParsedMail,
  id: string,
  kind: MessageKind,
  attachments: readonly Attachment[],
): Message {
  return {
    id,
    kind,
    from: toCorrespondent(mail.from[0] ?? {}),
    subject: mail.subject.slice(0, subjectLimit),
    text: mail.text,
    ...(mail.fullText === mail.text ? {} : { fullText: mail.fullText }),
    attachments: [...attachments],
    ...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
  };
}

export function buildMailSource(
  notification: MailNotification,
  mail: Pick<ParsedMail, 'faults'> | undefined,
  marks: MachineMarks | undefined,
): SourceFacts {
  return {
    recipients: notification.receipt.recipients.slice(0, 50).map((text) => text.slice(0, 254)),
    raw: archiveKeyOf(notification),
    verdicts: { ...sesVerdictsOf(notification) },
    ...(marks === undefined || marks.marks.length === 0 ? {} : { marks: marks.marks.slice(0, 20) }),
    ...(mail === undefined || mail.faults.length === 0 ? {} : { faults: [...mail.faults] }),
  };
}
