import { describe, expect, it } from 'vitest';
import type { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { bpo, bpoB, receivedEvent, staffDesk } from '../../work/command-scenario.ts';
import { InquiryScenario, parseTokyoTime } from './inquiry-scenario.ts';
import { logPhoneCall, makeMessageFrom } from './make-happenings.ts';

const day = '2026-11-24';
const at = (time: string) => parseTokyoTime(`${day} ${time}`);
const hour = 3600;

/** Received at ten on a Tuesday, and a minute later at the vendor's desk. */
const atDesk = () => InquiryScenario.receive(at('10:00')).route(bpo, 'high', at('10:01'));
const claimed = () =>
  atDesk()
    .performCommand('a1', { command: 'claim' }, at('10:05'))
    .prolongLease(parseTokyoTime('2026-12-31 00:00'));
const answered = () =>
  claimed().performCommand('a1', { command: 'reply', fence: 1, text: '…' }, at('10:20'));
const written = () =>
  answered().performCommand('requester', { command: 'reply', text: '?' }, at('11:00'));
const reply = { command: 'reply', fence: 1, text: '…' } as const;
const resolve = { command: 'resolve', fence: 1 } as const;

function outcome(scenario: InquiryScenario, name: ClockName) {
  const { verdict, endedAt, cycle } = scenario.clock(name);
  return { verdict, endedAt, cycle };
}

describe('first_response', () => {
  it('starts when the inquiry was received, whatever the delay before we stored it', () => {
    const stored = at('10:45');
    const late = { ...receivedEvent, at: stored } as typeof receivedEvent & {
      type: 'InquiryReceived';
    };
    const scenario = InquiryScenario.open(
      [{ ...late, received: { ...late.received, receivedAt: at('10:00'), priority: 'high' } }],
      stored,
    );
    expect(scenario.clock('first_response')).toMatchObject({
      startedAt: at('10:00'),
      dueAt: at('11:00'),
    });
  });

  it('starts when a mail came that lay in quarantine for days, and is missed since then', () => {
    const scenario = InquiryScenario.quarantine(parseTokyoTime('2026-11-17 10:00'));
    expect(scenario.inquiry.clocks).toEqual([]);
    scenario.admit(at('10:00'), {
      receivedAt: parseTokyoTime('2026-11-17 10:00'),
      priority: 'high',
    });
    scenario.fireAlarms(at('10:00'));
    expect(scenario.clock('first_response')).toMatchObject({
      startedAt: parseTokyoTime('2026-11-17 10:00'),
      breachedAt: parseTokyoTime('2026-11-17 11:00'),
      detectedAt: at('10:00'),
    });
  });

  it('has one cycle ever: reopening starts none', () => {
    const scenario = answered().performCommand('a1', resolve, at('11:00'));
    scenario.performCommand('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(outcome(scenario, 'first_response')).toEqual({
      ...{ verdict: 'met', endedAt: at('10:20'), cycle: 1 },
    });
  });

  it('ends with the first public message by a person at a desk', () => {
    expect(outcome(answered(), 'first_response')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('10:20') },
    });
  });

  it('ends by resolving, also without a word', () => {
    const scenario = claimed().performCommand('a1', { ...resolve, silent: true }, at('10:30'));
    expect(outcome(scenario, 'first_response')).toMatchObject({ verdict: 'met' });
  });

  it('does not end by an automatic acknowledgement or an internal note', () => {
    const scenario = claimed().performCommand(
      'a1',
      { command: 'note', fence: 1, text: '…' },
      at('10:10'),
    );
    expect(scenario.notices.map(({ kind }) => kind)).toContain('acknowledgement');
    expect(scenario.runningClocks).toContain('first_response');
  });

  it('does not end by what the system posts', () => {
    const scenario = answered();
    const posted = scenario.eventsOf('ReplyPosted').map((event) => ({
      ...event,
      by: { kind: 'system', part: 'work' } as const,
    }));
    const other = claimed().append(at('10:20'), ...posted);
    expect(other.runningClocks).toContain('first_response');
  });

  it('is cancelled when the inquiry is withdrawn without one', () => {
    const scenario = atDesk().performCommand('requester', { command: 'withdraw' }, at('10:10'));
    expect(outcome(scenario, 'first_response')).toMatchObject({ verdict: 'cancelled' });
  });

  it('never pauses', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(scenario.clock('first_response')).toMatchObject({ dueAt: at('11:00'), pauses: [] });
  });
});

