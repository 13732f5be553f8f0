import { describe, expect, it } from 'vitest';
import { commandsNow } from '../../../core/work/commands-now.ts';
import { later, type Name, people, type Situation, situations, terms } from './help-desk.ts';

/** What each may do in each situation; who is not named may do nothing. */
const allowed: Record<Situation, Record<Name, string>> = {
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
    a1: 'claim',
    a2: 'claim',
    b1: '',
    staff1: 'transfer resolve reply note withdraw amend merge',
    staff2: 'transfer resolve reply note withdraw amend merge',
    lead: 'claim transfer resolve reply note withdraw amend merge',
  },
  'claimed by a1': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'heartbeat release transfer wait resolve reply note',
    a2: '',
    b1: '',
    staff1: 'note withdraw amend merge',
    staff2: 'note withdraw amend merge',
    lead: 'release transfer wait resolve reply note withdraw amend merge',
  },
  'thanked while a1 has it': {
    requester: 'reply withdraw',
    colleague: 'reply',
    stranger: '',
    a1: 'heartbeat release transfer wait resolve no-reply-needed reply note',
    a2: '',
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
    a1: 'resume',
    a2: 'resume',
    b1: '',
    staff1: 'transfer resume resolve reply note withdraw amend merge',
    staff2: 'transfer resume resolve reply note withdraw amend merge',
    lead: 'transfer resume resolve reply note withdraw amend merge',
  },
  'resolved at bpo': {
    requester: 'reply reopen close rate',
    colleague: 'reply',
    stranger: '',
    a1: 'reopen',
    a2: 'reopen',
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
  for (const situation of Object.keys(allowed) as Situation[]) {
    it(`is known for everyone while it is ${situation}`, () => {
      const { loaded } = situations[situation]();
      const found = Object.entries(people).map(([name, actor]) => [
        name,
        commandsNow(loaded, actor, terms, later(10)).join(' '),
      ]);
      expect(Object.fromEntries(found)).toEqual(allowed[situation]);
    });
  }

  it('takes into account what time alone has changed', () => {
    const { loaded } = situations['claimed by a1']();
    expect(commandsNow(loaded, people.a1, terms, later(100))).toEqual(['claim']);
  });
});
