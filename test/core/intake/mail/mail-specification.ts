import { expect } from 'vitest';
import type { InquiryId, Instant } from '../../../../core/inquiry/values/ids.ts';
import { decideMail, type MailDecision } from '../../../../core/intake/mail/decide-mail.ts';
import type { MachineMarks } from '../../../../core/intake/mail/detect-machine-marks.ts';
import {
  type AcceptedMail,
  type IncomingMail,
  isSuspectMail,
  type SuspectMail,
} from '../../../../core/intake/mail/incoming-mail.ts';
import type { KnownMail, ThreadCandidate } from '../../../../core/intake/mail/known-mail.ts';
import type { ParsedMail } from '../../../../core/intake/mail/mail.ts';
import {
  buildMailNotification,
  MailNotification,
} from '../../../../core/intake/mail/mail-notification.ts';
import type { MailPolicy } from '../../../../core/intake/mail/mail-policy.ts';
import type { Actor } from '../../../../core/work/actor.ts';
import { helpDeskActors, secondsAfterStart } from '../../help-desk.ts';
import type { InquirySituation } from '../../inquiry-situations.ts';
import { given } from '../../inquiry-specification.ts';

type MachinePolicy = MailPolicy['automatedFirstContact'];

/** Given what is known, when a mail comes in, then one decision. */
class MailSpecification {
  readonly #known: KnownMail;
  readonly #policy: MachinePolicy;
  #incoming: IncomingMail | undefined;
  #decision: MailDecision | undefined;

  constructor(known: Partial<KnownMail>, policy: MachinePolicy) {
    this.#known = { newThreads: [], ...known };
    this.#policy = policy;
  }

  when(incoming: IncomingMail, now: Instant = secondsAfterStart(10)): this {
    const policy = { automatedFirstContact: this.#policy };
    this.#incoming = incoming;
    this.#decision = decideMail(incoming, this.#known, policy, now);
    return this;
  }

  thenDecided(decision: MailDecision): this {
    expect(this.#decision).toEqual(decision);
    return this;
  }

  /** The mail continues the inquiry that its clues lead to. */
  thenContinued(): this {
    return this.#expectThread('continue');
  }

  /** The mail is shown in the inquiry that its clues lead to, without effect. */
  thenRecorded(): this {
    return this.#expectThread('record');
  }

  /** The mail opens an inquiry that is linked to these. */
  thenOpened(...links: readonly InquiryId[]): this {
    return this.thenDecided({ decision: 'open', accepted: this.#acceptedMail, links });
  }

  #expectThread(decision: 'continue' | 'record'): this {
    const { candidate } = this.#known;
    if (candidate === undefined) throw new TypeError('no inquiry is known');
    return this.thenDecided({ decision, accepted: this.#acceptedMail, candidate });
  }

  get #acceptedMail(): AcceptedMail {
    const incoming = this.#incoming;
    if (incoming === undefined || isSuspectMail(incoming)) throw new TypeError('it is suspect');
    return incoming;
  }
}

/** Given what the ledger and the registry know of a mail, and what machines' first mail comes to. */
export function givenKnown(
  known: Partial<KnownMail>,
  policy: MachinePolicy = 'open',
): MailSpecification {
  return new MailSpecification(known, policy);
}

/** The clues of the mail lead to an inquiry in this situation. */
export function makeCandidate(
  situation: InquirySituation,
  by: ThreadCandidate['by'] = 'token',
): ThreadCandidate {
  return { loaded: given(situation).loaded, by, audience: 'requester' };
}

const notification = MailNotification.parse(
  buildMailNotification('mails', 'incoming/mail-1', secondsAfterStart(9)),
);

const person: MachineMarks = { machine: false, noAutoReply: false, marks: [], loop: false };
/** The marks of a mail that a machine sent. */
export const machineMarks: MachineMarks = {
  ...{ machine: true, noAutoReply: true, marks: ['auto-submitted'], loop: false },
};
/** The marks of a mail that the help desk itself sent. */
export const loopMarks: MachineMarks = {
  ...{ ...machineMarks, marks: ['own-loop-header'], loop: true },
};

/** A mail of somebody who may write to the help desk, authenticated unless said. */
export function makeMail(
  from: Actor,
  changes: Partial<Pick<AcceptedMail, 'authenticated' | 'marks'>> = {},
): AcceptedMail {
  return {
    ...{ notification, mail: makeParsedMail(from), marks: person, clues: { messageIds: [] } },
    ...{ authenticated: true, answerable: true, ...changes },
  };
}

/** A mail that pretends to be the requester's. */
export function makeSuspectMail(): SuspectMail {
  const mail = makeParsedMail(helpDeskActors.requester);
  return {
    notification,
    read: { mail, marks: person },
    quarantine: { reason: 'spoofed', detail: 'DMARC failed', tellSender: false },
  };
}

function makeParsedMail({ address, name }: Actor): ParsedMail {
  return {
    ...{ messageId: 'mail-1@toritsugi.example', fromHeaderCount: 1, from: [{ address, name }] },
    ...{
      replyTo: [],
      to: [],
      cc: [],
      subject: 'VPN がつながらない',
      inReplyTo: [],
      references: [],
    },
    ...{ headers: {}, language: 'ja', text: 'まだです。', fullText: 'まだです。', attachments: [] },
    ...{ contentHash: 'a1', faults: [] },
  };
}
