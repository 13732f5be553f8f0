import type { EventType, InquiryEvent } from '../events/events.ts';
import { foldedOn } from '../evolve.ts';
import type { Inquiry } from '../snapshot.ts';
import type { InquiryId, Instant } from '../values/ids.ts';
import { isRunning } from './clock.ts';
import { levelledBy } from './compute-service-level-changes.ts';
import type { LevelsMark, ServiceLevels } from './service-levels.ts';
import { mergedWrites, type VerdictWrite, verdictsOf } from './verdict.ts';

/** An inquiry whose history has been levelled anew, and the verdicts that this brought. */
export type Replayed = {
  readonly inquiry: Inquiry;
  readonly verdicts: readonly VerdictWrite[];
};

/** What time and the configuration made of an inquiry's clocks; people and mail made all else. */
const ofClocks: ReadonlySet<EventType> = new Set([
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
export function replay(
  id: InquiryId,
  events: readonly InquiryEvent[],
  levels: ServiceLevels,
): Replayed | undefined {
  const history = new History(id, levels);
  for (const event of events) history.add(event, event.levels);
  return history.replayed;
}

/**
 * Levels a history by other policies or calendars, as if they had been known from the beginning:
 * each version is in force from when it says, whenever it was put.
 *
 * Breaches are noticed the moment they happen. Warnings and escalations are left out.
 * @param until what was recorded later is left out, and breaches later than this are
 */
export function restate(
  id: InquiryId,
  events: readonly InquiryEvent[],
  levels: ServiceLevels,
  until: Instant,
): Replayed | undefined {
  const history = new History(id, levels);
  for (const event of events) {
    if (recordingOf(event) > until) break;
    if (ofClocks.has(event.type)) continue;
    history.ring(event.at);
    history.add(event, undefined);
  }
  history.ring(until);
  return history.replayed;
}

function recordingOf({ at, recordedAt }: InquiryEvent): Instant {
  return recordedAt ?? at;
}

class History {
  readonly #id: InquiryId;
  readonly #levels: ServiceLevels;
  readonly #verdicts: VerdictWrite[] = [];
  #inquiry: Inquiry | undefined;

  constructor(id: InquiryId, levels: ServiceLevels) {
    this.#id = id;
    this.#levels = levels;
  }

  get replayed(): Replayed | undefined {
    const inquiry = this.#inquiry;
    return inquiry && { inquiry, verdicts: mergedWrites(this.#verdicts) };
  }

  /** @param mark the versions to reckon by from here on, where they change */
  add(event: InquiryEvent, mark: LevelsMark | undefined): void {
    const { clocks: _c, escalations: _e, levels: _l, ...bare } = event;
    const before = this.#inquiry;
    const now = recordingOf(event);
    const added = levelledBy(
      before,
      bare,
      foldedOn(this.#id, before, bare),
      this.#levels,
      now,
      mark ?? before?.levels ?? this.#levels.markAt(event.at),
    );
    const after = foldedOn(this.#id, before, { ...bare, ...added });
    this.#verdicts.push(...verdictsOf(before, added.clocks ?? [], after, now));
    this.#inquiry = after;
  }

  /** All that policies and deadlines alone do to the clocks until an instant, in order. */
  ring(until: Instant): void {
    for (;;) {
      const [due, event] = this.#next() ?? [];
      if (due === undefined || event === undefined || due > until) return;
      this.add(
        { ...event, recordedAt: due },
        event.type === 'ClocksReckoned' ? event.mark : undefined,
      );
    }
  }

  #next(): readonly [Instant, InquiryEvent] | undefined {
    const { clocks = [], levels } = this.#inquiry ?? {};
    const common = { v: 1, by: { kind: 'system', part: 'alarm' } } as const;
    const due = clocks.filter(isRunning).flatMap((clock) => {
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
    const mark = at && this.#levels.markAt(at);
    const reckoning =
      at === undefined || mark === undefined
        ? []
        : [[at, { ...common, at, type: 'ClocksReckoned', mark } satisfies InquiryEvent] as const];
    // Of what is due at the same instant, the reckoning comes first.
    return [...reckoning, ...due].sort(([one], [other]) =>
      one < other ? -1 : one > other ? 1 : 0,
    )[0];
  }
}
