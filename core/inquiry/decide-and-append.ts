import { computeServiceLevelChanges } from './clock/compute-service-level-changes.ts';
import { collectVerdictWrites, mergeVerdictWrites, type VerdictWrite } from './clock/verdict.ts';
import type { InquiryEvent } from './events/events.ts';
import { applyEvent, evolve } from './evolve.ts';
import { fireAlarm } from './fire-alarm.ts';
import { collectVolumeEntries } from './outbox/contract-volume.ts';
import { computeOwedNotices, type Notice } from './outbox/notice.ts';
import type {
  InquiryLedger,
  LeaseChange,
  LoadedInquiry,
  PendingAppend,
  Randomness,
} from './ports.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { Inquiry, Lease } from './snapshot.ts';
import type { Terms } from './terms/terms.ts';
import { isLegalTransition } from './transitions.ts';
import type { InquiryId, Instant } from './values/ids.ts';

/** New events, and what is to be written together with them. */
export type InquiryDecision = {
  readonly events: readonly InquiryEvent[];
} & Partial<
  Pick<
    PendingAppend,
    'lease' | 'idempotencyRecords' | 'threads' | 'receipt' | 'pendingClaim' | 'verdicts'
  >
>;

export type CommandDependencies = {
  readonly ledger: InquiryLedger;
  readonly random: Randomness;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** The inquiry after a command; `events` is empty when there was nothing to change. */
export type CommandResult = {
  readonly inquiry: Inquiry;
  readonly lease?: Lease;
  readonly events: readonly InquiryEvent[];
};

/** Thrown when an append's idempotency record, receipt or pending claim already exists. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
  readonly conflict: 'once' | 'receipt' | 'claim';

  constructor(conflict: 'once' | 'receipt' | 'claim') {
    super(`already appended: ${conflict}`);
    this.conflict = conflict;
  }
}

const attemptLimit = 8;
const pauseMilliseconds = 15;

/**
 * Plans the append of a decision: folds its events and computes their effect on the clocks, the
 * notices they owe and the verdicts they bring.
 *
 * Refuses `inquiry.illegal-transition` when an event may not follow, so that no command can reach a
 * state outside the table of transitions, and `transient.conflict` when the inquiry's clocks were
 * computed by policies or calendars newer than these service levels.
 */
export function planAppend(
  id: InquiryId,
  before: LoadedInquiry | undefined,
  decision: InquiryDecision,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  now: Instant,
): PendingAppend | Refusal {
  if (!serviceLevels.isKnown(before?.inquiry.levels)) return refuseChangedServiceLevels();
  let current = before?.inquiry;
  const events: InquiryEvent[] = [];
  const notices: Notice[] = [];
  const verdicts: VerdictWrite[] = [];
  for (const decided of decision.events) {
    // What firing the alarms has computed is computed again.
    const { clocks: _c, escalations: _e, levels: _l, ...bareEvent } = decided;
    const status = current?.status ?? 'none';
    if (!isLegalTransition(status, bareEvent.type)) {
      return refuse(
        'inquiry.illegal-transition',
        `${bareEvent.type} cannot follow while ${status}`,
      );
    }
    const previous = current;
    const afterBareEvent = applyEvent(id, previous, bareEvent);
    const changes = computeServiceLevelChanges(
      previous,
      bareEvent,
      afterBareEvent,
      serviceLevels,
      now,
    );
    const event = { ...bareEvent, ...(bareEvent.at < now ? { recordedAt: now } : {}), ...changes };
    current = applyEvent(id, previous, event);
    events.push(event);
    notices.push(...buildPendingNotices(previous, event, current));
    verdicts.push(...collectVerdictWrites(previous, event.clocks ?? [], current, now));
  }
  if (current === undefined) throw new TypeError('a decision without events opens nothing');
  const volumes = collectVolumeEntries(id, events, { serviceLevels });
  return {
    ...decision,
    events,
    id,
    at: now,
    ...(before === undefined ? {} : { before }),
    after: current,
    notices,
    verdicts: mergeVerdictWrites([...verdicts, ...(decision.verdicts ?? [])]),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

const refuseChangedServiceLevels = () =>
  refuse('transient.conflict', 'the service levels have just been changed; try again');

/**
 * Performs a command on one inquiry: loads it, fires the alarms due by now, decides, and appends
 * everything in one transaction, trying again when another append was faster.
 *
 * Due alarms are appended even when the command itself is refused. Refuses `access.not-found`,
 * `transient.conflict` after several lost races or newer service levels, and what `decide` refuses.
 * @param preloaded the inquiry if it has just been read, which saves the first load
 * @throws IdempotencyConflict when the decision's idempotency record, receipt or pending claim
 * already exists
 */
export async function decideAndAppend(
  { ledger, random, pause }: CommandDependencies,
  id: InquiryId,
  terms: Terms,
  now: Instant,
  decide: (loaded: LoadedInquiry) => InquiryDecision | Refusal,
  preloaded?: LoadedInquiry,
): Promise<CommandResult | Refusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const before = (attempt === 0 ? preloaded : undefined) ?? (await ledger.load(id));
    if (before === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    if (!terms.serviceLevels.isKnown(before.inquiry.levels)) return refuseChangedServiceLevels();
    const alarmDecision = decideDueAlarms(before, terms, now);
    const current = applyAlarmDecision(before, alarmDecision);
    // After a long outage one batch may not be all; nothing is decided until every due alarm has
    // fired.
    const areAlarmsDone =
      alarmDecision.events.length === 0 || decideDueAlarms(current, terms, now).events.length === 0;
    const commandDecision = areAlarmsDone ? decide(current) : { events: [] };
    const planned = isRefusal(commandDecision)
      ? commandDecision
      : planAppend(id, before, mergeDecisions(alarmDecision, commandDecision), terms, now);
    const pendingAppend = isRefusal(planned)
      ? planAppend(id, before, alarmDecision, terms, now)
      : planned;
    if (isRefusal(pendingAppend))
      throw new TypeError(`an alarm fired illegally: ${pendingAppend.detail}`);
    if (pendingAppend.events.length === 0)
      return isRefusal(planned) ? planned : { ...before, events: [] };
    const outcome = await ledger.append(pendingAppend);
    if (outcome.appended && !areAlarmsDone) continue;
    if (outcome.appended) return isRefusal(planned) ? planned : commandResultOf(pendingAppend);
    if (
      outcome.conflict === 'once' ||
      outcome.conflict === 'receipt' ||
      outcome.conflict === 'claim'
    ) {
      throw new IdempotencyConflict(outcome.conflict);
    }
    await pause(random.fraction() * pauseMilliseconds * 2 ** Math.min(attempt, 5));
  }
  return refuse('transient.conflict', 'others kept changing the inquiry; try again');
}

/**
 * Decides the alarms due by now. A lease that has run out ends with them, even one that was not
 * read, since snapshot and lease are not read at the same instant.
 */
export function decideDueAlarms(
  before: LoadedInquiry,
  terms: Terms,
  now: Instant,
): InquiryDecision {
  const events = fireAlarm(before.inquiry, before.lease, terms, now);
  const leaseLost = events.find((event) => event.type === 'LeaseLost');
  if (leaseLost?.type !== 'LeaseLost') return { events };
  return { events, lease: { change: 'expire', fence: leaseLost.fence, by: now } };
}

/** The inquiry and lease after the due alarms, on which a command decides. */
export function applyAlarmDecision(
  before: LoadedInquiry,
  alarmDecision: InquiryDecision,
): LoadedInquiry {
  const inquiry = alarmDecision.events.reduce(evolve, before.inquiry);
  return before.lease === undefined || alarmDecision.lease !== undefined
    ? { inquiry }
    : { inquiry, lease: before.lease };
}

/**
 * Joins both decisions; a grant replaces a lease that has run out, so it also stands for its
 * expiry.
 */
export function mergeDecisions(
  alarmDecision: InquiryDecision,
  commandDecision: InquiryDecision,
): InquiryDecision {
  const lease = commandDecision.lease ?? alarmDecision.lease;
  return {
    ...commandDecision,
    events: [...alarmDecision.events, ...commandDecision.events],
    ...(lease === undefined ? {} : { lease }),
  };
}

function commandResultOf(pendingAppend: PendingAppend): CommandResult {
  const lease = applyLeaseChange(pendingAppend.before?.lease, pendingAppend.lease);
  return {
    inquiry: pendingAppend.after,
    events: pendingAppend.events,
    ...(lease === undefined ? {} : { lease }),
  };
}

/** The lease after an append. */
export function applyLeaseChange(
  before: Lease | undefined,
  change: LeaseChange | undefined,
): Lease | undefined {
  switch (change?.change) {
    case undefined:
    case 'hold':
      return before;
    case 'grant':
      return change.lease;
    case 'end':
    case 'expire':
      return undefined;
    default:
      return change satisfies never;
  }
}

function buildPendingNotices(
  before: Inquiry | undefined,
  event: InquiryEvent,
  inquiry: Inquiry,
): Notice[] {
  return computeOwedNotices(before, event, inquiry).map((owed) => ({
    ...owed,
    inquiryId: inquiry.id,
    seq: inquiry.version,
    state: 'pending',
    owedAt: event.at,
    attempts: 0,
  }));
}
