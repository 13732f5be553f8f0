import { describe, expect, it } from 'vitest';
import {
  bpo,
  bpoB,
  helpDeskActors,
  makeAdmittedEvent,
  makeAssignedEvent,
  makeReceivedEvent,
  makeRoutedEvent,
  mergeTarget,
  parseTokyoTime,
  quarantinedEvent,
  staffDesk,
} from '../../help-desk.ts';
import { given, givenUnder } from '../../inquiry-specification.ts';
import { logPhoneCall, makeMessageFrom } from './make-messages-and-calls.ts';
import { makeTerms } from './make-service-levels.ts';

const day = '2026-11-24';
const at = (time: string) => parseTokyoTime(`${day} ${time}`);
const hour = 3600;

/** Received at ten on a Tuesday, and a minute later at the vendor's desk. */
const atDesk = () =>
  given(makeReceivedEvent(at('10:00')), makeRoutedEvent(bpo, 'high', at('10:01')));
const claimed = () =>
  atDesk()
    .when('a1', { command: 'claim' }, at('10:05'))
    .withLeaseUntil(parseTokyoTime('2026-12-31 00:00'));
const answered = () => claimed().when('a1', { command: 'reply', fence: 1, text: '…' }, at('10:20'));
const written = () => answered().when('requester', { command: 'reply', text: '?' }, at('11:00'));
const reply = { command: 'reply', fence: 1, text: '…' } as const;
const resolve = { command: 'resolve', fence: 1 } as const;

describe('first_response', () => {
  it('starts when the inquiry was received, whatever the delay before we stored it', () => {
    const stored = at('10:45');
    given(makeReceivedEvent(stored, { receivedAt: at('10:00'), priority: 'high' })).thenClock(
      'first_response',
      { startedAt: at('10:00'), dueAt: at('11:00') },
    );
  });

  it('starts when a mail came that lay in quarantine for days, and is missed since then', () => {
    const scenario = given({ ...quarantinedEvent, at: parseTokyoTime('2026-11-17 10:00') });
    expect(scenario.inquiry.clocks).toEqual([]);
    scenario
      .whenEvents(
        makeAdmittedEvent(at('10:00'), {
          receivedAt: parseTokyoTime('2026-11-17 10:00'),
          priority: 'high',
        }),
      )
      .whenAlarmsFire(at('10:00'))
      .thenClock('first_response', {
        startedAt: parseTokyoTime('2026-11-17 10:00'),
        breachedAt: parseTokyoTime('2026-11-17 11:00'),
        detectedAt: at('10:00'),
      });
  });

  it('has one cycle ever: reopening starts none', () => {
    answered()
      .when('a1', resolve, at('11:00'))
      .when('requester', { command: 'reopen', reason: '…' }, at('13:00'))
      .thenClock('first_response', { verdict: 'met', endedAt: at('10:20'), cycle: 1 });
  });

  it('ends with the first public message by a person at a desk', () => {
    answered().thenClock('first_response', { verdict: 'met', endedAt: at('10:20') });
  });

  it('ends by resolving, also without a word', () => {
    claimed()
      .when('a1', { ...resolve, silent: true }, at('10:30'))
      .thenClock('first_response', { verdict: 'met' });
  });

  it('does not end by an automatic acknowledgement or an internal note', () => {
    const scenario = claimed().when('a1', { command: 'note', fence: 1, text: '…' }, at('10:10'));
    expect(scenario.notices.map(({ kind }) => kind)).toContain('acknowledgement');
    expect(scenario.runningClocks).toContain('first_response');
  });

  it('does not end by what the system posts', () => {
    const posted = answered()
      .eventsOf('ReplyPosted')
      .map((event) => ({ ...event, by: { kind: 'system', part: 'work' } as const }));
    expect(posted).toHaveLength(1);
    expect(claimed().whenEvents(...posted).runningClocks).toContain('first_response');
  });

  it('is cancelled when the inquiry is withdrawn without one', () => {
    atDesk()
      .when('requester', { command: 'withdraw' }, at('10:10'))
      .thenClock('first_response', { verdict: 'cancelled' });
  });

  it('never pauses', () => {
    claimed()
      .when('a1', { command: 'wait', fence: 1 }, at('10:30'))
      .thenClock('first_response', { dueAt: at('11:00'), pauses: [] });
  });
});

