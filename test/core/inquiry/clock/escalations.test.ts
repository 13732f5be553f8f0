import { describe, expect, it } from 'vitest';
import type { Escalation } from '../../../../core/inquiry/clock/escalation.ts';
import type { EventOf } from '../../../../core/inquiry/events/events.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import {
  bpo,
  helpDeskActors,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
} from '../../help-desk.ts';
import { given, givenUnder, type InquirySpecification } from '../../inquiry-specification.ts';
import { makeTerms, type PoliciesBody } from './make-service-levels.ts';

const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);
const leads = [{ to: 'leads' as const }];
const holder = [{ to: 'holder' as const }];

/** Only the resolution has a target: eight office hours, and four when critical. */
const clocks = {
  resolution: {
    calendar: 'tokyo-office',
    targets: { critical: 'PT4H', high: 'PT8H' },
    warnAt: [50, 75],
  },
};
const chained = (...chains: NonNullable<PoliciesBody['chains']>) =>
  makeTerms({ clocks }, { chains });
const steps = [
  { afterMinutes: 0, tell: leads },
  { afterMinutes: 30, tell: holder },
  { afterMinutes: 60, tell: leads },
];
const chain = { id: 'all', on: 'clock', warning: holder, steps } as const;

const received = (priority: Priority, terms: Terms, now = at('09:00')) =>
  givenUnder(
    terms,
    makeReceivedEvent(now, { priority, acknowledge: false }),
    makeRoutedEvent(bpo, priority, now),
  );

const listNotifiedSteps = (scenario: InquirySpecification) =>
  scenario.eventsOf('EscalationStepped').map((event) => [event.escalation, event.step, event.at]);

function acknowledge(
  scenario: InquirySpecification,
  escalation: Escalation['id'],
  now: Instant,
): InquirySpecification {
  const { sub, name } = helpDeskActors.lead;
  const event: EventOf<'EscalationAcknowledged'> = {
    ...{ v: 1, type: 'EscalationAcknowledged', at: now, escalation },
    by: { kind: 'agent', sub, name, role: 'lead' },
  };
  return scenario.whenEvents(event);
}

describe('a breach', () => {
  it('notifies step by step, from when it was noticed until somebody acknowledges it', () => {
    const scenario = received('critical', chained(chain));
    // Due at two; an outage until ten past.
    scenario.whenAlarmsFire(at('14:10'));
    expect(listNotifiedSteps(scenario).slice(-1)).toEqual([['resolution-1', 1, at('14:10')]]);
    scenario.whenAlarmsFire(at('14:40'));
    acknowledge(scenario, 'resolution-1', at('14:50'));
    scenario.whenAlarmsFire(at('16:59'));
    expect(listNotifiedSteps(scenario).slice(-2)).toEqual([
      ['resolution-1', 1, at('14:10')],
      ['resolution-1', 2, at('14:40')],
    ]);
    expect(scenario.inquiry.escalations).toMatchObject([
      { taken: 2, steps: [], acknowledged: { at: at('14:50'), name: 'lead' } },
    ]);
  });

  it('notifies nobody any more once its clock has ended', () => {
    const scenario = received('critical', chained(chain));
    scenario.whenAlarmsFire(at('14:00:01')).when('lead', { command: 'resolve' }, at('14:20'));
    expect(scenario.inquiry.escalations).toEqual([]);
    expect(scenario.whenAlarmsFire(at('16:59')).outcome).not.toContain('EscalationStepped');
  });

  it('owes one notice per step to each recipient', () => {
    const scenario = received('critical', chained(chain));
    scenario.whenAlarmsFire(at('15:30'));
    const breaches = scenario.notices.filter(({ kind }) => kind === 'sla-breach');
    // Nobody holds it, so the leads are notified instead.
    expect(breaches.map(({ recipient, owedAt }) => [recipient.to, owedAt])).toEqual([
      ['leads', at('15:30')],
    ]);
    scenario.whenAlarmsFire(at('16:30'));
    expect(scenario.notices.filter(({ kind }) => kind === 'sla-breach')).toHaveLength(3);
  });

  it('waits for the end of quiet hours, and keeps the time between its steps', () => {
    const quiet = { outside: 'tokyo-office', except: ['critical' as const] };
    const terms = chained({ ...chain, quiet });
    const scenario = received('high', terms, at('10:00'));
    // Due on Wednesday at eleven; noticed a minute before the office goes to lunch.
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 11:59'));
    expect(scenario.inquiry.escalations).toMatchObject([
      {
        steps: [
          { at: parseTokyoTime('2026-11-25 13:00') },
          { at: parseTokyoTime('2026-11-25 13:30') },
        ],
        taken: 1,
      },
    ]);
    const noticedAtNight = received('high', terms, at('10:00'));
    noticedAtNight.whenAlarmsFire(parseTokyoTime('2026-11-27 22:00'));
    expect(noticedAtNight.inquiry.escalations).toMatchObject([
      {
        steps: [
          { at: parseTokyoTime('2026-11-30 09:00') },
          { at: parseTokyoTime('2026-11-30 09:30') },
          { at: parseTokyoTime('2026-11-30 10:00') },
        ],
      },
    ]);
  });

  it('knows no quiet hours where the priority is excepted', () => {
    const quiet = { outside: 'tokyo-office', except: ['critical' as const] };
    const scenario = received('critical', chained({ ...chain, quiet }));
    scenario.whenAlarmsFire(at('23:00'));
    expect(listNotifiedSteps(scenario)).toContainEqual(['resolution-1', 1, at('23:00')]);
  });
});

