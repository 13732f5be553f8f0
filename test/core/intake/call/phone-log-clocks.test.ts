import { describe, expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import type { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../../../core/inquiry/decide-continuation.ts';
import type { EventOf } from '../../../../core/inquiry/events/events.ts';
import { evolve } from '../../../../core/inquiry/evolve.ts';
import { fireAlarm } from '../../../../core/inquiry/fire-alarm.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import { buildShippedTerms } from '../../../../core/inquiry/terms/terms.ts';
import type { InquiryId, Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import { addSeconds } from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import { buildCallEvents, PhoneLog } from '../../../../core/intake/call/phone-log.ts';

const id = '0193a5c0-0000-7000-8000-000000000001' as InquiryId;
const terms = buildShippedTerms([]);
const staff = Person.parse({
  address: 'staff-1@toritsugi.example',
  sub: 'staff-1',
  name: 'Staff One',
  role: 'staff',
  desks: ['staff'],
});
/** Tuesday, 10:00 to 10:20 in Tokyo. */
const startedAt = '2026-11-24T01:00:00.000Z' as Instant;
const endedAt = '2026-11-24T01:20:00.000Z' as Instant;
const day = 86_400;

/** The inquiry of a call, as it is recorded when it is logged. */
function logged(changed: object, now = addSeconds(endedAt, 60)) {
  const log = PhoneLog.parse({
    caller: { address: 'employee-2@toritsugi.example' },
    ...{ startedAt, endedAt },
    summary: 'The printer is jammed.',
    outcome: 'open',
    ...changed,
  });
  const events = buildCallEvents(log, {
    number: makeInquiryNumber(new Uint8Array(7)),
    by: { ...staff, sub: staff.sub as Sub },
    caller: undefined,
    mailDomain: 'toritsugi.example',
    terms,
    messageIds: ['m1', 'm2'],
    now,
  });
  const pendingAppend = planAppend(id, undefined, { events }, terms, now);
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const { after, verdicts } = pendingAppend;
  const clock = (name: ClockName) => after.clocks.find((one) => one.clock === name);
  return { inquiry: after, verdicts, clock };
}

describe('a call resolved on the phone', () => {
  it('meets the first response at its start and the resolution at its end, and is never queued', () => {
    const { inquiry, clock } = logged({ outcome: 'resolved' });
    expect(clock('first_response')).toMatchObject({
      verdict: 'met',
      endedAt: startedAt,
      elapsed: 0,
    });
    expect(clock('resolution')).toMatchObject({ verdict: 'met', endedAt, elapsed: 1200 });
    expect(inquiry.status).toBe('resolved');
    expect(inquiry.clocks).toHaveLength(2);
    expect(inquiry).not.toHaveProperty('desk');
  });

  it('is judged by the priority that the agent gave it', () => {
    const { clock } = logged({ outcome: 'resolved', priority: 'critical' });
    for (const name of ['first_response', 'resolution'] as const) {
      expect(clock(name)).toMatchObject({
        target: { priority: 'critical' },
        judged: { priority: 'critical', month: '2026-11' },
      });
    }
  });

  it('misses the resolution when the call alone took longer, and nobody is told', () => {
    const late = '2026-11-24T06:00:01.000Z' as Instant;
    const now = addSeconds(late, 60);
    const { clock, inquiry } = logged(
      { outcome: 'resolved', priority: 'critical', endedAt: late },
      now,
    );
    expect(clock('resolution')).toMatchObject({
      verdict: 'missed',
      breachedAt: '2026-11-24T06:00:00.000Z',
      detectedAt: now,
    });
    expect(inquiry.escalations).toEqual([]);
  });

  it('reopened two days later starts a resolution and an answer owed, and goes to routing', () => {
    const { inquiry } = logged({ outcome: 'resolved' });
    const at = addSeconds(endedAt, 2 * day);
    const by = { kind: 'requester', name: 'Employee Two' } as const;
    const decision = { events: [buildReopenedEvent(inquiry, by, terms, at, 'It jams again.')] };
    const pendingAppend = planAppend(id, { inquiry }, decision, terms, at);
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    const { after } = pendingAppend;
    expect(after.status).toBe('new');
    const running = after.clocks.filter((clock) => clock.endedAt === undefined);
    expect(running.map(({ clock, cycle }) => `${clock} ${cycle}`).sort()).toEqual([
      'next_response 1',
      'resolution 2',
    ]);
    expect(after.clocks.find(({ clock }) => clock === 'first_response')).toMatchObject({
      cycle: 1,
      verdict: 'met',
    });
  });
});

describe('a call answered on the phone', () => {
  it('meets the first response at its start, and its resolution runs on', () => {
    const { inquiry, clock } = logged({ outcome: 'answered', answer: 'Turn it off and on.' });
    expect(clock('first_response')).toMatchObject({ verdict: 'met', endedAt: startedAt });
    expect(clock('resolution')).toMatchObject({ startedAt });
    expect(clock('resolution')).not.toHaveProperty('endedAt');
    expect(clock('next_response')).toBeUndefined();
    expect(inquiry).toMatchObject({ status: 'new', respondedAt: startedAt });
    expect(inquiry).not.toHaveProperty('unansweredSince');
  });

  it('owes the next response to what the caller writes afterwards', () => {
    const { inquiry } = logged({ outcome: 'answered' });
    const at = addSeconds(endedAt, 3600);
    const message = { id: 'm3', kind: 'requester', from: {}, text: 'Still.', attachments: [] };
    const written = {
      ...{ v: 1, at, by: { kind: 'requester' }, type: 'MessageReceived', joined: [] },
      message,
    } as EventOf<'MessageReceived'>;
    const pendingAppend = planAppend(id, { inquiry }, { events: [written] }, terms, at);
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    expect(pendingAppend.after.clocks.find(({ clock }) => clock === 'next_response')).toMatchObject(
      {
        startedAt: at,
        cycle: 1,
      },
    );
  });
});

describe('an open call', () => {
  it('owes both the first response and the resolution since its start', () => {
    const { clock } = logged({});
    expect(clock('first_response')).toMatchObject({ startedAt, dueAt: '2026-11-24T06:00:00.000Z' });
    expect(clock('first_response')).not.toHaveProperty('endedAt');
    expect(clock('resolution')).toMatchObject({ startedAt });
  });
});

describe('a call entered more than a day after its end', () => {
  const now = addSeconds(endedAt, 3 * day);

  it('counts in reports, and tells nobody of its misses', () => {
    const { inquiry } = logged({}, now);
    const fired = fireAlarm(inquiry, undefined, terms, now);
    const types = fired.map(({ type }) => type);
    expect(types).toContain('ClockBreached');
    expect(types).not.toContain('EscalationStepped');
    const after = fired.reduce(evolve, inquiry);
    expect(after.escalations).toEqual([]);
    expect(after.clocks.find(({ clock }) => clock === 'first_response')).toMatchObject({
      breachedAt: '2026-11-24T06:00:00.000Z',
      detectedAt: now,
    });
  });

  it('is recorded with its verdicts in the transaction that opens it, when it was resolved', () => {
    const { verdicts } = logged({ outcome: 'resolved' }, now);
    expect(verdicts.map(({ verdict }) => [verdict?.clock, verdict?.verdict]).sort()).toEqual([
      ['first_response', 'met'],
      ['resolution', 'met'],
    ]);
  });
});