describe('next_response', () => {
  it('starts with a requester’s message while none is unanswered', () => {
    expect(answered().runningClocks).not.toContain('next_response');
    written().thenClock('next_response', {
      startedAt: at('11:00'),
      dueAt: at('14:00'),
    });
  });

  it('is not moved by further messages', () => {
    written()
      .when('requester', { command: 'reply', text: '?' }, at('11:30'))
      .thenClock('next_response', { startedAt: at('11:00'), cycle: 1 });
  });

  it('does not start while the inquiry itself is unanswered', () => {
    const scenario = claimed().when('requester', { command: 'reply', text: '?' }, at('10:10'));
    expect(scenario.runningClocks).not.toContain('next_response');
  });

  it('ends with the next public message by a person at a desk', () => {
    written()
      .when('a1', reply, at('11:40'))
      .thenClock('next_response', { verdict: 'met', endedAt: at('11:40') });
  });

  it('ends by resolving', () => {
    written().when('a1', resolve, at('11:40')).thenClock('next_response', {
      verdict: 'met',
    });
  });

  it('ends by an agent’s “no reply needed”, and starts again with the next message', () => {
    written()
      .when('a1', { command: 'no-reply-needed', fence: 1 }, at('11:05'))
      .thenClock('next_response', { verdict: 'met', endedAt: at('11:05') })
      .when('requester', { command: 'reply', text: '?' }, at('11:30'))
      .thenClock('next_response', { cycle: 2, startedAt: at('11:30') });
  });

  it('never pauses', () => {
    written()
      .when('a1', { command: 'wait', fence: 1 }, at('11:30'))
      .thenClock('next_response', { dueAt: at('14:00'), pauses: [] });
  });
});