describe('a warning', () => {
  it('notifies once, when it is due', () => {
    const scenario = received('critical', chained(chain));
    scenario.whenAlarmsFire(at('11:00')).whenAlarmsFire(at('12:00'));
    expect(listNotifiedSteps(scenario)).toEqual([
      ['resolution-1-50', 1, at('11:00')],
      ['resolution-1-75', 1, at('12:00')],
    ]);
    expect(scenario.notices.map(({ kind }) => kind)).toEqual(['sla-warning', 'sla-warning']);
  });

  it('that waits for the morning is dropped once the deadline is missed', () => {
    const quiet = { outside: 'bpo-weekdays', except: [] };
    const scenario = received('critical', chained({ ...chain, quiet }), at('16:00'));
    const { escalations } = scenario.inquiry;
    expect(escalations).toEqual([]);
    // An hour is used on Tuesday; no alarm fires until Wednesday afternoon.
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 12:30'));
    expect(scenario.inquiry.escalations.map(({ id }) => id)).toEqual(['resolution-1']);
  });

  it('that waits for the morning gives way to the next', () => {
    const quiet = { outside: 'tokyo-office', except: [] };
    const night = {
      ...clocks.resolution,
      calendar: 'bpo-weekdays',
      targets: { high: 'PT10H' },
    };
    const terms = makeTerms({ clocks: { resolution: night } }, { chains: [{ ...chain, quiet }] });
    // Five hours are up at half past five in the evening, seven and a half at eight.
    const scenario = received('high', terms, at('12:30'));
    scenario.whenAlarmsFire(at('18:00'));
    expect(scenario.inquiry.escalations.map(({ id }) => id)).toEqual(['resolution-1-50']);
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 08:30'));
    expect(scenario.inquiry.escalations.map(({ id }) => id)).toEqual(['resolution-1-75']);
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-25 09:00'));
    expect(listNotifiedSteps(scenario)).toEqual([
      ['resolution-1-75', 1, parseTokyoTime('2026-11-25 09:00')],
    ]);
  });

  it('notifies nobody where no chain fits', () => {
    const elsewhere = { ...chain, desks: ['staff'] };
    const others = { ...chain, id: 'low', priorities: ['low' as const] };
    const responses = { ...chain, id: 'responses', clocks: ['first_response' as const] };
    const scenario = received('critical', chained(elsewhere, others, responses));
    scenario.whenAlarmsFire(at('16:00'));
    expect(scenario.eventsOf('ClockBreached')).toHaveLength(1);
    expect(listNotifiedSteps(scenario)).toEqual([]);
  });

  it('follows the first chain that fits', () => {
    const terms = chained({ ...chain, id: 'first', desks: ['bpo'] }, { ...chain, id: 'second' });
    const scenario = received('critical', terms);
    scenario.whenAlarmsFire(at('11:00'));
    expect(scenario.inquiry.escalations).toMatchObject([{ chain: 'first' }]);
  });
});

