import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evolve, foldEvents } from '../../../core/inquiry/evolve.ts';
import { computeAlarmAt, fireAlarm, noAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import type { Inquiry, InquiryStatus, Lease } from '../../../core/inquiry/snapshot.ts';
import { isLegalTransition } from '../../../core/inquiry/transitions.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { generatedEventSequence, generatedLease } from '../../support/generated-inquiries.ts';
import { generatedInstant } from '../../support/generated-values.ts';
import { defaultDeskTerms, makeInquiryIn } from '../../support/inquiries.ts';
import { readSpecimen, readSpecimenWith } from '../../support/specimens.ts';
import { runs } from '../../support/volumes.ts';
import { given, type InquirySpecification } from '../inquiry-specification.ts';

const day = 86_400;
const claimed = readSpecimen('InquiryClaimed');
const lease: Lease = {
  agent: claimed.agent,
  desk: claimed.desk,
  fence: claimed.fence,
  until: claimed.leaseUntil,
  confirmed: false,
};
const assigned = evolve(makeInquiryIn('queued'), readSpecimen('InquiryAssigned'));

function evolved(inquiry: Inquiry, events: readonly Parameters<typeof evolve>[1][]): Inquiry {
  return events.reduce(evolve, inquiry);
}

/** A life so far, with a lease when an agent has claimed it. */
const generatedState = fc
  .tuple(generatedEventSequence, generatedLease, fc.boolean())
  .map(([{ id, events }, generated, leased]) => {
    const inquiry = foldEvents(id, events) as Inquiry;
    const { holder } = inquiry;
    const living =
      leased && holder?.by === 'claim' ? { ...generated, fence: holder.fence } : undefined;
    return { inquiry, living };
  });

describe('the alarm', () => {
  test('is there exactly while the inquiry is open or quarantined', () => {
    fc.assert(
      fc.property(generatedState, ({ inquiry, living }) => {
        const ended = inquiry.status === 'closed' || inquiry.status === 'merged';
        expect(computeAlarmAt(inquiry, living) === undefined).toBe(ended);
      }),
      runs(100),
    );
  });

  test.each([
    ['new', makeInquiryIn('new'), undefined, '2026-04-01T00:13:04.000Z'],
    ['queued', makeInquiryIn('queued'), undefined, '2026-04-02T00:13:06.000Z'],
    ['claimed', makeInquiryIn('in_progress'), lease, '2026-04-01T00:21:00.000Z'],
    [
      'claimed without a lease',
      makeInquiryIn('in_progress'),
      undefined,
      '2026-04-01T00:20:00.000Z',
    ],
    ['assigned', assigned, undefined, '2026-04-01T01:01:01.000Z'],
    ['accepted', evolve(assigned, readSpecimen('AssignmentAccepted')), undefined, noAlarmAt],
    ['waiting', makeInquiryIn('waiting'), undefined, '2026-04-04T00:45:30.000Z'],
    ['resolved', makeInquiryIn('resolved'), undefined, '2026-04-11T02:30:00.000Z'],
    ['quarantined', makeInquiryIn('quarantined'), undefined, '2026-04-02T03:00:00.000Z'],
  ])('of what is %s is when time changes it', (_, inquiry, living, due) => {
    expect(computeAlarmAt(inquiry, living)).toBe(due);
  });
});

describe('firing an alarm', () => {
  test('yields nothing before the alarm', () => {
    fc.assert(
      fc.property(
        generatedState,
        fc.integer({ min: 1, max: 10 ** 9 }),
        ({ inquiry, living }, early) => {
          const due = computeAlarmAt(inquiry, living);
          if (due === undefined) return;
          const now = new Date(Date.parse(due) - early).toISOString() as Instant;
          expect(fireAlarm(inquiry, living, defaultDeskTerms, now)).toEqual([]);
        },
      ),
    );
  });

  test('twice at one instant yields nothing the second time', () => {
    fc.assert(
      fc.property(generatedState, generatedInstant, ({ inquiry, living }, now) => {
        const events = fireAlarm(inquiry, living, defaultDeskTerms, now);
        const lost = events.some((event) => event.type === 'LeaseLost');
        const fired = evolved(inquiry, events);
        expect(fireAlarm(fired, lost ? undefined : living, defaultDeskTerms, now)).toEqual([]);
      }),
      runs(100),
    );
  });

  test('yields legal events, in order, each at the instant at which it was due', () => {
    fc.assert(
      fc.property(generatedState, generatedInstant, ({ inquiry, living }, now) => {
        let current = inquiry;
        let lasting = living;
        for (const event of fireAlarm(inquiry, living, defaultDeskTerms, now)) {
          expect(isLegalTransition(current.status, event.type)).toBe(true);
          expect(event.at).toBe(computeAlarmAt(current, lasting));
          expect(event.at <= now).toBe(true);
          expect(event.by).toEqual({ kind: 'system', part: 'alarm' });
          current = evolve(current, event);
          if (event.type === 'LeaseLost') lasting = undefined;
        }
      }),
      runs(100),
    );
  });

  test('at once or in two steps comes to the same status', () => {
    fc.assert(
      fc.property(
        generatedState,
        generatedInstant,
        generatedInstant,
        ({ inquiry, living }, one, other) => {
          const [between, now] = one < other ? [one, other] : [other, one];
          const first = fireAlarm(inquiry, living, defaultDeskTerms, between);
          const lost = first.some((event) => event.type === 'LeaseLost');
          const halfway = evolved(inquiry, first);
          const rest = fireAlarm(halfway, lost ? undefined : living, defaultDeskTerms, now);
          const whole = evolved(inquiry, fireAlarm(inquiry, living, defaultDeskTerms, now));
          expect(evolved(halfway, rest).status).toBe(whole.status);
        },
      ),
    );
  });
});

/** Given the inquiry of the specimens in a status. */
const givenIn = (status: InquiryStatus) => given({ inquiry: makeInquiryIn(status) });
/** Given the inquiry of the specimens while its claim lives. */
const givenClaim = (living = lease) =>
  given({ inquiry: makeInquiryIn('in_progress'), lease: living });

/** When time alone changes the inquiry next. */
function alarmOf({ alarm }: InquirySpecification): Instant {
  if (alarm === undefined) throw new TypeError('nothing is due');
  return alarm;
}

describe('what is not routed', () => {
  test('is announced after one, two, four minutes and so on, and then each hour', () => {
    const inquiry = givenIn('new');
    const waits: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      const now = alarmOf(inquiry);
      inquiry
        .whenAlarmsFire(now)
        .thenEvents({ type: 'InquiryAnnounced', attempt: count + 1, at: now });
      waits.push((Date.parse(alarmOf(inquiry)) - Date.parse(now)) / 60_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('is announced once after an outage, however long', () => {
    const inquiry = givenIn('new');
    const now = addSeconds(alarmOf(inquiry), 30 * day);
    inquiry.whenAlarmsFire(now).thenEvents('InquiryAnnounced');
    expect(alarmOf(inquiry) > now).toBe(true);
  });
});

test('what waits at a desk is announced to that desk each day', () => {
  const queued = givenIn('queued');
  const now = alarmOf(queued);
  queued
    .whenAlarmsFire(now)
    .thenEvents({ type: 'InquiryAnnounced', desk: 'bpo', announceAt: addSeconds(now, day) });
});

describe('a claim', () => {
  test('is lost when its lease has run out, and the inquiry waits again at the desk', () => {
    givenClaim()
      .whenAlarmsFire(lease.until)
      .thenEvents({
        ...{ type: 'LeaseLost', at: lease.until, agent: 'operator-a1', desk: 'bpo', fence: 1 },
      })
      .thenInquiry({ status: 'queued', desk: 'bpo' });
  });

  test('whose lease has been prolonged is not lost at the old alarm', () => {
    const prolonged = { ...lease, until: addSeconds(lease.until, 900) };
    givenClaim(prolonged)
      .whenAlarmsFire(lease.until)
      .thenEvents()
      .whenAlarmsFire(prolonged.until)
      .thenEvents('LeaseLost');
  });

  test('lost long ago is followed by the announcement that has come due since', () => {
    givenClaim()
      .whenAlarmsFire(addSeconds(lease.until, 3 * day))
      .thenEvents(
        { type: 'LeaseLost', at: lease.until },
        { type: 'InquiryAnnounced', at: addSeconds(lease.until, day) },
      );
  });
});

describe('an assignment', () => {
  test('that nobody has accepted in time is declined as unanswered', () => {
    const offered = given({ inquiry: assigned });
    offered.whenAlarmsFire(alarmOf(offered)).thenEvents({
      ...{ type: 'AssignmentDeclined', reason: 'unanswered', agent: 'staff-1', desk: 'staff' },
    });
  });

  test('that was accepted stays with its agent for good', () => {
    given({ inquiry: evolve(assigned, readSpecimen('AssignmentAccepted')) })
      .whenAlarmsFire('2036-01-01T00:00:00.000Z' as Instant)
      .thenEvents();
  });
});

test('a requester who is waited for is reminded twice, and then the inquiry waits at its desk again', () => {
  const waiting = givenIn('waiting');
  const first = alarmOf(waiting);
  waiting.whenAlarmsFire(addSeconds(first, 6 * day)).thenEvents(
    { type: 'RequesterReminded', at: first },
    { type: 'RequesterReminded', at: addSeconds(first, 3 * day) },
    {
      type: 'InquiryResumed',
      at: addSeconds(first, 6 * day),
      reason: 'no-answer',
      desk: 'bpo',
    },
  );
});

test('the next reminder comes after the time that the agent chose', () => {
  const hourly = given({
    inquiry: evolve(
      makeInquiryIn('in_progress'),
      readSpecimenWith('RequesterAwaited', { remindAfterSeconds: 3600 }),
    ),
  });
  const due = alarmOf(hourly);
  hourly
    .whenAlarmsFire(due)
    .thenEvents({ type: 'RequesterReminded', remindAt: addSeconds(due, 3600) });
});

test('what is resolved is closed when its time is over', () => {
  const resolved = givenIn('resolved');
  const due = alarmOf(resolved);
  resolved.whenAlarmsFire(due).thenEvents({ type: 'InquiryClosed', at: due });
  expect(resolved.alarm).toBeUndefined();
});

test('what lies in quarantine is reported each day, and once after an outage', () => {
  const quarantined = givenIn('quarantined');
  const due = alarmOf(quarantined);
  quarantined
    .whenAlarmsFire(due)
    .thenEvents({ type: 'QuarantineAged', ageAt: addSeconds(due, day) });
  givenIn('quarantined')
    .whenAlarmsFire(addSeconds(due, 10.5 * day))
    .thenEvents({ type: 'QuarantineAged', at: due, ageAt: addSeconds(due, 11 * day) });
});
