import { describe, expect, it } from 'vitest';
import type { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { bpo, bpoB, received, staffDesk } from '../../work/command-scenario.ts';
import { CaseFile, tokyo } from './inquiry-scenario.ts';
import { messageFrom, phoneCall } from './make-happenings.ts';

const day = '2026-11-24';
const at = (time: string) => tokyo(`${day} ${time}`);
const hour = 3600;

/** Received at ten on a Tuesday, and a minute later at the vendor's desk. */
const atDesk = () => CaseFile.received(at('10:00')).route(bpo, 'high', at('10:01'));
const claimed = () =>
  atDesk().must('a1', { command: 'claim' }, at('10:05')).keepLease(tokyo('2026-12-31 00:00'));
const answered = () => claimed().must('a1', { command: 'reply', fence: 1, text: '…' }, at('10:20'));
const written = () => answered().must('requester', { command: 'reply', text: '?' }, at('11:00'));
const reply = { command: 'reply', fence: 1, text: '…' } as const;
const resolve = { command: 'resolve', fence: 1 } as const;

function outcome(file: CaseFile, name: ClockName) {
  const { verdict, endedAt, cycle } = file.clock(name);
  return { verdict, endedAt, cycle };
}

describe('first_response', () => {
  it('starts when the inquiry was received, whatever the delay before we stored it', () => {
    const stored = at('10:45');
    const late = { ...received, at: stored } as typeof received & { type: 'InquiryReceived' };
    const file = CaseFile.opened(
      [{ ...late, received: { ...late.received, receivedAt: at('10:00'), priority: 'high' } }],
      stored,
    );
    expect(file.clock('first_response')).toMatchObject({
      startedAt: at('10:00'),
      dueAt: at('11:00'),
    });
  });

  it('starts when a mail came that lay in quarantine for days, and is missed since then', () => {
    const file = CaseFile.quarantined(tokyo('2026-11-17 10:00'));
    expect(file.inquiry.clocks).toEqual([]);
    file.admit(at('10:00'), { receivedAt: tokyo('2026-11-17 10:00'), priority: 'high' });
    file.ring(at('10:00'));
    expect(file.clock('first_response')).toMatchObject({
      startedAt: tokyo('2026-11-17 10:00'),
      breachedAt: tokyo('2026-11-17 11:00'),
      detectedAt: at('10:00'),
    });
  });

  it('has one cycle ever: reopening starts none', () => {
    const file = answered().must('a1', resolve, at('11:00'));
    file.must('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(outcome(file, 'first_response')).toEqual({
      ...{ verdict: 'met', endedAt: at('10:20'), cycle: 1 },
    });
  });

  it('ends with the first public message by a person at a desk', () => {
    expect(outcome(answered(), 'first_response')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('10:20') },
    });
  });

  it('ends by resolving, also without a word', () => {
    const file = claimed().must('a1', { ...resolve, silent: true }, at('10:30'));
    expect(outcome(file, 'first_response')).toMatchObject({ verdict: 'met' });
  });

  it('does not end by an automatic acknowledgement or an internal note', () => {
    const file = claimed().must('a1', { command: 'note', fence: 1, text: '…' }, at('10:10'));
    expect(file.notices.map(({ kind }) => kind)).toContain('acknowledgement');
    expect(file.running).toContain('first_response');
  });

  it('does not end by what the system posts', () => {
    const file = answered();
    const posted = file.all('ReplyPosted').map((event) => ({
      ...event,
      by: { kind: 'system', part: 'work' } as const,
    }));
    const other = claimed().add(at('10:20'), ...posted);
    expect(other.running).toContain('first_response');
  });

  it('is cancelled when the inquiry is withdrawn without one', () => {
    const file = atDesk().must('requester', { command: 'withdraw' }, at('10:10'));
    expect(outcome(file, 'first_response')).toMatchObject({ verdict: 'cancelled' });
  });

  it('never pauses', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(file.clock('first_response')).toMatchObject({ dueAt: at('11:00'), pauses: [] });
  });
});

