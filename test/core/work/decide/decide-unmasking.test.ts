import { describe, expect, it } from 'vitest';
import type { CommandOf } from '../../../../core/work/commands.ts';
import { bpo, bpoB, helpDeskActors, secondsAfterStart, staffDesk } from '../../help-desk.ts';
import { given, type InquirySpecification } from '../../inquiry-specification.ts';

const request: CommandOf<'ask-unmasking'> = {
  command: 'ask-unmasking',
  of: 'requester',
  kinds: ['phone', 'phone', 'mail'],
  reason: '折り返しの電話のため',
};
const now = secondsAfterStart(10);

function requested(): InquirySpecification {
  return given('claimed by a1').when('a1', request, now);
}

const requestOf = ({ inquiry }: InquirySpecification) => inquiry.unmaskings?.[0];

function decideRequest(
  scenario: InquirySpecification,
  outcome: 'granted' | 'refused' = 'granted',
): CommandOf<'settle-unmasking'> {
  return { command: 'settle-unmasking', unmasking: requestOf(scenario)?.id ?? '-', outcome };
}

describe('a vendor’s request to unmask', () => {
  it('is made by whoever works its desk, each kind once', () => {
    expect(requestOf(requested())).toMatchObject({
      ...{ of: 'requester', kinds: ['phone', 'mail'], vendor: 'vendor-a', asker: 'a1' },
      ...{ askedAt: now, state: 'asked' },
    });
    given('queued at bpo').when('a2', request, now).thenEvents('UnmaskingAsked');
  });

  it('is made by nobody who sees everything unmasked, or nothing', () => {
    given('claimed by a1')
      .when('staff1', request, now)
      .thenRefused('access.forbidden')
      .when('requester', request, now)
      .thenRefused('access.forbidden')
      .when('b1', request, now)
      .thenRefused('access.not-found');
  });

  it('is refused for My Number, whatever else it asks for', () => {
    const number = { ...request, kinds: ['mail', 'my-number'] } as const;
    const command = { ...number, kinds: [...number.kinds] };
    requested().when('a1', command, now).thenRefused('access.never-unmasked');
  });

  it('is not made again while it waits for a decision, and is after it', () => {
    const scenario = requested();
    scenario
      .when('a2', { ...request, kinds: ['mail'] }, now)
      .thenEvents()
      .when('staff1', decideRequest(scenario, 'refused'), secondsAfterStart(11))
      .when('a2', { ...request, kinds: ['mail'] }, secondsAfterStart(12))
      .thenEvents('UnmaskingAsked');
  });

  it('is refused while ten wait', () => {
    const scenario = given('claimed by a1');
    for (let count = 0; count < 10; count += 1) {
      scenario.when('a1', { ...request, of: `message-${count}` }, now);
    }
    scenario.when('a1', request, now).thenRefused('access.forbidden');
  });

  it('is granted or refused by staff and leads, and by nobody of the vendor', () => {
    for (const [name, outcome] of [
      ['staff2', 'granted'],
      ['lead', 'refused'],
    ] as const) {
      const scenario = requested();
      scenario.when(name, decideRequest(scenario, outcome), now).thenEvents('UnmaskingSettled');
      expect(requestOf(scenario)).toMatchObject({ state: outcome });
    }
    const scenario = requested();
    scenario
      .when('a2', decideRequest(scenario), now)
      .thenRefused('access.forbidden')
      .when('requester', decideRequest(scenario), now)
      .thenRefused('access.forbidden');
  });

  it('has one decision: the same again changes nothing, and another is refused', () => {
    const scenario = requested();
    scenario
      .when('staff1', decideRequest(scenario), now)
      .when('staff2', decideRequest(scenario), now)
      .thenEvents()
      .when('staff2', decideRequest(scenario, 'refused'), now)
      .thenRefused('access.unmasking-settled');
  });

  it('ends when the inquiry leaves the desk, though it should come back', () => {
    const scenario = requested();
    scenario
      .when('staff1', decideRequest(scenario), now)
      .when('a1', { command: 'transfer', fence: 1, desk: staffDesk }, secondsAfterStart(11));
    expect(scenario.inquiry.unmaskings).toBeUndefined();
    scenario.when('staff1', { command: 'transfer', desk: bpo }, secondsAfterStart(12));
    expect(scenario.inquiry.unmaskings).toBeUndefined();
    const unknown = { command: 'settle-unmasking', unmasking: '-', outcome: 'granted' } as const;
    scenario
      .when('staff1', unknown, secondsAfterStart(13))
      .thenRefused('access.not-found')
      .when('staff1', { command: 'transfer', desk: bpoB }, secondsAfterStart(14))
      .when('a1', request, secondsAfterStart(15))
      .thenRefused('access.forbidden');
  });

  it('ends when the inquiry is closed, though it should be reopened', () => {
    const scenario = requested();
    scenario
      .when('staff1', decideRequest(scenario), now)
      .when('lead', { command: 'resolve' }, secondsAfterStart(11))
      .when('requester', { command: 'close' }, secondsAfterStart(12))
      .when('requester', { command: 'reopen', reason: 'まだです。' }, secondsAfterStart(13))
      .thenInquiry({ status: 'queued', desk: bpo });
    expect(scenario.inquiry.unmaskings).toBeUndefined();
  });

  it('is not granted of another who turns out to be the requester', () => {
    const scenario = requested();
    scenario.when('staff1', decideRequest(scenario), now);
    const requester = { ...scenario.inquiry.requester, phone: '090-1234-5678' };
    scenario.when('staff1', { command: 'amend', requester }, secondsAfterStart(11));
    expect(requestOf(scenario)).toMatchObject({ state: 'granted' });
    const { address } = helpDeskActors.colleague;
    scenario.when('staff1', { command: 'amend', requester: { address } }, secondsAfterStart(12));
    expect(scenario.inquiry.unmaskings).toEqual([]);
  });
});
