import { levelledBy } from './clock/compute-service-level-changes.ts';
import { mergedWrites, type VerdictWrite, verdictsOf } from './clock/verdict.ts';
import type { InquiryEvent } from './events/events.ts';
import { evolve, foldedOn } from './evolve.ts';
import { ring } from './fire-alarm.ts';
import { volumesOf } from './outbox/contract-volume.ts';
import { type Notice, noticesOwed } from './outbox/notice.ts';
import type { Appending, InquiryLedger, LeaseChange, Loaded, Randomness } from './ports.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { Inquiry, Lease } from './snapshot.ts';
import type { Terms } from './terms/terms.ts';
import { isLegal } from './transitions.ts';
import type { InquiryId, Instant } from './values/ids.ts';

/** What `decide` decided: new events, and what is to be written together with them. */
export type Decision = {
  readonly events: readonly InquiryEvent[];
} & Partial<
  Pick<Appending, 'lease' | 'once' | 'threads' | 'receipt' | 'pendingClaim' | 'verdicts'>
>;

/** What performing a command needs from outside. */
export type Performing = {
  readonly ledger: InquiryLedger;
  readonly random: Randomness;
  /** Resolves after some milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** An inquiry after a command: with what was appended, nothing when it was already so. */
export type Performed = {
  readonly inquiry: Inquiry;
  readonly lease?: Lease;
  readonly events: readonly InquiryEvent[];
};

/** Thrown by an append whose natural key, or idempotency key, has been used before. */
export class OnceTaken extends Error {
  override readonly name = 'OnceTaken';
  readonly conflict: 'once' | 'receipt' | 'claim';

  constructor(conflict: 'once' | 'receipt' | 'claim') {
    super(`already appended: ${conflict}`);
    this.conflict = conflict;
  }
}

const attemptLimit = 8;
const pauseMilliseconds = 15;

/**
 * Makes the appending of a decision: folds its events, and works out what they do to the clocks, the
 * notices they owe and the verdicts they bring.
 *
 * Refuses `inquiry.illegal-transition` when an event may not follow, so that no command whatever
 * reaches a state outside the table of transitions; and `transient.conflict` where the inquiry was
 * reckoned by policies or calendars that were put after the levels were read.
 */
export function plan(
  id: InquiryId,
  before: Loaded | undefined,
  decision: Decision,
  { levels }: Pick<Terms, 'levels'>,
  now: Instant,
): Appending | Refusal {
  if (!levels.isKnown(before?.inquiry.levels)) return levelsHaveChanged();
  let current = before?.inquiry;
  const events: InquiryEvent[] = [];
  const notices: Notice[] = [];
  const verdicts: VerdictWrite[] = [];
  for (const decided of decision.events) {
    // What ringing has worked out already is worked out again.
    const { clocks: _c, escalations: _e, levels: _l, ...bare } = decided;
    const status = current?.status ?? 'none';
    if (!isLegal(status, bare.type)) {
      return refuse('inquiry.illegal-transition', `${bare.type} cannot follow while ${status}`);
    }
    const previous = current;
    const bareAfter = foldedOn(id, previous, bare);
    const added = levelledBy(previous, bare, bareAfter, levels, now);
    const event = { ...bare, ...(bare.at < now ? { recordedAt: now } : {}), ...added };
    current = foldedOn(id, previous, event);
    events.push(event);
    notices.push(...noticesFor(previous, event, current));
    verdicts.push(...verdictsOf(previous, event.clocks ?? [], current, now));
  }
  if (current === undefined) throw new TypeError('a decision without events opens nothing');
  const volumes = volumesOf(id, events, { levels });
  return {
    ...decision,
    events,
    id,
    at: now,
    ...(before === undefined ? {} : { before }),
    after: current,
    notices,
    verdicts: mergedWrites([...verdicts, ...(decision.verdicts ?? [])]),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

const levelsHaveChanged = () =>
  refuse('transient.conflict', 'the service levels have just been changed; try again');

/**
 * Performs a command on one inquiry: loads it, rings what is due by now, decides, and appends all
 * in one transaction, trying again when somebody else was faster.
 *
 * What time alone made due is appended even when the command itself is refused. Refuses
 * `access.not-found`, `transient.conflict` after several lost races, and what `decide` refuses.
 * @param seen the inquiry where it has just been read, which spares the first load
 * @throws OnceTaken when the decision's once key, receipt or pending claim is already there
 */
export async function perform(
  { ledger, random, pause }: Performing,
  id: InquiryId,
  terms: Terms,
  now: Instant,
  decide: (loaded: Loaded) => Decision | Refusal,
  seen?: Loaded,
): Promise<Performed | Refusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const before = (attempt === 0 ? seen : undefined) ?? (await ledger.load(id));
    if (before === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    if (!terms.levels.isKnown(before.inquiry.levels)) return levelsHaveChanged();
    const rung = rungDecision(before, terms, now);
    const current = afterRinging(before, rung);
    // After a long outage there may be more; nothing is decided before all of it has rung.
    const isRungOut =
      rung.events.length === 0 || rungDecision(current, terms, now).events.length === 0;
    const wanted = isRungOut ? decide(current) : { events: [] };
    const whole = isRefusal(wanted) ? wanted : plan(id, before, joined(rung, wanted), terms, now);
    const appending = isRefusal(whole) ? plan(id, before, rung, terms, now) : whole;
    if (isRefusal(appending)) throw new TypeError(`an alarm rang illegally: ${appending.detail}`);
    if (appending.events.length === 0) return isRefusal(whole) ? whole : { ...before, events: [] };
    const outcome = await ledger.append(appending);
    if (outcome.appended && !isRungOut) continue;
    if (outcome.appended) return isRefusal(whole) ? whole : performed(appending);
    if (
      outcome.conflict === 'once' ||
      outcome.conflict === 'receipt' ||
      outcome.conflict === 'claim'
    ) {
      throw new OnceTaken(outcome.conflict);
    }
    await pause(random.fraction() * pauseMilliseconds * 2 ** Math.min(attempt, 5));
  }
  return refuse('transient.conflict', 'others kept changing the inquiry; try again');
}

/**
 * What is due by now, as a decision: a lease that has run out ends with it, also one that was not
 * seen, since snapshot and lease are not read in one instant.
 */
export function rungDecision(before: Loaded, terms: Terms, now: Instant): Decision {
  const events = ring(before.inquiry, before.lease, terms, now);
  const lost = events.find((event) => event.type === 'LeaseLost');
  if (lost?.type !== 'LeaseLost') return { events };
  return { events, lease: { change: 'expire', fence: lost.fence, by: now } };
}

/** What a decision is made from once time has rung. */
export function afterRinging(before: Loaded, rung: Decision): Loaded {
  const inquiry = rung.events.reduce(evolve, before.inquiry);
  return before.lease === undefined || rung.lease !== undefined
    ? { inquiry }
    : { inquiry, lease: before.lease };
}

/** A grant replaces a lease that has run out, so it stands for its expiry too. */
export function joined(rung: Decision, wanted: Decision): Decision {
  const lease = wanted.lease ?? rung.lease;
  return {
    ...wanted,
    events: [...rung.events, ...wanted.events],
    ...(lease === undefined ? {} : { lease }),
  };
}

function performed(appending: Appending): Performed {
  const lease = leaseAfter(appending.before?.lease, appending.lease);
  return {
    inquiry: appending.after,
    events: appending.events,
    ...(lease === undefined ? {} : { lease }),
  };
}

/** The lease that stands after an append. */
export function leaseAfter(
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

function noticesFor(before: Inquiry | undefined, event: InquiryEvent, inquiry: Inquiry): Notice[] {
  return noticesOwed(before, event, inquiry).map((owed) => ({
    ...owed,
    inquiryId: inquiry.id,
    seq: inquiry.version,
    state: 'pending',
    owedAt: event.at,
    attempts: 0,
  }));
}