describe('next_response', () => {
  it('starts with a requester’s message while none is unanswered', () => {
    expect(answered().running).not.toContain('next_response');
    expect(written().clock('next_response')).toMatchObject({
      startedAt: at('11:00'),
      dueAt: at('14:00'),
    });
  });

  it('is not moved by further messages', () => {
    const file = written().must('requester', { command: 'reply', text: '?' }, at('11:30'));
    expect(file.clock('next_response')).toMatchObject({ startedAt: at('11:00'), cycle: 1 });
  });

  it('does not start while the inquiry itself is unanswered', () => {
    const file = claimed().must('requester', { command: 'reply', text: '?' }, at('10:10'));
    expect(file.running).not.toContain('next_response');
  });

  it('ends with the next public message by a person at a desk', () => {
    const file = written().must('a1', reply, at('11:40'));
    expect(outcome(file, 'next_response')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('11:40') },
    });
  });

  it('ends by resolving', () => {
    expect(outcome(written().must('a1', resolve, at('11:40')), 'next_response')).toMatchObject({
      verdict: 'met',
    });
  });

  it('ends by an agent’s “no reply needed”, and starts again with the next message', () => {
    const file = written().must('a1', { command: 'no-reply-needed', fence: 1 }, at('11:05'));
    expect(outcome(file, 'next_response')).toMatchObject({ verdict: 'met', endedAt: at('11:05') });
    file.must('requester', { command: 'reply', text: '?' }, at('11:30'));
    expect(file.clock('next_response')).toMatchObject({ cycle: 2, startedAt: at('11:30') });
  });

  it('never pauses', () => {
    const file = written().must('a1', { command: 'wait', fence: 1 }, at('11:30'));
    expect(file.clock('next_response')).toMatchObject({ dueAt: at('14:00'), pauses: [] });
  });
});

describe('resolution', () => {
  it('starts when received', () => {
    expect(CaseFile.received(at('10:00')).clock('resolution').startedAt).toBe(at('10:00'));
  });

  it('ends resolved, with the time it ran', () => {
    const file = claimed().must('a1', resolve, at('14:00'));
    expect(file.clock('resolution')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('14:00'), elapsed: 3 * hour },
    });
  });

  it('is cancelled when withdrawn', () => {
    const file = claimed().must('requester', { command: 'withdraw' }, at('10:10'));
    expect(outcome(file, 'resolution')).toMatchObject({ verdict: 'cancelled' });
  });

  it('pauses while waiting for the requester', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(file.clock('resolution')).not.toHaveProperty('dueAt');
    file.must('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(file.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
    // Half an hour is used; seven and a half are left: half of them today until five.
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-11-25 12:00'));
  });

  it('runs on when nobody answers and the inquiry waits at its desk again', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    // Reminded after three days and after six, put back after nine.
    file.ring(tokyo('2026-12-03 10:30'));
    expect(file.clock('resolution').pauses).toEqual([
      { from: at('10:30'), to: tokyo('2026-12-03 10:30') },
    ]);
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-12-04 11:00'));
  });

  it('pauses and runs on within one second, with nothing lost', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    file.must('a1', { command: 'resume' }, at('10:30'));
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-11-25 11:00'));
  });
});

