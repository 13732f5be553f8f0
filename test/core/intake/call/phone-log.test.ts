import { describe, expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { buildShippedTerms } from '../../../../core/inquiry/terms/terms.ts';
import type { InquiryId, Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import {
  buildCallEvents,
  type CallContext,
  PhoneLog,
} from '../../../../core/intake/call/phone-log.ts';

const id = '0193a5c0-0000-7000-8000-000000000001' as InquiryId;
const operator = Person.parse({
  address: 'operator-a1@vendor-a.example',
  sub: 'operator-a1',
  name: 'Operator A1',
  role: 'operator',
  vendor: 'vendor-a',
  desks: ['bpo'],
});
const employee = Person.parse({
  address: 'employee-2@toritsugi.example',
  sub: 'employee-2',
  name: 'Employee Two',
  role: 'requester',
  department: 'Sales',
  vip: true,
  language: 'en',
});

function logOf(changed: object = {}): PhoneLog {
  return PhoneLog.parse({
    caller: { name: 'Two', address: 'employee-2@toritsugi.example', phone: '03-1234-5678' },
    startedAt: '2026-11-22T01:15:00.000Z',
    endedAt: '2026-11-22T01:20:00.000Z',
    summary: 'The printer on floor 3 is jammed.\nAgain.',
    outcome: 'open',
    ...changed,
  });
}

function eventsOf(log: PhoneLog, changed: Partial<CallContext> = {}): InquiryEvent[] {
  const events = buildCallEvents(log, {
    number: makeInquiryNumber(new Uint8Array(7)),
    by: { ...operator, sub: operator.sub as Sub },
    caller: employee,
    mailDomain: 'toritsugi.example',
    terms: buildShippedTerms([]),
    messageIds: ['m1', 'm2'],
    now: '2026-11-22T01:30:00.000Z' as Instant,
    ...changed,
  });
  for (const event of events) expect(InquiryEvent.parse(event)).toEqual(event);
  return events;
}

function receivedOf(log: PhoneLog, changed: Partial<CallContext> = {}) {
  const [event] = eventsOf(log, changed);
  if (event?.type !== 'InquiryReceived') throw new Error('not received first');
  return event.received;
}

describe('the events of a call', () => {
  it('open an inquiry at the start of the call, entered by the agent', () => {
    const [event, ...others] = eventsOf(logOf());
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'InquiryReceived',
      at: '2026-11-22T01:15:00.000Z',
      by: { kind: 'agent', sub: 'operator-a1', vendor: 'vendor-a' },
      received: {
        channel: 'phone',
        receivedAt: '2026-11-22T01:15:00.000Z',
        announceAt: '2026-11-22T01:31:00.000Z',
        subject: 'The printer on floor 3 is jammed.',
        call: { outcome: 'open', startedAt: '2026-11-22T01:15:00.000Z' },
      },
    });
  });

  it('know the caller by the registry', () => {
    const { requester, language } = receivedOf(logOf());
    expect(requester).toEqual({
      address: 'employee-2@toritsugi.example',
      sub: 'employee-2',
      name: 'Employee Two',
      phone: '03-1234-5678',
      department: 'Sales',
      vip: true,
    });
    expect(language).toBe('en');
  });

  it.each([
    ['guest@elsewhere.example', true],
    ['new@toritsugi.example', undefined],
  ])('call the unknown %s external: %s', (address, external) => {
    const { requester } = receivedOf(logOf({ caller: { address } }), { caller: undefined });
    expect(requester.external).toBe(external);
  });

  it('may know nothing of the caller', () => {
    expect(receivedOf(logOf({ caller: {} }), { caller: undefined }).requester).toEqual({});
  });

  it('put the answer at the start of the call and the resolution, silent, at its end', () => {
    const events = eventsOf(logOf({ outcome: 'resolved', answer: 'Cleared it together.' }));
    expect(events.map(({ type, at }) => [type, at])).toEqual([
      ['InquiryReceived', '2026-11-22T01:15:00.000Z'],
      ['ReplyPosted', '2026-11-22T01:15:00.000Z'],
      ['InquiryResolved', '2026-11-22T01:20:00.000Z'],
    ]);
    expect(events.at(-1)).toMatchObject({ silent: true, closeAt: '2026-11-29T01:20:00.000Z' });
    expect(foldEvents(id, events)).toMatchObject({ status: 'resolved', messages: 2 });
  });

  it('leave an answered call to be routed', () => {
    const events = eventsOf(logOf({ outcome: 'answered', answer: 'Turn it off and on.' }));
    expect(foldEvents(id, events)).toMatchObject({ status: 'new', call: { outcome: 'answered' } });
  });

  it('set the priority that the agent chose', () => {
    expect(foldEvents(id, eventsOf(logOf({ priority: 'critical' })))).toMatchObject({
      priority: 'critical',
      status: 'new',
    });
  });

  it('tell the rules the desk that was asked for', () => {
    expect(receivedOf(logOf({ desk: 'staff' })).source.fields).toEqual({ desk: 'staff' });
  });

  it.each([
    ['an open call', {}, true],
    ['an answered call', { outcome: 'answered' }, false],
    ['a resolved call', { outcome: 'resolved' }, false],
    ['a call without an address', { caller: { phone: '1' } }, false],
  ])('decide whether %s is acknowledged', (_, changed, acknowledge) => {
    const log = logOf(changed);
    const caller = log.caller.address === undefined ? undefined : employee;
    expect(receivedOf(log, { caller }).acknowledge).toBe(acknowledge);
  });

  it('are late more than 24 hours after the end, and then nobody is acknowledged', () => {
    const at = (now: string) => receivedOf(logOf(), { now: now as Instant });
    expect(at('2026-11-23T01:20:00.000Z')).toMatchObject({ acknowledge: true });
    expect(at('2026-11-23T01:20:00.000Z').call?.late).toBeUndefined();
    expect(at('2026-11-23T01:20:00.001Z')).toMatchObject({
      acknowledge: false,
      call: { late: true },
    });
  });

  it('cut a long first line for the subject between characters', () => {
    const { subject } = receivedOf(logOf({ summary: '👨‍👩‍👧'.repeat(100) }));
    expect(subject).toBe(`${'👨‍👩‍👧'.repeat(79)}…`);
  });
});
