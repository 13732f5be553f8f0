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
import { isOurs } from './judge-sender.ts';
import type { MailAddress, ReadMail } from './mail.ts';
import { type MailNotification, settledKey, verdictsOf } from './mail-notification.ts';
import type { MailPolicy } from './mail-policy.ts';

const nameLimit = 200;
const subjectLimit = 998;

/** The stage's own side of the mail: its domain, its help address and its policy. */
export type MailStage = {
  readonly mailDomain: string;
  readonly helpAddress: string;
  readonly policy: MailPolicy;
};

export function partyOf({ address, name }: Pick<Correspondent, 'address' | 'name'>): Correspondent {
  return {
    ...(address === undefined ? {} : { address }),
    ...(name === undefined || name === '' ? {} : { name: name.slice(0, nameLimit) }),
  };
}

/** The requester that an address makes, as the registry knows them. */
export function requesterOf(
  sender: MailAddress,
  person: Person | undefined,
  stage: MailStage,
): Requester {
  const named = partyOf(sender);
  if (person === undefined) {
    const external = !isOurs(sender.address, stage.mailDomain, stage.policy);
    return { ...named, ...(external ? { external } : {}) };
  }
  return {
    address: person.address,
    ...(person.sub === undefined ? {} : { sub: person.sub }),
    name: person.name,
    ...(person.department === undefined ? {} : { department: person.department }),
    ...(person.vip ? { vip: true } : {}),
  };
}

/** People of our own domains in To and Cc, without the help desk itself and the author. */
export function participantsOf(
  mail: Pick<ReadMail, 'to' | 'cc' | 'from'>,
  recipients: readonly string[],
  stage: MailStage,
): Correspondent[] {
  const desk = new Set([stage.helpAddress, ...recipients].map(withoutTag));
  const author = mail.from[0]?.address;
  const parties = new Map<EmailAddress, Correspondent>();
  for (const person of [...mail.to, ...mail.cc]) {
    const { address } = person;
    if (address === undefined || address === author || desk.has(withoutTag(address))) continue;
    if (isOurs(address, stage.mailDomain, stage.policy)) parties.set(address, partyOf(person));
  }
  return [...parties.values()].slice(0, 50);
}

/** `help+token@…` and `help@…` are one address. */
function withoutTag(address: string): string {
  return address.toLowerCase().replace(/\+[^@]*@/, '@');
}

export function messageOfMail(
  mail: ReadMail,
  id: string,
  kind: MessageKind,
  attachments: readonly Attachment[],
): Message {
  return {
    id,
    kind,
    from: partyOf(mail.from[0] ?? {}),
    subject: mail.subject.slice(0, subjectLimit),
    text: mail.text,
    ...(mail.fullText === mail.text ? {} : { fullText: mail.fullText }),
    attachments: [...attachments],
    ...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
  };
}

export function sourceOfMail(
  notification: MailNotification,
  mail: Pick<ReadMail, 'faults'> | undefined,
  marks: MachineMarks | undefined,
): SourceFacts {
  return {
    recipients: notification.receipt.recipients.slice(0, 50).map((text) => text.slice(0, 254)),
    raw: settledKey(notification),
    verdicts: { ...verdictsOf(notification) },
    ...(marks === undefined || marks.marks.length === 0 ? {} : { marks: marks.marks.slice(0, 20) }),
    ...(mail === undefined || mail.faults.length === 0 ? {} : { faults: [...mail.faults] }),
  };
}
