import {
  type CommandDependencies,
  IdempotencyConflict,
  planAppend,
} from '../../inquiry/decide-and-append.ts';
import type { Receipt } from '../../inquiry/outbox/receipt.ts';
import type { IdempotencyRecord } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type DeskId, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import { type InquiryNumber, makeInquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { IntakeLookup, ReceiptLedger } from '../ports.ts';
import { buildCallEvents, type CallContext, naturalKeyOf, type PhoneLog } from './phone-log.ts';

export type LogCallDependencies = CommandDependencies & {
  readonly lookup: IntakeLookup;
  readonly receipts: Pick<ReceiptLedger, 'record'>;
  readonly terms: Terms;
  readonly mailDomain: string;
};

/** One input of a call: an HTTP request, or a line of an import. */
export type LogCallInput = {
  readonly log: PhoneLog;
  readonly by: CallContext['by'];
  /** Identifies the input in the intake ledger; a repeated input has the same one. */
  readonly receipt: Pick<Receipt, 'id' | 'at'>;
  readonly job?: string;
  readonly now: Instant;
  /** Written in the same transaction when the call opens an inquiry: the request's answer, say. */
  readonly idempotencyRecordFor?: (
    opened: Pick<Inquiry, 'id' | 'number' | 'status'>,
  ) => IdempotencyRecord | undefined;
};

/** `duplicate`: the call has been logged before, by another input. */
export type LogCallResult = {
  readonly fate: 'opened' | 'duplicate';
  readonly inquiry: Pick<Inquiry, 'id' | 'number' | 'status'>;
};

/** Stored under a call's natural key: its inquiry, and the input that opened it. */
type KnownCall = {
  readonly id: InquiryId;
  readonly number: InquiryNumber;
  readonly receipt: string;
};

/** As long as somebody may import an old list of calls again. */
const naturalKeySeconds = 10 * 365 * 86_400;
/** A call cannot end in the future, but clocks differ this much. */
const clockSkewSeconds = 300;
const attemptLimit = 8;
const pauseMilliseconds = 15;

/**
 * Opens an inquiry for a phone call, with its receipt.
 *
 * A call that has been logged already opens nothing; its second input gets a receipt of its own.
 *
 * Refuses `invalid.body` for a call that has not ended yet, `work.unknown-desk`, and
 * `transient.conflict` after several lost races.
 * @throws IdempotencyConflict when the record of `idempotencyRecordFor` exists already, but not the
 *   call
 */
export async function logCall(
  deps: LogCallDependencies,
  input: LogCallInput,
): Promise<LogCallResult | Refusal> {
  const { log, now } = input;
  if (log.endedAt > addSeconds(now, clockSkewSeconds)) {
    return refuse('invalid.body', 'endedAt: lies in the future.');
  }
  if (log.desk !== undefined && !canNameDesk(log.desk, input.by, deps.terms)) {
    return refuse('work.unknown-desk', `There is no desk ${log.desk}.`);
  }
  const { address } = log.caller;
  const key = naturalKeyOf(log);
  const query = {
    idempotencyKeys: [key],
    messageIds: [],
    addresses: address === undefined ? [] : [address],
  };
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const matches = await deps.lookup.lookUp(query, now);
    const known = matches.idempotencyValues.get(key);
    if (known !== undefined)
      return recordDuplicateCall(deps, input, JSON.parse(known) as KnownCall);
    const caller = address === undefined ? undefined : matches.people.get(address);
    const opened = await appendCall(deps, input, key, caller);
    if (opened !== 'taken' && opened !== 'again') return { fate: 'opened', inquiry: opened };
    const mayBeAnswered = opened === 'taken' && input.idempotencyRecordFor !== undefined;
    if (mayBeAnswered && !(await isKnownCall(deps, key, now)))
      throw new IdempotencyConflict('once');
    await deps.pause(deps.random.fraction() * pauseMilliseconds * 2 ** Math.min(attempt, 5));
  }
  return refuse('transient.conflict', 'Others kept writing at the same time; try again.');
}

/** A vendor's people know no other vendor's desks. */
function canNameDesk(desk: DeskId, { vendor }: LogCallInput['by'], terms: Terms): boolean {
  const namedDesk = findDesk(terms, desk);
  if (namedDesk === undefined) return false;
  return vendor === undefined || namedDesk.vendor === undefined || namedDesk.vendor === vendor;
}

async function isKnownCall(
  { lookup }: LogCallDependencies,
  key: string,
  now: Instant,
): Promise<boolean> {
  const { idempotencyValues } = await lookup.lookUp(
    { idempotencyKeys: [key], messageIds: [], addresses: [] },
    now,
  );
  return idempotencyValues.has(key);
}

/** Tries once: `taken` if the call or the input is recorded already, `again` after a lost race. */
async function appendCall(
  { ledger, random, terms, mailDomain }: LogCallDependencies,
  { log, by, receipt, job, now, idempotencyRecordFor }: LogCallInput,
  key: string,
  caller: CallContext['caller'],
): Promise<Inquiry | 'taken' | 'again'> {
  const id = random.inquiryId(now);
  const number = makeInquiryNumber(random.bytes(7));
  const events = buildCallEvents(log, {
    ...{ number, by, caller, mailDomain, terms, now },
    messageIds: [random.id(now), random.id(now)],
    ...(job === undefined ? {} : { job }),
  });
  const naturalKeyRecord = {
    key,
    value: JSON.stringify({ id, number, receipt: receipt.id } satisfies KnownCall),
    expiresAt: addSeconds(now, naturalKeySeconds),
  };
  const planned = planAppend(
    id,
    undefined,
    {
      events,
      receipt: {
        ...receipt,
        channel: 'phone',
        fates: [{ fate: 'opened', inquiryId: id, at: now }],
      },
    },
    terms,
    now,
  );
  if (isRefusal(planned)) throw new TypeError(`a call's events are illegal: ${planned.detail}`);
  const answerRecord = idempotencyRecordFor?.(planned.after);
  const outcome = await ledger.append({
    ...planned,
    idempotencyRecords: [naturalKeyRecord, ...(answerRecord === undefined ? [] : [answerRecord])],
    // The answer was given on the phone, so only the acknowledgement is sent. It is owed from now:
    // the event's time lies in the past.
    notices: planned.notices
      .filter(({ kind }) => kind === 'acknowledgement')
      .map((notice) => ({ ...notice, owedAt: now })),
  });
  if (outcome.appended) return planned.after;
  return outcome.conflict === 'once' || outcome.conflict === 'receipt' ? 'taken' : 'again';
}

/** A repeated input has the fate it had before; another input of the same call is a duplicate. */
async function recordDuplicateCall(
  { ledger, receipts }: LogCallDependencies,
  { receipt, now }: LogCallInput,
  { id, number, receipt: firstReceiptId }: KnownCall,
): Promise<LogCallResult> {
  const loaded = await ledger.load(id);
  const inquiry = { id, number, status: loaded?.inquiry.status ?? 'closed' };
  if (firstReceiptId === receipt.id) return { fate: 'opened', inquiry };
  const fates: Receipt['fates'] = [{ fate: 'duplicate', inquiryId: id, at: now }];
  await receipts.record({ ...receipt, channel: 'phone', fates }, `call-receipt#${receipt.id}`, now);
  return { fate: 'duplicate', inquiry };
}
