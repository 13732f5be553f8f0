import { describe, expect, it } from 'vitest';
import { listAllowedCommands } from '../../../../core/work/decide/list-allowed-commands.ts';
import {
  type ActorName,
  deskListTerms,
  helpDeskActors,
  secondsAfterStart,
} from '../../help-desk.ts';
import type { InquirySituation } from '../../inquiry-situations.ts';
import { given } from '../../inquiry-specification.ts';

/** The commands that everybody may give in each situation. */
const allowed: Record<InquirySituation, Record<ActorName, string>> = {
  new: {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: 'transfer resolve reply note withdraw amend merge',
    staff2: 'transfer resolve reply note withdraw amend merge',
    lead: 'transfer resolve reply note withdraw amend merge',
  },
  'queued at bpo': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'claim ask-unmasking',
    a2: 'claim ask-unmasking',
    b1: '',
    staff1: 'transfer resolve reply note withdraw amend merge',
    staff2: 'transfer resolve reply note withdraw amend merge',
    lead: 'claim transfer resolve reply note withdraw amend merge',
  },
  'claimed by a1': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'heartbeat release transfer wait resolve reply note ask-unmasking',
    a2: 'ask-unmasking',
    b1: '',
    staff1: 'note withdraw amend merge',
    staff2: 'note withdraw amend merge',
    lead: 'release transfer wait resolve reply note withdraw amend merge',
  },
  'thanked while a1 has it': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'heartbeat release transfer wait resolve no-reply-needed reply note ask-unmasking',
    a2: 'ask-unmasking',
    b1: '',
    staff1: 'note withdraw amend merge',
    staff2: 'note withdraw amend merge',
    lead: 'release transfer wait resolve no-reply-needed reply note withdraw amend merge',
  },
  'offered to staff1': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: 'heartbeat release decline transfer wait resolve reply note withdraw amend merge',
    staff2: 'note withdraw amend merge',
    lead: 'release transfer wait resolve reply note withdraw amend merge',
  },
  'accepted by staff1': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: 'heartbeat release transfer wait resolve reply note withdraw amend merge',
    staff2: 'note withdraw amend merge',
    lead: 'release transfer wait resolve reply note withdraw amend merge',
  },
  'waiting at bpo': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'resume ask-unmasking',
    a2: 'resume ask-unmasking',
    b1: '',
    staff1: 'transfer resume resolve reply note withdraw amend merge',
    staff2: 'transfer resume resolve reply note withdraw amend merge',
    lead: 'transfer resume resolve reply note withdraw amend merge',
  },
  'resolved at bpo': {
    requester: 'reply reopen close rate',
    colleague: 'reply',
    stranger: '',
    a1: 'reopen ask-unmasking',
    a2: 'reopen ask-unmasking',
    b1: '',
    staff1: 'reply note reopen close amend merge',
    staff2: 'reply note reopen close amend merge',
    lead: 'reply note reopen close amend merge',
  },
  'closed after bpo': {
    requester: 'reply reopen rate',
    colleague: 'reply',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: 'note reopen',
    staff2: 'note reopen',
    lead: 'note reopen',
  },
  withdrawn: {
    requester: '',
    colleague: '',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: 'note reopen',
    staff2: 'note reopen',
    lead: 'note reopen',
  },
  quarantined: {
    requester: '',
    colleague: '',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: '',
    staff2: '',
    lead: 'merge',
  },
  merged: {
    requester: '',
    colleague: '',
    stranger: '',
    a1: '',
    a2: '',
    b1: '',
    staff1: '',
    staff2: '',
    lead: '',
  },
};

describe('what somebody may do with an inquiry now', () => {
  for (const situation of Object.keys(allowed) as InquirySituation[]) {
    it(`is known for everyone while it is ${situation}`, () => {
      const { loaded } = given(situation);
      const found = Object.entries(helpDeskActors).map(([name, actor]) => [
        name,
        listAllowedCommands(loaded, actor, deskListTerms, secondsAfterStart(10)).join(' '),
      ]);
      expect(Object.fromEntries(found)).toEqual(allowed[situation]);
    });
  }

  it('includes deciding a vendor’s unmasking request, for the office, while it is open', () => {
    const asked = given('claimed by a1').when(
      'a1',
      { command: 'ask-unmasking', of: 'requester', kinds: ['phone'], reason: '折り返しのため' },
      secondsAfterStart(8),
    );
    const ofStaff = () =>
      listAllowedCommands(
        asked.loaded,
        helpDeskActors.staff1,
        deskListTerms,
        secondsAfterStart(10),
      );
    expect(ofStaff()).toContain('settle-unmasking');
    const unmasking = asked.inquiry.unmaskings?.[0]?.id ?? '';
    asked.when(
      'staff2',
      { command: 'settle-unmasking', unmasking, outcome: 'refused' },
      secondsAfterStart(9),
    );
    expect(ofStaff()).not.toContain('settle-unmasking');
  });

  it('takes into account what time alone has changed', () => {
    const { loaded } = given('claimed by a1');
    expect(
      listAllowedCommands(loaded, helpDeskActors.a1, deskListTerms, secondsAfterStart(100)),
    ).toEqual(['claim', 'ask-unmasking']);
  });
});
