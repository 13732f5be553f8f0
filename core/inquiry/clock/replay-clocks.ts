import type { EventType, InquiryEvent } from '../events/events.ts';
import { applyEvent } from '../evolve.ts';
import type { Inquiry } from '../snapshot.ts';
import type { InquiryId, Instant } from '../values/ids.ts';
import { isClockRunning } from './clock.ts';
import { computeServiceLevelChanges } from './compute-service-level-changes.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';
import { collectVerdictWrites, mergeVerdictWrites, type VerdictWrite } from './verdict.ts';

/** An inquiry whose history has been levelled anew, and the verdicts that this brought. */
export type ReplayedClocks = {
  readonly inquiry: Inquiry;
  readonly verdicts: readonly VerdictWrite[];
};

/** What time and the configuration made of an inquiry's clocks; people and mail made all else. */
const clockEventTypes: ReadonlySet<EventType> = new Set([
  'ClocksReckoned',
  'ClockWarned',
  'ClockBreached',
  'EscalationStepped',
  'EscalationAcknowledged',
]);

/**
 * Levels a history anew, by the versions that each of its events names: what the events carry of
 * clocks and escalations is worked out again and not looked at.
 *
 * Gives the inquiry and the verdicts as they were recorded; undefined when nothing opens it.
 */
export function replayClocks(
  id: InquiryId,
  events: readonly InquiryEvent[],
  levels: ServiceLevels,
): ReplayedClocks | undefined {
  const history = new ClockHistory(id, levels);
  for (const event of events) history.addEvent(event, event.levels);
  return history.result;
}

/**
 * Levels a history by other policies or calendars, as if they had been known from the beginning:
 * each version is in force from when it says, whenever it was put.
 *
 * Breaches are noticed the moment they happen. Warnings and escalations are left out.
 * @param until what was recorded later is left out, and breaches later than this are
 */
export function restateClocks(
  id: InquiryId,
  events: readonly InquiryEvent[],
  levels: ServiceLevels,
  until: Instant,
): ReplayedClocks | undefined {
  const history = new ClockHistory(id, levels);
  for (const event of events) {
    if (recordedAtOf(event) > until) break;
    if (clockEventTypes.has(event.type)) continue;
    history.fireAlarms(event.at);
    history.addEvent(event, undefined);
  }
  history.fireAlarms(until);
  return history.result;
}

function recordedAtOf({ at, recordedAt }: InquiryEvent): Instant {
  return recordedAt ?? at;
}

class ClockHistory {
  readonly #id: InquiryId;
  readonly #levels: ServiceLevels;
  readonly #verdicts: VerdictWrite[] = [];
  #inquiry: Inquiry | undefined;

  constructor(id: InquiryId, levels: ServiceLevels) {
    this.#id = id;
    this.#levels = levels;
  }

  get result(): ReplayedClocks | undefined {
    const inquiry = this.#inquiry;
    return inquiry && { inquiry, verdicts: mergeVerdictWrites(this.#verdicts) };
  }

  /** @param versions the versions to reckon by from here on, where they change */
  addEvent(event: InquiryEvent, versions: AppliedSlaVersions | undefined): void {
    const { clocks: _c, escalations: _e, levels: _l, ...bare } = event;
    const before = this.#inquiry;
    const now = recordedAtOf(event);
    const added = computeServiceLevelChanges(
      before,
      bare,
      applyEvent(this.#id, before, bare),
      this.#levels,
      now,
      versions ?? before?.levels ?? this.#levels.versionsAt(event.at),
    );
    const after = applyEvent(this.#id, before, { ...bare, ...added });
    this.#verdicts.push(...collectVerdictWrites(before, added.clocks ?? [], after, now));
    this.#inquiry = after;
  }

  /** All that policies and deadlines alone do to the clocks until an instant, in order. */
  fireAlarms(until: Instant): void {
    for (;;) {
      const [due, event] = this.#next() ?? [];
      if (due === undefined || event === undefined || due > until) return;
      this.addEvent(
        { ...event, recordedAt: due },
        event.type === 'ClocksReckoned' ? event.mark : undefined,
      );
    }
  }

  #next(): readonly [Instant, InquiryEvent] | undefined {
    const { clocks = [], levels } = this.#inquiry ?? {};
    const common = { v: 1, by: { kind: 'system', part: 'alarm' } } as const;
    const due = clocks.filter(isClockRunning).flatMap((clock) => {
      const { clock: name, cycle, dueAt, missedFrom } = clock;
      if (dueAt === undefined || missedFrom === undefined) return [];
      const breach: InquiryEvent = {
        ...common,
        ...{ at: dueAt, type: 'ClockBreached', clock: name, cycle },
        ...{ breachedAt: dueAt, detectedAt: missedFrom },
      };
      return [[missedFrom, breach] as const];
    });
    const at = levels?.reckonAt;
    const versions = at && this.#levels.versionsAt(at);
    const reckoning =
      at === undefined || versions === undefined
        ? []
        : [
            [
              at,
              { ...common, at, type: 'ClocksReckoned', mark: versions } satisfies InquiryEvent,
            ] as const,
          ];
    // Of what is due at the same instant, the reckoning comes first.
    return [...reckoning, ...due].sort(([one], [other]) =>
      one < other ? -1 : one > other ? 1 : 0,
    )[0];
  }
}