describe('an emergency', () => {
  const emergency = { id: 'emergency', on: 'emergency', priorities: ['critical' as const], steps };
  const terms = chained({ ...emergency, on: 'emergency' });

  it('begins once, when the inquiry comes to a desk as critical', () => {
    const scenario = givenUnder(
      terms,
      makeReceivedEvent(at('09:00'), { priority: 'critical', acknowledge: false }),
    );
    expect(scenario.inquiry.escalations).toEqual([]);
    scenario
      .whenEvents(makeRoutedEvent(bpo, 'critical', at('09:01')))
      .whenAlarmsFire(at('09:20'))
      .when('a1', { command: 'claim' }, at('09:20'))
      .whenAlarmsFire(at('10:00'));
    expect(listNotifiedSteps(scenario)).toEqual([
      ['emergency-3', 1, at('09:01')],
      ['emergency-3', 2, at('09:31')],
    ]);
    expect(new Set(scenario.notices.map(({ kind }) => kind))).toContain('emergency');
  });

  it('begins when the priority is raised at a desk, and ends when it is lowered', () => {
    const scenario = received('high', terms);
    scenario
      .when('lead', { command: 'amend', priority: 'critical' }, at('10:00'))
      .whenAlarmsFire(at('10:00'));
    expect(listNotifiedSteps(scenario)).toEqual([['emergency-3', 1, at('10:00')]]);
    scenario.when('lead', { command: 'amend', priority: 'high' }, at('10:10'));
    expect(scenario.inquiry.escalations).toEqual([]);
    scenario.when('lead', { command: 'amend', priority: 'critical' }, at('10:20'));
    expect(scenario.inquiry.escalations).toMatchObject([{ id: 'emergency-6', taken: 0 }]);
  });

  it('stops when it is acknowledged, and does not begin again while it lasts', () => {
    const scenario = received('critical', terms);
    acknowledge(scenario, 'emergency-2', at('09:05'));
    scenario
      .when('lead', { command: 'transfer', desk: 'bpo-b' as typeof bpo }, at('09:10'))
      .whenAlarmsFire(at('13:00'));
    expect(listNotifiedSteps(scenario)).toEqual([['emergency-2', 1, at('09:00')]]);
  });

  it('ends when it is resolved, and begins anew when it is reopened', () => {
    const scenario = received('critical', terms).when('lead', { command: 'resolve' }, at('09:10'));
    expect(scenario.inquiry.escalations).toEqual([]);
    scenario.when('lead', { command: 'reopen', reason: '…' }, at('09:20'));
    expect(scenario.inquiry.escalations).toHaveLength(1);
  });
});

it('the shipped chains notify the holder of a warning, and holder and leads of a breach', () => {
  const scenario = given(
    makeReceivedEvent(at('09:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', at('09:00')),
  )
    .when('a1', { command: 'claim' }, at('09:05'))
    .withLeaseUntil(at('23:00'));
  scenario.whenAlarmsFire(at('10:00:01'));
  const sla = scenario.notices.filter(({ kind }) => kind.startsWith('sla-'));
  expect(
    sla.map(({ kind, recipient }) => [kind, 'sub' in recipient ? recipient.sub : recipient.to]),
  ).toEqual([
    ['sla-warning', 'a1'],
    ['sla-breach', 'a1'],
    ['sla-breach', 'leads'],
  ]);
});
