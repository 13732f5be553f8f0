import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { decideThread, type MailDecision } from '../../../../core/intake/mail/decide-mail.ts';
import type { MailOutcome } from '../../../../core/intake/mail/known-mail.ts';
import { commandedInquiryId, helpDeskActors, secondsAfterStart } from '../../help-desk.ts';
import { given } from '../../inquiry-specification.ts';
import {
  givenKnown,
  loopMarks,
  machineMarks,
  makeCandidate,
  makeMail,
  makeSuspectMail,
} from './mail-specification.ts';

const { requester, colleague, stranger, a1, b1, staff1, lead } = helpDeskActors;
const outcome: MailOutcome = { fate: 'continued', by: 'token' };
const first: MailOutcome = { fate: 'opened' };

describe('a mail that has come before', () => {
  it('keeps the outcome of its first processing when the same delivery is repeated', () => {
    givenKnown({ outcome, first, candidate: makeCandidate('queued at bpo') })
      .when(makeMail(requester))
      .thenDecided({ decision: 'repeat', outcome })
      .when(makeSuspectMail())
      .thenDecided({ decision: 'repeat', outcome });
  });

  it('is a duplicate when another delivery of the same message was processed', () => {
    givenKnown({ first, candidate: makeCandidate('queued at bpo') })
      .when(makeMail(requester))
      .thenDecided({ decision: 'duplicate', first })
      .when(makeSuspectMail())
      .thenDecided({ decision: 'duplicate', first });
  });
});

describe('a suspect mail', () => {
  const suspect = makeSuspectMail();
  const quarantined = { decision: 'quarantine', quarantine: suspect.quarantine } as const;

  it('is quarantined for the reason for which it is suspect', () => {
    givenKnown({}).when(suspect).thenDecided(quarantined);
  });

  it('is quarantined although its clues lead to an inquiry of its sender', () => {
    givenKnown({ candidate: makeCandidate('queued at bpo'), sender: requester })
      .when(suspect)
      .thenDecided(quarantined);
  });
});

describe('a mail without clues to an inquiry', () => {
  it('opens one, linked to none', () => {
    givenKnown({}).when(makeMail(requester)).thenOpened();
  });
});

describe('a mail whose clues lead to an inquiry', () => {
  it.each([
    'new',
    'queued at bpo',
    'claimed by a1',
    'offered to staff1',
    'waiting at bpo',
    'resolved at bpo',
    'closed after bpo',
  ] as const)('continues one that is %s', (situation) => {
    givenKnown({ candidate: makeCandidate(situation) })
      .when(makeMail(requester))
      .thenContinued();
  });

  it.each(['withdrawn', 'quarantined', 'merged'] as const)(
    'opens another, linked to one that is %s',
    (situation) => {
      givenKnown({ candidate: makeCandidate(situation) })
        .when(makeMail(requester))
        .thenOpened(commandedInquiryId);
    },
  );

  it.each(['token', 'message-id'] as const)(
    'continues it by a %s, whoever sends it and authenticated or not',
    (by) => {
      givenKnown({ candidate: makeCandidate('queued at bpo', by) })
        .when(makeMail(stranger, { authenticated: false }))
        .thenContinued();
    },
  );
});

describe('a number in the subject', () => {
  const candidate = makeCandidate('queued at bpo', 'number');

  it.each([
    ['requester', requester],
    ['participant', colleague],
  ])('is believed from a %s, authenticated or not', (_, sender) => {
    for (const authenticated of [true, false]) {
      givenKnown({ candidate, sender }).when(makeMail(sender, { authenticated })).thenContinued();
    }
    givenKnown({ candidate }).when(makeMail(sender)).thenContinued();
  });

  it.each([
    ['staff', staff1],
    ['a lead', lead],
    ['an operator of its desk', a1],
  ])('is believed from %s who is authenticated', (_, sender) => {
    givenKnown({ candidate, sender }).when(makeMail(sender)).thenContinued();
  });

  it.each([
    ['anybody else', stranger, stranger],
    ['somebody who is not registered', stranger, undefined],
    ['an agent whose address is not registered', staff1, undefined],
    ['an operator of another vendor', b1, b1],
    ['an agent who has left', staff1, { ...staff1, state: 'left' as const }],
  ])('is only linked from %s', (_, from, sender) => {
    givenKnown({ candidate, ...(sender === undefined ? {} : { sender }) })
      .when(makeMail(from))
      .thenOpened(commandedInquiryId);
  });

  it('is only linked from an agent whose mail is not authenticated', () => {
    givenKnown({ candidate, sender: staff1 })
      .when(makeMail(staff1, { authenticated: false }))
      .thenOpened(commandedInquiryId);
  });
});

describe('a closed inquiry', () => {
  const candidate = makeCandidate('closed after bpo');
  const reopenUntil = given('closed after bpo').inquiry.reopenUntil as Instant;

  it('is continued until its reopen period is over, and only linked after it', () => {
    givenKnown({ candidate })
      .when(makeMail(requester), reopenUntil)
      .thenContinued()
      .when(makeMail(requester), addSeconds(reopenUntil, 1))
      .thenOpened(commandedInquiryId);
  });

  it('records a machine’s mail however long it is closed', () => {
    givenKnown({ candidate })
      .when(makeMail(requester, { marks: machineMarks }), addSeconds(reopenUntil, 1))
      .thenRecorded();
  });
});

describe('a machine’s mail', () => {
  const machineMail = makeMail(stranger, { marks: machineMarks });
  const unlisted: MailDecision = {
    decision: 'quarantine',
    quarantine: {
      reason: 'unlisted-sender',
      detail: "a machine's first mail",
      tellSender: false,
    },
  };

  it('is recorded in the inquiry that it belongs to, whatever becomes of a first one', () => {
    const candidate = makeCandidate('waiting at bpo', 'message-id');
    for (const policy of ['open', 'quarantine'] as const) {
      givenKnown({ candidate }, policy).when(machineMail).thenRecorded();
    }
  });

  it('opens an inquiry, or is quarantined, as the policy says of a first one', () => {
    givenKnown({}, 'open').when(machineMail).thenOpened();
    givenKnown({}, 'quarantine').when(machineMail).thenDecided(unlisted);
  });

  it('is a first one too when its number is not believed', () => {
    const candidate = makeCandidate('queued at bpo', 'number');
    givenKnown({ candidate }, 'open').when(machineMail).thenOpened(commandedInquiryId);
    givenKnown({ candidate }, 'quarantine').when(machineMail).thenDecided(unlisted);
  });

  it('is the only mail that the policy for machines holds back', () => {
    givenKnown({}, 'quarantine').when(makeMail(stranger)).thenOpened();
  });

  it('opens an inquiry when a person vouches for it, which no policy is asked about', () => {
    const { decision } = decideThread(machineMail, undefined, undefined, secondsAfterStart(10));
    expect(decision).toBe('open');
  });
});

describe('our own mail that comes back', () => {
  const loop = makeMail(requester, { marks: loopMarks });

  it('is quarantined as a loop when it continues no inquiry, under any policy', () => {
    for (const policy of ['open', 'quarantine'] as const) {
      givenKnown({}, policy)
        .when(loop)
        .thenDecided({
          decision: 'quarantine',
          quarantine: {
            reason: 'loop',
            detail: 'our own mail came back, of no inquiry that it continues',
            tellSender: false,
          },
        });
    }
  });

  it('is recorded when it continues one', () => {
    givenKnown({ candidate: makeCandidate('queued at bpo') })
      .when(loop)
      .thenRecorded();
  });
});
