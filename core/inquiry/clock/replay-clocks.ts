import type { EventType, InquiryEvent } from '../events/events.ts';
import { applyEvent } from '../evolve.ts';
import type { Inquiry } from '../snapshot.ts';
import type { InquiryId, Instant } from '../values/ids.ts';
import { isClockRunning } from './clock.ts';
import { computeServiceLevelChanges } from './compute-service-level-changes.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';
import { collectVerdictWrites, mergeVerdictWrites, type VerdictWrite } from './verdict.ts';

/** An inquiry whose clocks were computed again from its history, and the resulting verdicts. */
export type ReplayedClocks = {
  readonly inquiry: Inquiry;
  readonly verdicts: readonly VerdictWrite[];
};

/** Events that clocks and escalations caused; a restatement derives its own. */
const clockEventTypes: ReadonlySet<EventType> = new Set([
  'ClocksReckoned',
  'ClockWarned',
  'ClockBreached',
  'EscalationStepped',
  'EscalationAcknowledged',
]);

/**
 * Computes the clocks of a history again, by the versions that its events name; the clocks and
 * escalations that the events carry are ignored.
 *
 * Returns the inquiry and the verdicts as they were recorded; undefined for an empty history.
 */
export function replayClocks(
  id: InquiryId,
  events: readonly InquiryEvent[],
  serviceLevels: ServiceLevels,
): ReplayedClocks | undefined {
  const history = new ClockHistory(id, serviceLevels);
  for (const event of events) history.addEvent(event, event.levels);
  return history.result;
}

/**
 * Computes the clocks of a history by other policies or calendars, as if these had been known from
 * the beginning: each version is in force from its `from`, whenever it was recorded.
 *
 * Breaches are noticed the moment they happen. Warnings and escalations are left out.
 * @param until events recorded later are left out, and so are breaches that happen later
 */
export function restateClocks(
  id: InquiryId,
  events: readonly InquiryEvent[],
  serviceLevels: ServiceLevels,
  until: Instant,
): ReplayedClocks | undefined {
  const history = new ClockHistory(id, serviceLevels);
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
  readonly #serviceLevels: ServiceLevels;
  readonly #verdicts: VerdictWrite[] = [];
  #inquiry: Inquiry | undefined;

  constructor(id: InquiryId, serviceLevels: ServiceLevels) {
    this.#id = id;
    this.#serviceLevels = serviceLevels;
  }

  get result(): ReplayedClocks | undefined {
    const inquiry = this.#inquiry;
    return inquiry && { inquiry, verdicts: mergeVerdictWrites(this.#verdicts) };
  }

  /** @param versions the versions to compute by from here on, where they change */
  addEvent(event: InquiryEvent, versions: AppliedSlaVersions | undefined): void {
    const { clocks: _c, escalations: _e, levels: _l, ...bareEvent } = event;
    const before = this.#inquiry;
    const now = recordedAtOf(event);
    const changes = computeServiceLevelChanges(
      before,
      bareEvent,
      applyEvent(this.#id, before, bareEvent),
      this.#serviceLevels,
      now,
      versions ?? before?.levels ?? this.#serviceLevels.versionsAt(event.at),
    );
    const after = applyEvent(this.#id, before, { ...bareEvent, ...changes });
    this.#verdicts.push(...collectVerdictWrites(before, changes.clocks ?? [], after, now));
    this.#inquiry = after;
  }

  /**
   * Applies everything that policies and deadlines alone do to the clocks until an instant, in
   * order.
   */
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
    const { clocks = [], levels: appliedVersions } = this.#inquiry ?? {};
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
    const at = appliedVersions?.reckonAt;
    const versions = at && this.#serviceLevels.versionsAt(at);
    const recomputation =
      at === undefined || versions === undefined
        ? []
        : [
            [
              at,
              { ...common, at, type: 'ClocksReckoned', mark: versions } satisfies InquiryEvent,
            ] as const,
          ];
    // Of what is due at the same instant, the recomputation comes first.
    return [...recomputation, ...due].sort(([one], [other]) =>
      one < other ? -1 : one > other ? 1 : 0,
    )[0];
  }
}
