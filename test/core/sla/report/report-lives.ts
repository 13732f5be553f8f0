import type { VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import {
  applyLeaseChange,
  decideDueAlarms,
  type InquiryDecision,
  planAppend,
} from '../../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { computeAlarmAt } from '../../../../core/inquiry/fire-alarm.ts';
import type { LoadedInquiry, PendingAppend } from '../../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import {
  buildShippedTerms,
  LifecycleTimings,
  type Terms,
} from '../../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  type InquiryId,
  Instant,
  instantOf,
} from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import { chooseNextDecision, computeLateAnnouncement } from './choose-next-decision.ts';
import { makeRandomSource, type RandomSource } from './random-source.ts';
import { policyChangeAt, reportDesks, reportServiceLevels } from './report-service-levels.ts';

export const reportTerms: Terms = {
  ...buildShippedTerms(reportDesks),
  lifecycle: LifecycleTimings.parse({ announceQueued: 7_776_000 }),
  serviceLevels: reportServiceLevels,
};
const earlyTerms: Terms = {
  ...reportTerms,
  serviceLevels: reportServiceLevels.restrictToKnownBy(addSeconds(policyChangeAt, -1)),
};

/** The terms as they were read at an instant. */
export function termsReadAt(now: Instant): Terms {
  return now < policyChangeAt ? earlyTerms : reportTerms;
}

/** The records that appends write, as the ledger's updates leave them. */
export function collectVerdictRecords(appends: readonly PendingAppend[]): VerdictRecord[] {
  const records = new Map<string, VerdictRecord>();
  for (const { key, verdict, supersededAt, review } of appends.flatMap((one) => one.verdicts)) {
    const { inquiryId, clock, cycle, run, judged } = key;
    const name = [judged.month, judged.desk, inquiryId, clock, cycle, run].join(' ');
    const before = records.get(name);
    const record = verdict ?? before?.verdict;
    if (record === undefined) throw new TypeError(`${name} is changed before it is there`);
    records.set(name, {
      ...before,
      verdict: record,
      ...(supersededAt === undefined ? {} : { supersededAt }),
      reviews: [...(before?.reviews ?? []), ...(review === undefined ? [] : [review])],
    });
  }
  return [...records.values()];
}

const begin = Date.parse('2026-10-20T00:00:00.000Z');
const end = Instant.parse('2026-12-08T00:00:00.000Z');
const spanSeconds = 41 * 86_400;

/** One inquiry from its reception until nothing more happens, or the time ends. */
export class RandomInquiryLife {
  readonly appends: PendingAppend[] = [];
  readonly #id: InquiryId;
  readonly #chance: RandomSource;
  readonly #termsAt: (now: Instant) => Terms;
  loaded: LoadedInquiry | undefined;

  constructor(number: number, random: RandomSource, termsAt: (now: Instant) => Terms) {
    const hex = number.toString(16).padStart(12, '0');
    this.#id = `019a0000-0000-7000-8000-${hex}` as InquiryId;
    this.#chance = random;
    this.#termsAt = termsAt;
    this.#live(number);
  }