describe('next_response', () => {
  it('starts with a requester’s message while none is unanswered', () => {
    expect(answered().runningClocks).not.toContain('next_response');
    expect(written().clock('next_response')).toMatchObject({
      startedAt: at('11:00'),
      dueAt: at('14:00'),
    });
  });

  it('is not moved by further messages', () => {
    const scenario = written().performCommand(
      'requester',
      { command: 'reply', text: '?' },
      at('11:30'),
    );
    expect(scenario.clock('next_response')).toMatchObject({ startedAt: at('11:00'), cycle: 1 });
  });

  it('does not start while the inquiry itself is unanswered', () => {
    const scenario = claimed().performCommand(
      'requester',
      { command: 'reply', text: '?' },
      at('10:10'),
    );
    expect(scenario.runningClocks).not.toContain('next_response');
  });

  it('ends with the next public message by a person at a desk', () => {
    const scenario = written().performCommand('a1', reply, at('11:40'));
    expect(outcome(scenario, 'next_response')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('11:40') },
    });
  });

  it('ends by resolving', () => {
    expect(
      outcome(written().performCommand('a1', resolve, at('11:40')), 'next_response'),
    ).toMatchObject({
      verdict: 'met',
    });
  });

  it('ends by an agent’s “no reply needed”, and starts again with the next message', () => {
    const scenario = written().performCommand(
      'a1',
      { command: 'no-reply-needed', fence: 1 },
      at('11:05'),
    );
    expect(outcome(scenario, 'next_response')).toMatchObject({
      verdict: 'met',
      endedAt: at('11:05'),
    });
    scenario.performCommand('requester', { command: 'reply', text: '?' }, at('11:30'));
    expect(scenario.clock('next_response')).toMatchObject({ cycle: 2, startedAt: at('11:30') });
  });

  it('never pauses', () => {
    const scenario = written().performCommand('a1', { command: 'wait', fence: 1 }, at('11:30'));
    expect(scenario.clock('next_response')).toMatchObject({ dueAt: at('14:00'), pauses: [] });
  });
});

describe('resolution', () => {
  it('starts when received', () => {
    expect(InquiryScenario.receive(at('10:00')).clock('resolution').startedAt).toBe(at('10:00'));
  });

  it('ends resolved, with the time it ran', () => {
    const scenario = claimed().performCommand('a1', resolve, at('14:00'));
    expect(scenario.clock('resolution')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('14:00'), elapsed: 3 * hour },
    });
  });

  it('is cancelled when withdrawn', () => {
    const scenario = claimed().performCommand('requester', { command: 'withdraw' }, at('10:10'));
    expect(outcome(scenario, 'resolution')).toMatchObject({ verdict: 'cancelled' });
  });

  it('pauses while waiting for the requester', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(scenario.clock('resolution')).not.toHaveProperty('dueAt');
    scenario.performCommand('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(scenario.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
    // Half an hour is used; seven and a half are left: half of them today until five.
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-11-25 12:00'));
  });

  it('runs on when nobody answers and the inquiry waits at its desk again', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    // Reminded after three days and after six, put back after nine.
    scenario.fireAlarms(parseTokyoTime('2026-12-03 10:30'));
    expect(scenario.clock('resolution').pauses).toEqual([
      { from: at('10:30'), to: parseTokyoTime('2026-12-03 10:30') },
    ]);
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-12-04 11:00'));
  });

  it('pauses and runs on within one second, with nothing lost', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    scenario.performCommand('a1', { command: 'resume' }, at('10:30'));
    expect(scenario.clock('resolution').dueAt).toBe(parseTokyoTime('2026-11-25 11:00'));
  });
});

