import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../core/inquiry/events/events.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { buildRelayMessages, RelayedItem } from '../../../core/relay/relay-messages.ts';
import { eventTypes, readSpecimen, specimenInquiryId } from '../../support/specimens.ts';

const now = '2026-11-24T01:00:30.000Z' as Instant;

const eventItem = (event: object, alarmAt?: Instant) =>
  RelayedItem.parse({
    kind: 'event',
    pk: `INQ#${specimenInquiryId}`,
    sk: 'EVT#00000001',
    data: JSON.stringify(event),
    ...(alarmAt === undefined ? {} : { alarmAt }),
  });

/** The queues to which each event goes; `desk` is that of the desk in the event. */
const table: Readonly<Record<EventType, 'routing' | 'desk' | 'nowhere'>> = {
  InquiryReceived: 'routing',
  InquiryAdmitted: 'routing',
  InquiryQuarantined: 'nowhere',
  QuarantineAged: 'nowhere',
  QuarantineDiscarded: 'nowhere',
  InquiryAnnounced: 'routing',
  InquiryRouted: 'desk',
  InquiryClaimed: 'nowhere',
  InquiryAssigned: 'nowhere',
  AssignmentAccepted: 'nowhere',
  AssignmentDeclined: 'desk',
  InquiryReleased: 'desk',
  LeaseLost: 'desk',
  InquiryTransferred: 'desk',
  MessageReceived: 'nowhere',
  ReplyPosted: 'nowhere',
  NotePosted: 'nowhere',
  RequesterAwaited: 'nowhere',
  RequesterReminded: 'nowhere',
  InquiryResumed: 'desk',
  InquiryResolved: 'nowhere',
  InquiryReopened: 'desk',
  InquiryWithdrawn: 'nowhere',
  InquiryClosed: 'nowhere',
  InquiryMerged: 'nowhere',
  InquiryAbsorbed: 'nowhere',
  InquiryAmended: 'nowhere',
  DeliveryFailed: 'nowhere',
  InquiryRated: 'nowhere',
  NoReplyNeeded: 'nowhere',
  ClocksReckoned: 'nowhere',
  ClockWarned: 'nowhere',
  ClockBreached: 'nowhere',
  EscalationStepped: 'nowhere',
  EscalationAcknowledged: 'nowhere',
  BreachReviewed: 'nowhere',
  NobodyFound: 'nowhere',
  UnmaskingAsked: 'nowhere',
  UnmaskingSettled: 'nowhere',
};

/** Events that name a desk only in some cases. */
const withDesk = { InquiryAnnounced: { desk: undefined }, InquiryReopened: { desk: 'bpo' } };

describe('an event', () => {
  it.each(eventTypes)('%s is sent to whom it concerns, with its id and nothing else', (type) => {
    const event = {
      ...readSpecimen(type),
      ...(type in withDesk ? withDesk[type as 'InquiryReopened'] : {}),
    };
    const expected = {
      routing: ['routing'],
      desk: [{ desk: 'desk' in event ? event.desk : 'none' }],
      nowhere: [],
    }[table[type]];
    const deliveries = buildRelayMessages(eventItem(event), now);
    expect(deliveries.map(({ to }) => to)).toEqual(expected);
    for (const { body, delaySeconds } of deliveries) {
      expect(JSON.parse(body)).toEqual({ inquiryId: specimenInquiryId });
      expect(delaySeconds).toBe(0);
    }
  });

  it.each(['InquiryAnnounced', 'InquiryReopened'] as const)(
    '%s goes to its desk where it has one, and else to routing',
    (type) => {
      const { desk: _, ...bare } = { desk: undefined, ...readSpecimen(type) };
      const at = (event: object) => buildRelayMessages(eventItem(event), now).map(({ to }) => to);
      expect(at({ ...bare, desk: 'bpo' })).toEqual([{ desk: 'bpo' }]);
      expect(at(bare)).toEqual(['routing']);
    },
  );

  it.each(['InquiryRouted', 'InquiryTransferred'] as const)(
    '%s that is held back until its desk opens is sent to nobody',
    (type) => {
      const held = { ...readSpecimen(type), availableAt: addSeconds(now, 3600) };
      expect(buildRelayMessages(eventItem(held), now)).toEqual([]);
    },
  );

  it('of a type or shape that the relay does not know is no reason to stop', () => {
    expect(buildRelayMessages(eventItem({ v: 2, type: 'InquiryMeasured' }), now)).toEqual([]);
    const odd = { ...readSpecimen('InquiryRouted'), trace: 'not a list' };
    expect(buildRelayMessages(eventItem(odd), now).map(({ to }) => to)).toEqual([
      { desk: odd.desk },
    ]);
  });
});

describe('an alarm', () => {
  const alarms = (alarmAt: Instant) =>
    buildRelayMessages(eventItem(readSpecimen('NotePosted'), alarmAt), now);

  it.each([
    [-600, 0],
    [0, 0],
    [0.001, 0],
    [29.2, 29],
    [60, 60],
    // The last second of the third minute after this one.
    [209.999, 209],
  ])('due in %d seconds is sent with its event, delayed by %d', (seconds, delaySeconds) => {
    const alarmAt = addSeconds(now, seconds);
    const [alarm, ...others] = alarms(alarmAt);
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ to: 'alarm', delaySeconds });
    expect(JSON.parse(alarm?.body ?? '')).toEqual({ inquiryId: specimenInquiryId, alarmAt });
  });

  it.each([210, 86_400])('due in %d seconds is left to the sweep', (seconds) => {
    expect(alarms(addSeconds(now, seconds))).toEqual([]);
  });

  it('that stands for none is sent by nobody', () => {
    expect(alarms('9999-12-31T00:00:00.000Z' as Instant)).toEqual([]);
  });

  it('goes along with what its event is sent for', () => {
    const item = eventItem(readSpecimen('InquiryReceived'), addSeconds(now, 60));
    expect(buildRelayMessages(item, now).map(({ to }) => to)).toEqual(['routing', 'alarm']);
  });
});

describe('a notice and a job', () => {
  it("of a job's goes to the queue of notices, by the job's id", () => {
    const jobId = '0193a5c0-0000-7000-8000-000000000001';
    const item = { kind: 'notice', pk: `JOB#${jobId}`, sk: 'NOTICE#00000009#stuck#leads' };
    expect(buildRelayMessages(RelayedItem.parse(item), now)).toEqual([
      {
        to: 'notice',
        body: JSON.stringify({ jobId, notice: '00000009#stuck#leads' }),
        delaySeconds: 0,
      },
    ]);
  });

  it('go to their queues by their keys', () => {
    const key = '00000001#acknowledgement#hanako@toritsugi.example';
    const notice = { kind: 'notice', pk: `INQ#${specimenInquiryId}`, sk: `NOTICE#${key}` };
    expect(buildRelayMessages(RelayedItem.parse(notice), now)).toEqual([
      {
        to: 'notice',
        body: JSON.stringify({ inquiryId: specimenInquiryId, notice: key }),
        delaySeconds: 0,
      },
    ]);
    const job = { kind: 'job', pk: 'JOB#0193a5c0-0000-7000-8000-000000000001' };
    expect(buildRelayMessages(RelayedItem.parse(job), now)).toEqual([
      {
        to: 'job',
        body: '{"jobId":"0193a5c0-0000-7000-8000-000000000001"}',
        delaySeconds: 0,
      },
    ]);
  });
});
