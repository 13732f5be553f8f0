import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import type { EventOf, InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { PoliciesDocument } from '../../../../core/inquiry/terms/sla-policies.ts';
import { addSeconds, DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import {
  canAffectServiceLevels,
  computeServiceLevelImpacts,
  ServiceLevelsByTime,
} from '../../../../core/routing/simulation/simulate-service-levels.ts';
import type {
  SimulatedDecision,
  SimulatedRouting,
} from '../../../../core/routing/simulation/simulated-routing.ts';
import { readSpecimen, readSpecimenWith } from '../../../support/specimens.ts';
import { runs } from '../../../support/volumes.ts';
import { deskListTerms, helpDeskActors } from '../../help-desk.ts';

const start = '2026-11-24T01:00:00.000Z' as Instant;
const id = '019a0000-0000-7000-8000-000000000001' as Inquiry['id'];
const agent = {
  kind: 'agent',
  sub: helpDeskActors.staff1.sub,
  name: '佐藤',
  role: 'staff',
} as const;

/** When an inquiry was claimed, answered, waited, went on and was resolved: seconds, ascending. */
type Life = readonly [number, number, number, number, number];

function livesOf(decision: Pick<SimulatedDecision, 'desk' | 'priority'>, life: Life): Inquiry {
  const [claimed, answered, awaited, resumed, resolved] = life;
  const at = (seconds: number) => ({ v: 1, at: addSeconds(start, seconds), by: agent }) as const;
  const { desk, priority } = decision;
  const received = {
    ...readSpecimen('InquiryReceived').received,
    automated: false,
    receivedAt: start,
  };
  const { priority: _, ...unset } = received;
  const { policy: _p, ...routed } = readSpecimen('InquiryRouted');
  const posted = readSpecimen('ReplyPosted').message;
  const who = { desk, agent: agent.sub };
  const events: InquiryEvent[] = [
    { ...readSpecimen('InquiryReceived'), at: start, received: unset },
    { ...routed, at: addSeconds(start, 1), desk, priority, announceAt: addSeconds(start, 90) },
    { ...readSpecimen('InquiryClaimed'), ...at(claimed), ...who },
    { ...readSpecimen('ReplyPosted'), ...at(answered), message: posted },
    { ...readSpecimen('RequesterAwaited'), ...at(awaited), ...who },
    readSpecimenWith('InquiryResumed', { ...at(resumed), desk, reason: 'resumed' }),
    { ...readSpecimen('InquiryResolved'), ...at(resolved) },
  ];
  let inquiry: Inquiry | undefined;
  for (const event of events) {
    const before = inquiry === undefined ? undefined : { inquiry };
    const pendingAppend = planAppend(id, before, { events: [event] }, deskListTerms, event.at);
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    inquiry = pendingAppend.after;
  }
  if (inquiry === undefined) throw new TypeError('nothing happened');
  return inquiry;
}

function simulated(
  old: Pick<SimulatedDecision, 'desk' | 'priority'>,
  anew: Pick<SimulatedDecision, 'desk' | 'priority'>,
): SimulatedRouting {
  const rest = { category: 'network', tags: [], placedBy: [], priorityRules: [] };
  const { number } = readSpecimen('InquiryReceived') as EventOf<'InquiryReceived'>;
  return {
    ...{ id, number, channel: 'mail', receivedAt: start, routedAt: addSeconds(start, 1) },
    ...{ routedBy: { rules: 0 }, old: { ...old, ...rest }, new: { ...anew, ...rest } },
    changed: (['desk', 'priority'] as const).filter((field) => old[field] !== anew[field]),
    ...{ unseen: [], earlierUnseen: false },
  };
}

const decision = fc.record({
  desk: fc.constantFrom(...['staff', 'bpo', 'bpo-b'].map((one) => DeskId.parse(one))),
  priority: fc.constantFrom(...Priority.options),
});
const life = fc
  .array(fc.integer({ min: 2, max: 400_000 }), { minLength: 5, maxLength: 5 })
  .map((instants) => instants.toSorted((one, other) => one - other) as unknown as Life);
const asOf = addSeconds(start, 10_000_000);

describe('the service level impact', () => {
  it('come to what the same life would have come to, had it been routed so', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(decision, decision, life, (old, anew, instants) => {
        const real = livesOf(old, instants);
        const other = new Map(livesOf(anew, instants).clocks.map((one) => [one.clock, one]));
        const one = simulated(old, anew);
        fc.pre(canAffectServiceLevels(one));
        // Coming back from waiting begins another pickup; only the first is compared here.
        const clocks = real.clocks.filter(({ clock }) => clock !== 'pickup');
        for (const { clock, outcome, newDueAt } of computeServiceLevelImpacts(
          one,
          clocks,
          deskListTerms.serviceLevels,
          asOf,
        )) {
          const was = real.clocks.find((name) => name.clock === clock);
          const would = other.get(clock);
          const verdicts = [was?.verdict, would?.verdict].join();
          const expected: Readonly<Record<string, string>> = {
            'met,met': 'same',
            'missed,missed': 'same',
            'met,missed': 'wouldMiss',
            'missed,met': 'wouldMeet',
          };
          expect(outcome, `${clock} ${verdicts}`).toBe(expected[verdicts]);
          if (would?.verdict === 'missed') expect(would.breachedAt).toBe(newDueAt);
          seen.add(outcome);
        }
      }),
      runs(150),
    );
    expect([...seen].sort()).toEqual(['same', 'wouldMeet', 'wouldMiss']);
  });

  it('are unknown where a person has since set what routing had decided', () => {
    const [high, low] = (['high', 'low'] as const).map((priority) => ({
      ...{ priority, desk: DeskId.parse('staff') },
    }));
    if (high === undefined || low === undefined) throw new TypeError('there are two');
    const { clocks } = livesOf(high, [10, 20, 30, 40, 50]);
    const stakes = computeServiceLevelImpacts(
      simulated(low, high),
      clocks,
      deskListTerms.serviceLevels,
      asOf,
    );
    expect(stakes.length).toBeGreaterThan(1);
    expect(new Set(stakes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
  });
});

describe('service levels by time', () => {
  it('are compiled once for each version that was put', () => {
    const recordedAt = addSeconds(start, 100);
    const later = { ...shippedPolicies, version: 1, recordedAt, from: recordedAt };
    const body = PoliciesDocument.parse(shippedPolicies.body);
    const levels = new ServiceLevels([shippedPolicies, { ...later, body }], [shippedCalendars]);
    const byTime = new ServiceLevelsByTime(levels);
    const before = byTime.knownBy(start);
    expect(byTime.knownBy(addSeconds(start, 99))).toBe(before);
    expect(byTime.knownBy(addSeconds(start, 100))).not.toBe(before);
    expect(before.versionsAt(start).known).toBe(0);
    expect(byTime.knownBy(addSeconds(start, 5_000)).versionsAt(asOf).known).toBe(1);
  });
});