describe('resolution', () => {
  it('starts when received', () => {
    given(makeReceivedEvent(at('10:00'))).thenClock('resolution', { startedAt: at('10:00') });
  });

  it('ends resolved, with the time it ran', () => {
    claimed()
      .when('a1', resolve, at('14:00'))
      .thenClock('resolution', { verdict: 'met', endedAt: at('14:00'), elapsed: 3 * hour });
  });

  it('is cancelled when withdrawn', () => {
    claimed()
      .when('requester', { command: 'withdraw' }, at('10:10'))
      .thenClock('resolution', { verdict: 'cancelled' });
  });

  it('pauses while waiting for the requester', () => {
    const scenario = claimed().when('a1', { command: 'wait', fence: 1 }, at('10:30'));
    scenario
      .thenClock('resolution', { dueAt: undefined })
      .when('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(scenario.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
    // Half an hour is used; seven and a half are left: half of them today until five.
    scenario.thenClock('resolution', { dueAt: parseTokyoTime('2026-11-25 12:00') });
  });

  it('runs on when nobody answers and the inquiry waits at its desk again', () => {
    const scenario = claimed().when('a1', { command: 'wait', fence: 1 }, at('10:30'));
    // Reminded after three days and after six, put back after nine.
    scenario.whenAlarmsFire(parseTokyoTime('2026-12-03 10:30'));
    expect(scenario.clock('resolution').pauses).toEqual([
      { from: at('10:30'), to: parseTokyoTime('2026-12-03 10:30') },
    ]);
    scenario.thenClock('resolution', { dueAt: parseTokyoTime('2026-12-04 11:00') });
  });

  it('pauses and runs on within one second, with nothing lost', () => {
    claimed()
      .when('a1', { command: 'wait', fence: 1 }, at('10:30'))
      .when('a1', { command: 'resume' }, at('10:30'))
      .thenClock('resolution', { dueAt: parseTokyoTime('2026-11-25 11:00') });
  });
});

describe('pickup', () => {
  it('starts on arrival at a desk from elsewhere, on that desk’s own calendar', () => {
    given(makeReceivedEvent(at('07:00')), makeRoutedEvent(bpo, 'high', at('07:30'))).thenClock(
      'pickup',
      { desk: 'bpo', startedAt: at('07:30'), dueAt: at('08:30') },
    );
    given(
      makeReceivedEvent(at('07:00')),
      makeRoutedEvent(staffDesk, 'high', at('07:30')),
    ).thenClock('pickup', { desk: 'staff', dueAt: at('09:30') });
  });

  it('starts a new cycle by reopening', () => {
    answered()
      .when('a1', resolve, at('11:00'))
      .when('requester', { command: 'reopen', reason: '…' }, at('13:00'))
      .thenClock('pickup', { cycle: 2, run: 1, startedAt: at('13:00') });
  });

  it('goes on when it waits again after a release, the time it was held not counted', () => {
    claimed()
      .when('a1', { command: 'release', fence: 1 }, at('10:45'))
      .thenClock('pickup', { cycle: 1, run: 2, startedAt: at('10:01') })
      // Four minutes were used before the claim; 26 are left.
      .thenClock('pickup', { dueAt: at('11:11') });
  });

  it('goes on when it waits again after a lost lease', () => {
    atDesk()
      .when('a1', { command: 'claim' }, at('10:05'))
      .whenAlarmsFire(at('10:06'))
      .thenEvents('LeaseLost')
      .thenClock('pickup', { run: 2, dueAt: at('10:32') });
  });

  it('goes on under the target of now when the priority was raised while it was held', () => {
    claimed()
      .when('lead', { command: 'amend', priority: 'critical' }, at('10:30'))
      .when('a1', { command: 'release', fence: 1 }, at('10:45'))
      // Six of the ten minutes are left.
      .thenClock('pickup', { dueAt: at('10:51') });
  });

  it('ends when it is claimed', () => {
    claimed().thenClock('pickup', { verdict: 'met', endedAt: at('10:05') });
  });

  it('ends when an assignment is accepted by the first command, and not by the offer', () => {
    const scenario = given(
      makeReceivedEvent(at('10:00')),
      makeRoutedEvent(staffDesk, 'high', at('10:01')),
    );
    scenario.whenEvents(makeAssignedEvent(helpDeskActors.staff1, at('10:02')));
    expect(scenario.runningClocks).toContain('pickup');
    scenario
      .when('staff1', { command: 'note', text: '…' }, at('10:12'))
      .thenClock('pickup', { verdict: 'met', endedAt: at('10:12') });
  });

  it('runs on when an assignment is declined or nobody answers it', () => {
    given(makeReceivedEvent(at('10:00')), makeRoutedEvent(staffDesk, 'high', at('10:01')))
      .whenEvents(makeAssignedEvent(helpDeskActors.staff1, at('10:02')))
      .when('staff1', { command: 'decline' }, at('10:03'))
      .thenClock('pickup', { run: 1, dueAt: at('10:31') })
      .whenEvents(makeAssignedEvent(helpDeskActors.staff2, at('10:05'), 2))
      .whenAlarmsFire(at('10:35'))
      .thenInquiry({ status: 'queued' })
      .thenClock('pickup', { run: 1, breachedAt: at('10:31') });
  });

  it('is moved when the inquiry moves away', () => {
    atDesk()
      .when('lead', { command: 'transfer', desk: bpoB }, at('10:10'))
      .thenVerdict('pickup', 1, {
        verdict: 'moved',
        judged: { desk: 'bpo' },
      })
      .thenClock('pickup', { cycle: 2, desk: 'bpo-b', startedAt: at('10:10') });
  });

  it('stays missed when the inquiry moves away after the deadline', () => {
    atDesk()
      .when('lead', { command: 'transfer', desk: bpoB }, at('10:32'))
      .thenVerdict('pickup', 1, {
        verdict: 'missed',
        breachedAt: at('10:31'),
        endedAt: at('10:32'),
        late: 60,
      });
  });

  it('never pauses: an inquiry that comes back from waiting has been picked up', () => {
    const scenario = claimed().when('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(scenario.runningClocks).not.toContain('pickup');
    scenario.when('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(scenario.runningClocks).not.toContain('pickup');
  });
});

describe('ownership', () => {
  it('starts on arrival at a desk, and anew when the inquiry moves on or comes back', () => {
    atDesk()
      .when('lead', { command: 'transfer', desk: bpoB }, at('11:00'))
      .when('lead', { command: 'transfer', desk: bpo }, at('13:00'))
      .thenClock('ownership', { cycle: 3, desk: 'bpo', startedAt: at('13:00') })
      .thenVerdict('ownership', 2, {
        verdict: 'moved',
        elapsed: 2 * hour,
        judged: { desk: 'bpo-b' },
      });
  });

  it('ends resolved', () => {
    claimed()
      .when('a1', resolve, at('14:00'))
      // The vendor has no lunch break.
      .thenClock('ownership', { verdict: 'met', elapsed: 3 * hour + 59 * 60 });
  });

  it('pauses while waiting for the requester', () => {
    claimed()
      .when('a1', { command: 'wait', fence: 1 }, at('10:30'))
      .thenClock('ownership', { dueAt: undefined })
      .when('requester', { command: 'reply', text: '!' }, at('11:30'))
      .thenClock('ownership', { dueAt: at('18:01') });
  });

  it('begins anew at the new desk when the inquiry is transferred while waiting', () => {
    const scenario = claimed().when('a1', { command: 'wait', fence: 1 }, at('10:30'));
    scenario
      .when('lead', { command: 'transfer', desk: bpoB }, at('11:30'))
      .thenVerdict('ownership', 1, { verdict: 'moved', elapsed: 29 * 60 })
      .thenClock('ownership', { cycle: 2, pauses: [], dueAt: at('18:30') });
    expect(scenario.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
  });
});

describe('no clock', () => {
  it('starts, stops or goes on because of a machine’s mail', () => {
    const scenario = answered().when('a1', { command: 'wait', fence: 1 }, at('10:30'));
    const { clocks } = scenario.inquiry;
    scenario.whenEvents(makeMessageFrom('machine', at('10:40')));
    expect(scenario.inquiry.clocks).toEqual(clocks);
    scenario.thenInquiry({ status: 'waiting' });
  });

  it('starts because of somebody who takes no part', () => {
    const scenario = answered().whenEvents(makeMessageFrom('stranger', at('10:40')));
    expect(scenario.runningClocks).not.toContain('next_response');
  });

  it('but resolution, pickup and ownership runs for what a machine opened', () => {
    const scenario = given(
      makeReceivedEvent(at('10:00'), { automated: true }),
      makeRoutedEvent(bpo, 'high', at('10:01')),
    );
    scenario
      .when('a1', { command: 'claim' }, at('10:02'))
      .when('requester', { command: 'reply', text: '?' }, at('10:02:30'));
    expect(scenario.inquiry.clocks.map(({ clock }) => clock)).toEqual([
      'resolution',
      'pickup',
      'ownership',
    ]);
  });

  it('is kept up by an inquiry that is merged: all are cancelled, and what was missed stays so', () => {
    const scenario = atDesk().when('lead', { command: 'merge', ...mergeTarget }, at('10:40'));
    expect(scenario.runningClocks).toEqual([]);
    scenario.thenClock('pickup', { verdict: 'missed' });
    for (const name of ['first_response', 'resolution', 'ownership'] as const) {
      scenario.thenClock(name, { verdict: 'cancelled', endedAt: at('10:40'), cycle: 1 });
    }
  });

  it('runs on an inquiry without a target: it is kept, judges nothing and leaves no record', () => {
    const scenario = givenUnder(
      makeTerms({ clocks: {} }),
      makeReceivedEvent(at('10:00')),
      makeRoutedEvent(bpo, 'high', at('10:01')),
    );
    scenario
      .when('a1', { command: 'claim' }, at('10:02'))
      .when('a1', { command: 'resolve', fence: 1 }, at('10:02:30'));
    expect(scenario.inquiry.clocks.every(({ dueAt, elapsed }) => !dueAt && !elapsed)).toBe(true);
    expect(scenario.verdicts).toEqual([]);
  });
});

describe('a phone log', () => {
  it('answered on the call meets first_response at the call’s start', () => {
    const scenario = logPhoneCall({ outcome: 'answered', start: at('10:00'), end: at('10:10') });
    scenario.thenClock('first_response', {
      verdict: 'met',
      startedAt: at('10:00'),
      endedAt: at('10:00'),
      elapsed: 0,
    });
    expect(scenario.runningClocks).toEqual(['resolution']);
  });

  it('resolved on the call meets resolution at its end, and has no clock of a desk', () => {
    const scenario = logPhoneCall({ outcome: 'resolved', start: at('10:00'), end: at('10:10') });
    scenario.thenClock('resolution', {
      verdict: 'met',
      endedAt: at('10:10'),
      recordedAt: at('10:15'),
      elapsed: 600,
    });
    expect(scenario.inquiry.clocks.map(({ clock }) => clock)).toEqual([
      'resolution',
      'first_response',
    ]);
  });

  it('of a call longer than the target records the miss with its end', () => {
    logPhoneCall({
      ...{ outcome: 'resolved', priority: 'critical' },
      ...{ start: at('09:00'), end: at('14:30'), entered: at('15:00') },
    }).thenClock('resolution', {
      ...{ verdict: 'missed', breachedAt: at('14:00'), detectedAt: at('15:00') },
      ...{ elapsed: 4.5 * hour, elapsedAtBreach: 4 * hour },
    });
  });

  it('that was left open runs from the call’s start', () => {
    const scenario = logPhoneCall({ outcome: 'open', start: at('10:00'), end: at('10:10') });
    expect(scenario.runningClocks).toEqual(['resolution', 'first_response']);
    scenario.thenClock('first_response', { dueAt: at('15:00') });
  });

  it('entered more than 24 h after the call counts and notifies nobody', () => {
    const scenario = logPhoneCall({
      ...{ outcome: 'open', priority: 'critical' },
      ...{
        start: parseTokyoTime('2026-11-19 10:00'),
        end: parseTokyoTime('2026-11-19 10:10'),
        entered: at('10:00'),
      },
    }).whenEvents(makeRoutedEvent(bpo, 'critical', at('10:01')));
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-30 10:00')).thenVerdict('first_response', 1, {
      breachedAt: parseTokyoTime('2026-11-19 10:15'),
    });
    expect(scenario.eventsOf('EscalationStepped')).toEqual([]);
    expect(scenario.notices).toEqual([]);
  });
});
