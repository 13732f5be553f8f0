import { describe, expect, it } from 'vitest';
import { isInquiryStub, viewInquiry } from '../../../core/access/view-inquiry.ts';
import { applyAlarmDecision, decideDueAlarms } from '../../../core/inquiry/decide-and-append.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import {
  type ActorName,
  commandedInquiryId,
  deskListTerms,
  helpDeskActors,
  secondsAfterStart,
  staffDesk,
} from '../help-desk.ts';
import { given, type InquirySpecification } from '../inquiry-specification.ts';

const hour = 3600;

/** What somebody sees of an inquiry when alarms are due that are not yet recorded. */
function seen(scenario: InquirySpecification, name: ActorName, now: Instant) {
  const { loaded } = scenario;
  const fired = applyAlarmDecision(loaded, decideDueAlarms(loaded, deskListTerms, now)).inquiry;
  const view = viewInquiry(scenario.inquiry, helpDeskActors[name], {
    commands: [],
    serviceLevels: deskListTerms.serviceLevels,
    settings: deskListTerms.settings,
    afterAlarms: fired,
  });
  if (view === undefined || isInquiryStub(view)) throw new TypeError('there is nothing to see');
  return view;
}

const clocksOf = (scenario: InquirySpecification, name: ActorName, now = secondsAfterStart(10)) =>
  Object.fromEntries(seen(scenario, name, now).clocks.map((clock) => [clock.clock, clock]));

describe('the clocks of an inquiry', () => {
  it('show the office what is promised and what the desk has agreed to', () => {
    expect(seen(given('claimed by a1'), 'staff1', secondsAfterStart(10)).clocks).toEqual([
      {
        clock: 'first_response',
        cycle: 1,
        state: 'running',
        startedAt: '2026-11-24T00:00:00.000Z',
        target: 'PT1H',
        dueAt: '2026-11-24T01:00:00.000Z',
        zone: 'Asia/Tokyo',
        warned: [],
      },
      {
        clock: 'resolution',
        cycle: 1,
        state: 'running',
        startedAt: '2026-11-24T00:00:00.000Z',
        target: 'PT8H',
        dueAt: '2026-11-25T01:00:00.000Z',
        zone: 'Asia/Tokyo',
        warned: [],
      },
      {
        clock: 'pickup',
        cycle: 1,
        state: 'met',
        desk: 'bpo',
        startedAt: '2026-11-24T00:00:01.000Z',
        target: 'PT30M',
        dueAt: '2026-11-24T00:30:01.000Z',
        zone: 'Asia/Tokyo',
        endedAt: '2026-11-24T00:00:05.000Z',
        elapsed: 'PT4S',
        warned: [],
      },
      {
        clock: 'ownership',
        cycle: 1,
        state: 'running',
        desk: 'bpo',
        startedAt: '2026-11-24T00:00:01.000Z',
        target: 'PT7H',
        dueAt: '2026-11-24T07:00:01.000Z',
        zone: 'Asia/Tokyo',
        warned: [],
      },
    ]);
  });

  it('show a requester the promises alone, and how they stand', () => {
    expect(clocksOf(given('claimed by a1'), 'requester', secondsAfterStart(2 * hour))).toEqual({
      first_response: {
        clock: 'first_response',
        cycle: 1,
        state: 'running-after-miss',
        startedAt: '2026-11-24T00:00:00.000Z',
        target: 'PT1H',
        dueAt: '2026-11-24T01:00:00.000Z',
        zone: 'Asia/Tokyo',
      },
      resolution: expect.objectContaining({ state: 'running', target: 'PT8H' }),
    });
  });

  it("show a vendor the promises and its own desk's clocks, of these alone the misses", () => {
    const scenario = given('queued at bpo');
    const clocks = clocksOf(scenario, 'a1', secondsAfterStart(2 * hour));
    expect(Object.keys(clocks)).toEqual(['first_response', 'resolution', 'pickup', 'ownership']);
    expect(clocks['first_response']).not.toHaveProperty('breachedAt');
    expect(clocks['pickup']).toMatchObject({
      state: 'running-after-miss',
      breachedAt: '2026-11-24T00:30:01.000Z',
    });
  });

  it('are those of the desk where it is now', () => {
    const scenario = given('claimed by a1');
    scenario.when('lead', { command: 'transfer', desk: staffDesk }, secondsAfterStart(20));
    expect(clocksOf(scenario, 'staff1')['pickup']).toMatchObject({ cycle: 2, desk: 'staff' });
  });

  it('say when a miss was noticed only once it is recorded', () => {
    const scenario = given('claimed by a1');
    const unrecorded = clocksOf(scenario, 'lead', secondsAfterStart(2 * hour))['first_response'];
    expect(unrecorded).toMatchObject({ breachedAt: '2026-11-24T01:00:00.000Z' });
    expect(unrecorded).not.toHaveProperty('detectedAt');
    scenario.when('lead', { command: 'note', text: '確認' }, secondsAfterStart(2 * hour));
    expect(clocksOf(scenario, 'lead', secondsAfterStart(3 * hour))['first_response']).toMatchObject(
      {
        detectedAt: '2026-11-24T02:00:00.000Z',
        warned: [75],
      },
    );
  });

  it('have no deadline while they are paused, and the verdict at their end', () => {
    const waiting = clocksOf(given('waiting at bpo'), 'lead');
    expect(waiting['resolution']).toMatchObject({ state: 'paused' });
    expect(waiting['resolution']).not.toHaveProperty('dueAt');
    const resolved = clocksOf(given('resolved at bpo'), 'requester');
    expect(resolved['resolution']).toMatchObject({
      state: 'met',
      endedAt: '2026-11-24T00:00:06.000Z',
    });
    const withdrawn = clocksOf(given('withdrawn'), 'requester');
    expect(withdrawn['resolution']).toMatchObject({ state: 'cancelled' });
  });
});

describe('the escalations of an inquiry', () => {
  const missed = () => {
    const scenario = given('claimed by a1');
    return scenario.when('lead', { command: 'note', text: '確認' }, secondsAfterStart(2 * hour));
  };

  it('are shown to the office under the ids that acknowledge them', () => {
    expect(seen(missed(), 'lead', secondsAfterStart(2 * hour)).escalations).toContainEqual({
      id: `${commandedInquiryId}.first_response-1`,
      reason: 'breach',
      clock: 'first_response',
      cycle: 1,
      startedAt: '2026-11-24T01:00:00.000Z',
      steps: 1,
      nextAt: '2026-11-24T02:30:00.000Z',
    });
  });

  it('are shown to nobody else', () => {
    expect(seen(missed(), 'requester', secondsAfterStart(2 * hour))).not.toHaveProperty(
      'escalations',
    );
    const vendors = given('queued at bpo');
    expect(seen(vendors, 'a1', secondsAfterStart(2 * hour))).not.toHaveProperty('escalations');
  });
});
