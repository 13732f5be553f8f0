import type { EarlierInquiry, ObservedDesk } from '../../../inquiry/events/routing-observation.ts';
import { type FactCriterion, type MeasureBounds, weekdays } from '../conditions.ts';
import type { ConditionTest, EvaluationState } from './rule-evaluation.ts';

const dayMilliseconds = 86_400_000;
const deskMeasures = ['depth', 'oldestMinutes', 'present', 'waitMinutes'] as const;

export function compileTimeCondition(time: FactCriterion<'time'>): ConditionTest {
  const { calendar: id } = time;
  if ('open' in time) {
    return ({ facts }) =>
      facts.calendar(id)?.open === time.open ? [`time.open: ${id} ${time.open}`] : undefined;
  }
  const [from, to] = [parseWallTime(time.from), parseWallTime(time.to)];
  const days = new Set((time.days ?? weekdays).map((day) => weekdays.indexOf(day)));
  return ({ facts }) => {
    const moment = facts.calendar(id);
    if (moment === undefined) return undefined;
    const { minute, weekday } = moment;
    const isOfToday = minute >= from && (minute < to || to < from) && days.has(weekday);
    const isOfYesterday = to < from && minute < to && days.has((weekday + 6) % 7);
    return isOfToday || isOfYesterday ? [`time: ${id} ${formatMinute(minute)}`] : undefined;
  };
}

function parseWallTime(wall: string): number {
  return Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3));
}

function formatMinute(minute: number): string {
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** A desk that was not observed is neither open nor closed. */
export function compileDeskCondition(desk: FactCriterion<'desk'>): ConditionTest {
  const { id } = desk;
  const measured = deskMeasures.flatMap((measure) => {
    const bounds = desk[measure];
    return bounds === undefined ? [] : [[measure, bounds] as const];
  });
  return ({ facts }) => {
    const observed = facts.observed.desks[id];
    if (observed === undefined) return undefined;
    const reasons: string[] = [];
    if (desk.open !== undefined) {
      if (observed.open !== desk.open) return undefined;
      reasons.push(`desk.open: ${id} ${desk.open}`);
    }
    for (const [measure, bounds] of measured) {
      const value = observed[measure];
      if (value === undefined || !isWithin(value, bounds)) return undefined;
      reasons.push(`desk.${measure}: ${id} ${value}`);
    }
    return reasons;
  };
}

function isWithin(value: number, { over, under }: MeasureBounds): boolean {
  return (over === undefined || value > over) && (under === undefined || value < under);
}

export function compileContractCondition({
  desk: id,
  accepts,
  covered,
  volumeLeft,
}: FactCriterion<'contract'>): ConditionTest {
  return ({ facts, state }) => {
    const observed = facts.observed.desks[id];
    if (observed === undefined) return undefined;
    const reasons: string[] = [];
    for (const [name, expected, actual] of [
      ['accepts', accepts, isCategoryAccepted(observed, state)],
      ['covered', covered, observed.open],
      ['volumeLeft', volumeLeft, hasVolumeLeft(observed)],
    ] as const) {
      if (expected === undefined) continue;
      if (expected !== actual) return undefined;
      reasons.push(`contract.${name}: ${id} ${expected}`);
    }
    return reasons;
  };
}

function isCategoryAccepted({ accepts }: ObservedDesk, { category }: EvaluationState): boolean {
  return accepts === undefined || (category !== undefined && accepts.includes(category));
}

function hasVolumeLeft({ volume }: ObservedDesk): boolean {
  return volume?.limit === undefined || volume.used < volume.limit;
}

export function compileEarlierCondition(earlier: FactCriterion<'earlier'>): ConditionTest {
  const { withinDays, atLeast = 1, sameCategory, sameService, sameAgent } = earlier;
  return ({ facts, state: { category, service } }) => {
    const now = Date.parse(facts.at);
    const isCounted = (one: EarlierInquiry) =>
      now - Date.parse(one.at) <= withinDays * dayMilliseconds &&
      (sameCategory !== true || (category !== undefined && one.category === category)) &&
      (sameService !== true || (service !== undefined && one.service === service));
    const counted = (facts.observed.earlier ?? []).filter(isCounted);
    const count = sameAgent === true ? countForBusiestAgent(counted) : counted.length;
    return count >= atLeast ? [`earlier: ${count}`] : undefined;
  };
}

function countForBusiestAgent(earlier: readonly EarlierInquiry[]): number {
  const byAgent = Map.groupBy(
    earlier.filter(({ agent }) => agent !== undefined),
    ({ agent }) => agent,
  );
  return Math.max(0, ...[...byAgent.values()].map(({ length }) => length));
}
