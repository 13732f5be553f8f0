import { type Calendar, isCalendarFault } from '../../calendar/calendar.ts';
import { epochSecondOf, instantOfSecond } from '../../inquiry/clock/epoch-seconds.ts';
import { findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { SimulationOrder } from './order-simulation.ts';
import { type ServiceLevelOutcome, serviceLevelOutcomes } from './simulated-routing.ts';
import { formatWeekHour, type SimulationSums } from './simulation-sums.ts';

const hourSeconds = 3600;

export type SimulationSummary = ReturnType<typeof summarizeSimulation>;

/**
 * Summarizes the sums of a simulation for people to compare.
 *
 * @param terms those in force, and those that were simulated
 */
export function summarizeSimulation(
  order: SimulationOrder,
  sums: SimulationSums,
  terms: { readonly inForce: Terms; readonly proposed: Terms },
) {
  const { from, until, of, rules, settings } = order;
  const { inquiries, differing, unrouted, missing, changed, earlierUnseen } = sums;
  const percentOf = (count: number) =>
    inquiries === 0 ? 0 : Math.floor((1000 * count) / inquiries) / 10;
  return {
    ...{ from, until },
    rules: { of: of.rules, version: rules.version },
    settings: { of: of.settings, version: settings.version },
    ...{ inquiries, differing, differingPercent: percentOf(differing), unrouted, missing, changed },
    desks: buildMatrix(sums.desks),
    categories: buildMatrix(sums.categories),
    priorities: buildMatrix(sums.priorities),
    load: summarizeLoad(order, sums, terms.inForce),
    volumes: summarizeVolumes(sums, terms),
    levels: summarizeServiceLevels(sums),
    unseen: Object.entries(sums.unseen).map(([desk, count]) => ({ desk, count })),
    earlierUnseen,
    routedBy: Object.entries(sums.versions).map(([version, count]) => ({
      rules: Number(version),
      count,
    })),
  };
}

/** Counts from old to new value, highest first. */
function buildMatrix(counts: Readonly<Record<string, number>>) {
  return Object.entries(counts)
    .map(([key, count]) => {
      const [oldValue = '', newValue = ''] = key.split(' ');
      return { old: oldValue, new: newValue, count };
    })
    .sort((one, other) => other.count - one.count || (one.old < other.old ? -1 : 1));
}

function summarizeLoad(
  { from, until }: SimulationOrder,
  sums: SimulationSums,
  { serviceLevels }: Terms,
) {
  const keys = [...new Set([...Object.keys(sums.oldLoad), ...Object.keys(sums.newLoad)])];
  const byDesk = Map.groupBy(keys, (key) => key.split(' ')[0] as DeskId);
  return [...byDesk].map(([desk, slots]) => {
    const calendar = serviceLevels.deskCalendar(desk, until);
    const covered = calendar === undefined ? undefined : findCoveredHours(calendar, from, until);
    return {
      desk,
      zone: calendar?.zoneAt(epochSecondOf(until)) ?? 'UTC',
      closed: { old: sums.oldClosed[desk] ?? 0, new: sums.newClosed[desk] ?? 0 },
      hours: slots
        .map((key) => {
          const [, weekday, hour] = key.split(' ').map(Number);
          return {
            ...{ weekday: weekday ?? 0, hour: hour ?? 0 },
            covered: covered === undefined || covered.has(`${weekday} ${hour}`),
            ...{ old: sums.oldLoad[key] ?? 0, new: sums.newLoad[key] ?? 0 },
          };
        })
        .sort((one, other) => one.weekday - other.weekday || one.hour - other.hour),
    };
  });
}

/** The hours of the week during at least half of which a calendar was open, over a period. */
function findCoveredHours(calendar: Calendar, from: Instant, until: Instant): ReadonlySet<string> {
  const open = new Map<string, number>();
  const first = Math.floor(epochSecondOf(from) / hourSeconds) * hourSeconds;
  for (let hour = first; hour < epochSecondOf(until); hour += hourSeconds) {
    const seconds = calendar.between(hour, hour + hourSeconds);
    if (isCalendarFault(seconds)) continue;
    const slot = formatWeekHour(calendar, instantOfSecond(hour));
    open.set(slot, (open.get(slot) ?? 0) + seconds - hourSeconds / 2);
  }
  return new Set([...open].flatMap(([slot, balance]) => (balance >= 0 ? [slot] : [])));
}

function summarizeVolumes(
  { oldVolumes, newVolumes }: SimulationSums,
  terms: { readonly inForce: Terms; readonly proposed: Terms },
) {
  const keys = [...new Set([...Object.keys(oldVolumes), ...Object.keys(newVolumes)])].sort();
  return keys.map((key) => {
    const [month = '', id = ''] = key.split(' ');
    const limitIn = (one: Terms) =>
      findDeskAttributes(one, id as DeskId).contract?.monthlyVolume?.inquiries;
    const [oldLimit, newLimit] = [limitIn(terms.inForce), limitIn(terms.proposed)];
    return {
      ...{ month, desk: id, old: oldVolumes[key] ?? 0, new: newVolumes[key] ?? 0 },
      ...(oldLimit === undefined ? {} : { oldLimit }),
      ...(newLimit === undefined ? {} : { newLimit }),
    };
  });
}

function summarizeServiceLevels({ stakes }: SimulationSums) {
  const byClock = Map.groupBy(Object.entries(stakes), ([key]) => key.split(' ', 2).join(' '));
  return [...byClock].map(([key, entries]) => {
    const [clock = '', desk = ''] = key.split(' ');
    const counts = new Map(entries.map(([one, count]) => [one.split(' ')[2], count]));
    const outcomes = Object.fromEntries(
      serviceLevelOutcomes.map((outcome) => [outcome, counts.get(outcome) ?? 0]),
    ) as Record<ServiceLevelOutcome, number>;
    return { clock, desk, ...outcomes };
  });
}