  #live(number: number): void {
    let now = instantOf(begin + Math.floor(this.#chance() * spanSeconds) * 1000);
    this.#append({ events: makeOpening(number, now, this.#chance) }, now);
    // Without the sweep, a breach is found by the next command only.
    const isWatched = this.#chance() < 0.9;
    for (let nextDecisions = 0; nextDecisions < 16; nextDecisions += 1) {
      now = addSeconds(now, drawGap(this.#chance));
      if (now > end) break;
      if (isWatched) this.#ringUntil(now);
      const { loaded } = this;
      if (loaded === undefined || loaded.inquiry.status === 'merged') break;
      this.#ring(now);
      const nextDecision = chooseNextDecision(
        this.loaded ?? loaded,
        this.#chance,
        now,
        this.#termsAt(now),
      );
      if (nextDecision === 'end') break;
      this.#append(nextDecision, now);
    }
    if (isWatched) this.#ringUntil(end);
    this.#ring(end);
  }

  /** Fires each alarm within two seconds of when it is due. */
  #ringUntil(until: Instant): void {
    for (;;) {
      if (this.loaded === undefined) return;
      const due = computeAlarmAt(this.loaded.inquiry, this.loaded.lease);
      if (due === undefined || due > until) return;
      const late = addSeconds(due, Math.floor(this.#chance() * 3));
      const last = this.appends.at(-1)?.at ?? late;
      this.#ring(late > until ? until : late < last ? last : late);
    }
  }

  #ring(now: Instant): void {
    for (;;) {
      if (this.loaded === undefined) return;
      const fired = decideDueAlarms(this.loaded, this.#termsAt(now), now);
      if (fired.events.length === 0) return;
      this.#append(fired, now);
    }
  }

  #append(decision: InquiryDecision, now: Instant): void {
    const before = this.loaded;
    const whole = planAppend(this.#id, before, decision, this.#termsAt(now), now);
    if (isRefusal(whole)) throw new TypeError(whole.detail);
    const lease = applyLeaseChange(before?.lease, whole.lease);
    this.loaded = lease === undefined ? { inquiry: whole.after } : { inquiry: whole.after, lease };
    this.appends.push(whole);
  }
}

/** From half a minute to days, mostly within hours. */
function drawGap(random: RandomSource): number {
  const scale = [600, 3_600, 14_400, 100_000][Math.floor(random() * 4)] ?? 600;
  return 30 + Math.floor(random() * scale);
}

const priorities: readonly Priority[] = ['critical', 'high', 'medium', 'low'];

function makeOpening(number: number, now: Instant, random: RandomSource): InquiryEvent[] {
  const kind = random();
  const isCall = kind < 0.15;
  const automated = kind > 0.95;
  // Calls are entered after they were made, some of them days later.
  const startedAt = isCall ? addSeconds(now, -300 - Math.floor(random() ** 4 * 200_000)) : now;
  const endedAt = addSeconds(startedAt, 240);
  const said = random();
  const outcome = said < 0.3 ? 'open' : said < 0.6 ? 'answered' : 'resolved';
  const common = { v: 1, at: now, by: { kind: 'system', part: 'intake' } } as const;
  const priority = random() < 0.5 ? {} : { priority: priorities[Math.floor(random() * 4)] };
  const received: InquiryEvent = {
    ...common,
    type: 'InquiryReceived',
    number: makeInquiryNumber(
      new Uint8Array([0, 0, 0, 1, number >> 10, (number >> 5) & 31, number & 31]),
    ),
    received: {
      channel: isCall ? 'phone' : 'form',
      requester: {},
      participants: [],
      subject: 'VPN',
      language: 'ja',
      ...(priority.priority === undefined ? {} : { priority: priority.priority }),
      automated,
      acknowledge: false,
      message: { id: 'm0', kind: 'requester', from: {}, text: 'VPN', attachments: [] },
      ...(isCall
        ? {
            call: {
              startedAt,
              endedAt,
              outcome,
              ...(Date.parse(now) - Date.parse(endedAt) > 86_400_000 ? { late: true } : {}),
            },
          }
        : {}),
      source: {},
      links: [],
      receivedAt: startedAt,
      announceAt: computeLateAnnouncement(now),
    },
  };
  if (!isCall || outcome !== 'resolved') return [received];
  const { lifecycle } = reportTerms;
  return [
    received,
    {
      ...common,
      at: endedAt,
      type: 'InquiryResolved',
      silent: true,
      closeAt: addSeconds(endedAt, lifecycle.close),
      reopenUntil: addSeconds(endedAt, lifecycle.reopen),
    },
  ];
}

/** The appends of a number of lives, the same each time. */
export function generateLives(
  count: number,
  seed: number,
  termsAt: (now: Instant) => Terms = termsReadAt,
): PendingAppend[] {
  const random = makeRandomSource(seed);
  return Array.from(
    { length: count },
    (_, index) => new RandomInquiryLife(index + 1, random, termsAt).appends,
  ).flat();
}