describe('pickup', () => {
  it('starts on arrival at a desk from elsewhere, on that desk’s own calendar', () => {
    const early = CaseFile.received(at('07:00')).route(bpo, 'high', at('07:30'));
    expect(early.clock('pickup')).toMatchObject({
      ...{ desk: 'bpo', startedAt: at('07:30'), dueAt: at('08:30') },
    });
    const internal = CaseFile.received(at('07:00')).route(staffDesk, 'high', at('07:30'));
    expect(internal.clock('pickup')).toMatchObject({ desk: 'staff', dueAt: at('09:30') });
  });

  it('starts a new cycle by reopening', () => {
    const file = answered().must('a1', resolve, at('11:00'));
    file.must('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(file.clock('pickup')).toMatchObject({ cycle: 2, run: 1, startedAt: at('13:00') });
  });

  it('goes on when it waits again after a release, the time it was held not counted', () => {
    const file = claimed().must('a1', { command: 'release', fence: 1 }, at('10:45'));
    expect(file.clock('pickup')).toMatchObject({ cycle: 1, run: 2, startedAt: at('10:01') });
    // Four minutes were used before the claim; 26 are left.
    expect(file.clock('pickup').dueAt).toBe(at('11:11'));
  });

  it('goes on when it waits again after a lost lease', () => {
    const file = atDesk().must('a1', { command: 'claim' }, at('10:05'));
    expect(file.ring(at('10:06'))).toEqual(['LeaseLost']);
    expect(file.clock('pickup')).toMatchObject({ run: 2, dueAt: at('10:32') });
  });

  it('goes on under the target of now when the priority was raised while it was held', () => {
    const file = claimed().must('lead', { command: 'amend', priority: 'critical' }, at('10:30'));
    file.must('a1', { command: 'release', fence: 1 }, at('10:45'));
    // Six of the ten minutes are left.
    expect(file.clock('pickup').dueAt).toBe(at('10:51'));
  });

  it('ends when it is claimed', () => {
    expect(outcome(claimed(), 'pickup')).toMatchObject({ verdict: 'met', endedAt: at('10:05') });
  });

  it('ends when an assignment is accepted by the first command, and not by the offer', () => {
    const file = CaseFile.received(at('10:00')).route(staffDesk, 'high', at('10:01'));
    file.assign('staff1', at('10:02'));
    expect(file.running).toContain('pickup');
    file.must('staff1', { command: 'note', text: '…' }, at('10:12'));
    expect(outcome(file, 'pickup')).toMatchObject({ verdict: 'met', endedAt: at('10:12') });
  });

  it('runs on when an assignment is declined or nobody answers it', () => {
    const file = CaseFile.received(at('10:00')).route(staffDesk, 'high', at('10:01'));
    file.assign('staff1', at('10:02')).must('staff1', { command: 'decline' }, at('10:03'));
    expect(file.clock('pickup')).toMatchObject({ run: 1, dueAt: at('10:31') });
    file.assign('staff2', at('10:05')).ring(at('10:35'));
    expect(file.inquiry.status).toBe('queued');
    expect(file.clock('pickup')).toMatchObject({ run: 1, breachedAt: at('10:31') });
  });

  it('is moved when the inquiry moves away', () => {
    const file = atDesk().must('lead', { command: 'transfer', desk: bpoB }, at('10:10'));
    expect(file.verdictOf('pickup', 1)).toMatchObject({
      verdict: 'moved',
      judged: { desk: 'bpo' },
    });
    expect(file.clock('pickup')).toMatchObject({ cycle: 2, desk: 'bpo-b', startedAt: at('10:10') });
  });

  it('stays missed when the inquiry moves away after the deadline', () => {
    const file = atDesk().must('lead', { command: 'transfer', desk: bpoB }, at('10:32'));
    expect(file.verdictOf('pickup', 1)).toMatchObject({
      ...{ verdict: 'missed', breachedAt: at('10:31'), endedAt: at('10:32'), late: 60 },
    });
  });

  it('never pauses: an inquiry that comes back from waiting has been picked up', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(file.running).not.toContain('pickup');
    file.must('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(file.running).not.toContain('pickup');
  });
});

describe('ownership', () => {
  it('starts on arrival at a desk, and anew when the inquiry moves on or comes back', () => {
    const file = atDesk().must('lead', { command: 'transfer', desk: bpoB }, at('11:00'));
    file.must('lead', { command: 'transfer', desk: bpo }, at('13:00'));
    expect(file.clock('ownership')).toMatchObject({
      cycle: 3,
      desk: 'bpo',
      startedAt: at('13:00'),
    });
    expect(file.verdictOf('ownership', 2)).toMatchObject({
      ...{ verdict: 'moved', elapsed: 2 * hour, judged: { desk: 'bpo-b' } },
    });
  });

  it('ends resolved', () => {
    const file = claimed().must('a1', resolve, at('14:00'));
    // The vendor has no lunch break.
    expect(file.clock('ownership')).toMatchObject({
      ...{ verdict: 'met', elapsed: 3 * hour + 59 * 60 },
    });
  });

  it('pauses while waiting for the requester', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    expect(file.clock('ownership')).not.toHaveProperty('dueAt');
    file.must('requester', { command: 'reply', text: '!' }, at('11:30'));
    expect(file.clock('ownership').dueAt).toBe(at('18:01'));
  });

  it('begins anew at the new desk when the inquiry is transferred while waiting', () => {
    const file = claimed().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    file.must('lead', { command: 'transfer', desk: bpoB }, at('11:30'));
    expect(file.verdictOf('ownership', 1)).toMatchObject({ verdict: 'moved', elapsed: 29 * 60 });
    expect(file.clock('ownership')).toMatchObject({ cycle: 2, pauses: [], dueAt: at('18:30') });
    expect(file.clock('resolution').pauses).toEqual([{ from: at('10:30'), to: at('11:30') }]);
  });
});