describe('pickup', () => {
  it('starts on arrival at a desk from elsewhere, on that desk’s own calendar', () => {
    const early = InquiryScenario.receive(at('07:00')).route(bpo, 'high', at('07:30'));
    expect(early.clock('pickup')).toMatchObject({
      ...{ desk: 'bpo', startedAt: at('07:30'), dueAt: at('08:30') },
    });
    const internal = InquiryScenario.receive(at('07:00')).route(staffDesk, 'high', at('07:30'));
    expect(internal.clock('pickup')).toMatchObject({ desk: 'staff', dueAt: at('09:30') });
  });

  it('starts a new cycle by reopening', () => {
    const scenario = answered().performCommand('a1', resolve, at('11:00'));
    scenario.performCommand('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(scenario.clock('pickup')).toMatchObject({ cycle: 2, run: 1, startedAt: at('13:00') });
  });

  it('goes on when it waits again after a release, the time it was held not counted', () => {
    const scenario = claimed().performCommand('a1', { command: 'release', fence: 1 }, at('10:45'));
    expect(scenario.clock('pickup')).toMatchObject({ cycle: 1, run: 2, startedAt: at('10:01') });
    // Four minutes were used before the claim; 26 are left.
    expect(scenario.clock('pickup').dueAt).toBe(at('11:11'));
  });

  it('goes on when it waits again after a lost lease', () => {
    const scenario = atDesk().performCommand('a1', { command: 'claim' }, at('10:05'));
    expect(scenario.fireAlarms(at('10:06'))).toEqual(['LeaseLost']);
    expect(scenario.clock('pickup')).toMatchObject({ run: 2, dueAt: at('10:32') });
  });

  it('goes on under the target of now when the priority was raised while it was held', () => {
    const scenario = claimed().performCommand(
      'lead',
      { command: 'amend', priority: 'critical' },
      at('10:30'),
    );
    scenario.performCommand('a1', { command: 'release', fence: 1 }, at('10:45'));
    // Six of the ten minutes are left.
    expect(scenario.clock('pickup').dueAt).toBe(at('10:51'));
  });

  it('ends when it is claimed', () => {
    expect(outcome(claimed(), 'pickup')).toMatchObject({ verdict: 'met', endedAt: at('10:05') });
  });

  it('ends when an assignment is accepted by the first command, and not by the offer', () => {
    const scenario = InquiryScenario.receive(at('10:00')).route(staffDesk, 'high', at('10:01'));
    scenario.assign('staff1', at('10:02'));
    expect(scenario.runningClocks).toContain('pickup');
    scenario.performCommand('staff1', { command: 'note', text: '…' }, at('10:12'));
    expect(outcome(scenario, 'pickup')).toMatchObject({ verdict: 'met', endedAt: at('10:12') });
  });

  it('runs on when an assignment is declined or nobody answers it', () => {
    const scenario = InquiryScenario.receive(at('10:00')).route(staffDesk, 'high', at('10:01'));
    scenario
      .assign('staff1', at('10:02'))
      .performCommand('staff1', { command: 'decline' }, at('10:03'));
    expect(scenario.clock('pickup')).toMatchObject({ run: 1, dueAt: at('10:31') });
    scenario.assign('staff2', at('10:05')).fireAlarms(at('10:35'));
    expect(scenario.inquiry.status).toBe('queued');
    expect(scenario.clock('pickup')).toMatchObject({ run: 1, breachedAt: at('10:31') });
  });

  it('is moved when the inquiry moves away', () => {
    const scenario = atDesk().performCommand(
      'lead',
      { command: 'transfer', desk: bpoB },
      at('10:10'),
    );
    expect(scenario.verdictOf('pickup', 1)).toMatchObject({
      verdict: 'moved',
      judged: { desk: 'bpo' },
    });
    expect(scenario.clock('pickup')).toMatchObject({
      cycle: 2,
      desk: 'bpo-b',
      startedAt: at('10:10'),
    });
  });

  it('stays missed when the inquiry moves away after the deadline', () => {
    const scenario = atDesk().performCommand(
      'lead',
      { command: 'transfer', desk: bpoB },
      at('10:32'),
    );
    expect(scenario.verdictOf('pickup', 1)).toMatchObject({
      ...{ verdict: 'missed', breachedAt: at('10:31'), endedAt: at('10:32'), late: 60 },
    });
  });

  it('never pauses: an inquiry that comes back from waiting has been picked up', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(scenario.runningClocks).not.toContain('pickup');
    scenario.performCommand('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(scenario.runningClocks).not.toContain('pickup');
  });
});

describe('ownership', () => {
  it('starts on arrival at a desk, and anew when the inquiry moves on or comes back', () => {
    const scenario = atDesk().performCommand(
      'lead',
      { command: 'transfer', desk: bpoB },
      at('11:00'),
    );
    scenario.performCommand('lead', { command: 'transfer', desk: bpo }, at('13:00'));
    expect(scenario.clock('ownership')).toMatchObject({
      cycle: 3,
      desk: 'bpo',
      startedAt: at('13:00'),
    });
    expect(scenario.verdictOf('ownership', 2)).toMatchObject({
      ...{ verdict: 'moved', elapsed: 2 * hour, judged: { desk: 'bpo-b' } },
    });
  });

  it('ends resolved', () => {
    const scenario = claimed().performCommand('a1', resolve, at('14:00'));
    // The vendor has no lunch break.
    expect(scenario.clock('ownership')).toMatchObject({
      ...{ verdict: 'met', elapsed: 3 * hour + 59 * 60 },
    });
  });

  it('pauses while waiting for the requester', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(scenario.clock('ownership')).not.toHaveProperty('dueAt');
    scenario.performCommand('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(scenario.clock('ownership').dueAt).toBe(at('18:01'));
  });

  it('begins anew at the new desk when the inquiry is transferred while waiting', () => {
    const scenario = claimed().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    scenario.performCommand('lead', { command: 'transfer', desk: bpoB }, at('11:30'));
    expect(scenario.verdictOf('ownership', 1)).toMatchObject({
      verdict: 'moved',
      elapsed: 29 * 60,
    });
    expect(scenario.clock('ownership')).toMatchObject({ cycle: 2, pauses: [], dueAt: at('18:30') });
    expect(scenario.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
  });
});

describe('no clock', () => {
  it('starts, stops or goes on because of a machine’s mail', () => {
    const scenario = answered().performCommand('a1', { command: 'wait', fence: 1 }, at('10:30'));
    const { clocks } = scenario.inquiry;
    scenario.append(at('10:40'), makeMessageFrom('machine', at('10:40')));
    expect(scenario.inquiry.clocks).toEqual(clocks);
    expect(scenario.inquiry.status).toBe('waiting');
  });

  it('starts because of somebody who takes no part', () => {
    const scenario = answered().append(at('10:40'), makeMessageFrom('stranger', at('10:40')));
    expect(scenario.runningClocks).not.toContain('next_response');
  });

  it('but resolution, pickup and ownership runs for what a machine opened', () => {
    const scenario = InquiryScenario.receive(at('10:00'), { automated: true }).route(
      bpo,
      'high',
      at('10:01'),
    );
    scenario.performCommand('a1', { command: 'claim' }, at('10:02'));
    scenario.performCommand('requester', { command: 'reply', text: '?' }, at('10:02:30'));
    expect(scenario.inquiry.clocks.map(({ clock }) => clock)).toEqual([
      'resolution',
      'pickup',
      'ownership',
    ]);
  });

  it('is kept up by an inquiry that is merged: all are cancelled, and what was missed stays so', () => {
    const scenario = atDesk().merge(at('10:40'));
    expect(scenario.runningClocks).toEqual([]);
    expect(outcome(scenario, 'pickup').verdict).toBe('missed');
    for (const name of ['first_response', 'resolution', 'ownership'] as const) {
      expect(outcome(scenario, name)).toEqual({
        verdict: 'cancelled',
        endedAt: at('10:40'),
        cycle: 1,
      });
    }
  });

  it('runs on an inquiry without a target: it is kept, judges nothing and leaves no record', () => {
    const scenario = InquiryScenario.withoutTargets(at('10:00')).route(bpo, 'high', at('10:01'));
    scenario.performCommand('a1', { command: 'claim' }, at('10:02'));
    scenario.performCommand('a1', { command: 'resolve', fence: 1 }, at('10:02:30'));
    expect(scenario.inquiry.clocks.every(({ dueAt, elapsed }) => !dueAt && !elapsed)).toBe(true);
    expect(scenario.verdicts).toEqual([]);
  });
});

describe('a phone log', () => {
  it('answered on the call meets first_response at the call’s start', () => {
    const scenario = logPhoneCall({ outcome: 'answered', start: at('10:00'), end: at('10:10') });
    expect(scenario.clock('first_response')).toMatchObject({
      ...{ verdict: 'met', startedAt: at('10:00'), endedAt: at('10:00'), elapsed: 0 },
    });
    expect(scenario.runningClocks).toEqual(['resolution']);
  });

  it('resolved on the call meets resolution at its end, and has no clock of a desk', () => {
    const scenario = logPhoneCall({ outcome: 'resolved', start: at('10:00'), end: at('10:10') });
    expect(scenario.clock('resolution')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('10:10'), recordedAt: at('10:15'), elapsed: 600 },
    });
    expect(scenario.inquiry.clocks.map(({ clock }) => clock)).toEqual([
      'resolution',
      'first_response',
    ]);
  });

  it('of a call longer than the target records the miss with its end', () => {
    const scenario = logPhoneCall({
      ...{ outcome: 'resolved', priority: 'critical' },
      ...{ start: at('09:00'), end: at('14:30'), entered: at('15:00') },
    });
    expect(scenario.clock('resolution')).toMatchObject({
      ...{ verdict: 'missed', breachedAt: at('14:00'), detectedAt: at('15:00') },
      ...{ elapsed: 4.5 * hour, elapsedAtBreach: 4 * hour },
    });
  });

  it('that was left open runs from the call’s start', () => {
    const scenario = logPhoneCall({ outcome: 'open', start: at('10:00'), end: at('10:10') });
    expect(scenario.runningClocks).toEqual(['resolution', 'first_response']);
    expect(scenario.clock('first_response').dueAt).toBe(at('15:00'));
  });

  it('entered more than 24 h after the call counts and notifies nobody', () => {
    const scenario = logPhoneCall({
      ...{ outcome: 'open', priority: 'critical' },
      ...{
        start: parseTokyoTime('2026-11-19 10:00'),
        end: parseTokyoTime('2026-11-19 10:10'),
        entered: at('10:00'),
      },
    }).route(bpo, 'critical', at('10:01'));
    scenario.fireAlarms(parseTokyoTime('2026-11-30 10:00'));
    expect(scenario.verdictOf('first_response', 1)).toMatchObject({
      breachedAt: parseTokyoTime('2026-11-19 10:15'),
    });
    expect(scenario.eventsOf('EscalationStepped')).toEqual([]);
    expect(scenario.notices).toEqual([]);
  });
});