describe('no clock', () => {
  it('starts, stops or goes on because of a machine’s mail', () => {
    const file = answered().must('a1', { command: 'wait', fence: 1 }, at('10:30'));
    const { clocks } = file.inquiry;
    file.add(at('10:40'), messageFrom('machine', at('10:40')));
    expect(file.inquiry.clocks).toEqual(clocks);
    expect(file.inquiry.status).toBe('waiting');
  });

  it('starts because of somebody who takes no part', () => {
    const file = answered().add(at('10:40'), messageFrom('stranger', at('10:40')));
    expect(file.running).not.toContain('next_response');
  });

  it('but resolution, pickup and ownership runs for what a machine opened', () => {
    const file = CaseFile.received(at('10:00'), { automated: true }).route(
      bpo,
      'high',
      at('10:01'),
    );
    file.must('a1', { command: 'claim' }, at('10:02'));
    file.must('requester', { command: 'reply', text: '?' }, at('10:02:30'));
    expect(file.inquiry.clocks.map(({ clock }) => clock)).toEqual([
      'resolution',
      'pickup',
      'ownership',
    ]);
  });

  it('is kept up by an inquiry that is merged: all are cancelled, and what was missed stays so', () => {
    const file = atDesk().merge(at('10:40'));
    expect(file.running).toEqual([]);
    expect(outcome(file, 'pickup').verdict).toBe('missed');
    for (const name of ['first_response', 'resolution', 'ownership'] as const) {
      expect(outcome(file, name)).toEqual({ verdict: 'cancelled', endedAt: at('10:40'), cycle: 1 });
    }
  });

  it('runs on an inquiry without a target: it is kept, judges nothing and leaves no record', () => {
    const file = CaseFile.withoutTargets(at('10:00')).route(bpo, 'high', at('10:01'));
    file.must('a1', { command: 'claim' }, at('10:02'));
    file.must('a1', { command: 'resolve', fence: 1 }, at('10:02:30'));
    expect(file.inquiry.clocks.every(({ dueAt, elapsed }) => !dueAt && !elapsed)).toBe(true);
    expect(file.verdicts).toEqual([]);
  });
});

describe('a phone log', () => {
  it('answered on the call meets first_response at the call’s start', () => {
    const file = phoneCall({ outcome: 'answered', start: at('10:00'), end: at('10:10') });
    expect(file.clock('first_response')).toMatchObject({
      ...{ verdict: 'met', startedAt: at('10:00'), endedAt: at('10:00'), elapsed: 0 },
    });
    expect(file.running).toEqual(['resolution']);
  });

  it('resolved on the call meets resolution at its end, and has no clock of a desk', () => {
    const file = phoneCall({ outcome: 'resolved', start: at('10:00'), end: at('10:10') });
    expect(file.clock('resolution')).toMatchObject({
      ...{ verdict: 'met', endedAt: at('10:10'), recordedAt: at('10:15'), elapsed: 600 },
    });
    expect(file.inquiry.clocks.map(({ clock }) => clock)).toEqual(['resolution', 'first_response']);
  });

  it('of a call longer than the target records the miss with its end', () => {
    const file = phoneCall({
      ...{ outcome: 'resolved', priority: 'critical' },
      ...{ start: at('09:00'), end: at('14:30'), entered: at('15:00') },
    });
    expect(file.clock('resolution')).toMatchObject({
      ...{ verdict: 'missed', breachedAt: at('14:00'), detectedAt: at('15:00') },
      ...{ elapsed: 4.5 * hour, elapsedAtBreach: 4 * hour },
    });
  });

  it('that was left open runs from the call’s start', () => {
    const file = phoneCall({ outcome: 'open', start: at('10:00'), end: at('10:10') });
    expect(file.running).toEqual(['resolution', 'first_response']);
    expect(file.clock('first_response').dueAt).toBe(at('15:00'));
  });

  it('entered more than 24 h after the call counts and notifies nobody', () => {
    const file = phoneCall({
      ...{ outcome: 'open', priority: 'critical' },
      ...{ start: tokyo('2026-11-19 10:00'), end: tokyo('2026-11-19 10:10'), entered: at('10:00') },
    }).route(bpo, 'critical', at('10:01'));
    file.ring(tokyo('2026-11-30 10:00'));
    expect(file.verdictOf('first_response', 1)).toMatchObject({
      breachedAt: tokyo('2026-11-19 10:15'),
    });
    expect(file.all('EscalationStepped')).toEqual([]);
    expect(file.notices).toEqual([]);
  });
});
