import {
  applyAlarmDecision,
  decideDueAlarms,
  IdempotencyConflict,
  type InquiryDecision,
  mergeDecisions,
  planAppend,
} from '../../inquiry/decide-and-append.ts';
import type { AcceptedInput } from '../../inquiry/events/events.ts';
import type { IdempotencyRecord, LoadedInquiry, PendingAppend } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import type { Fate } from '../../inquiry/values/vocabulary.ts';
import type { MailIntakeDependencies } from '../ports.ts';
import { prepareContinuation, prepareReceivedMail } from './append-mail.ts';
import { buildMailContinuation } from './build-mail-continuation.ts';
import { toCorrespondent } from './build-mail-message.ts';
import { decideThread } from './decide-mail.ts';
import { acceptMail } from './incoming-mail.ts';
import { buildVouchedMailRecords, lookUpVouchedMail, type MailOutcome } from './known-mail.ts';
import { isUnreadableMail } from './mail.ts';
import { buildMailNotification, MailNotification } from './mail-notification.ts';

/** The fate of a released mail, and its inquiry. */
export type ReleaseMailResult = {
  readonly fate: Fate;
  /** The inquiry as it now is; merged if its mail continued another. */
  readonly inquiry: Inquiry;
};

/** Who releases, on which version, and the caller's record that is written with the release. */
export type ReleaseMailRequest = {
  readonly by: EventActor;
  readonly ifMatch?: number;
  readonly idempotencyRecordFor?: (inquiry: Inquiry, fate: Fate) => IdempotencyRecord | undefined;
};

const attemptLimit = 5;

/**
 * Releases a quarantined mail that a person vouches for, and gives its receipt a second fate: it
 * opens its own inquiry, or continues another and is merged into that. If another delivery of the
 * message was accepted meanwhile, it is merged into the inquiry of that delivery.
 *
 * A mail that cannot be read opens its inquiry with the raw mail attached. Its sender stays
 * unauthenticated: a release grants no agent's rights.
 * Refuses `intake.not-quarantined`, `inquiry.stale` and `transient.conflict`.
 * @throws IdempotencyConflict when the caller's own record is there already
 */
export async function releaseMail(
  intake: MailIntakeDependencies,
  id: InquiryId,
  { by, ifMatch, idempotencyRecordFor }: ReleaseMailRequest,
  now: Instant,
): Promise<ReleaseMailResult | Refusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const loaded = await intake.ledger.load(id);
    if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    if (loaded.inquiry.status !== 'quarantined') {
      return refuse('intake.not-quarantined', 'It is not in quarantine.');
    }
    if (ifMatch !== undefined && ifMatch !== loaded.inquiry.version) {
      return refuse('inquiry.stale', 'It has changed since.');
    }
    const release = await decideMailRelease(intake, loaded, by, now);
    if (isRefusal(release)) return release;
    const [own, ...others] = release.pendingAppends;
    if (own === undefined) throw new TypeError('a release changes its own inquiry');
    const record = idempotencyRecordFor?.(own.after, release.fate);
    const idempotencyRecords = [...(own.idempotencyRecords ?? []), ...(record ? [record] : [])];
    const outcome = await intake.ledger.append({ ...own, idempotencyRecords }, ...others);
    if (outcome.appended) return { fate: release.fate, inquiry: own.after };
    if (record !== undefined && (await isIdempotencyKeyTaken(intake, record.key, now))) {
      throw new IdempotencyConflict('once');
    }
    await intake.pause(intake.random.fraction() * 20 * (attempt + 1));
  }
  return refuse('transient.conflict', 'Others kept changing the inquiry; try again.');
}

async function isIdempotencyKeyTaken(
  { lookup }: MailIntakeDependencies,
  key: string,
  now: Instant,
): Promise<boolean> {
  const request = { idempotencyKeys: [key], messageIds: [], addresses: [] };
  const { idempotencyValues } = await lookup.lookUp(request, now);
  return idempotencyValues.has(key);
}

type MailRelease = { readonly fate: Fate; readonly pendingAppends: readonly PendingAppend[] };

async function decideMailRelease(
  intake: MailIntakeDependencies,
  loaded: LoadedInquiry,
  by: EventActor,
  now: Instant,
): Promise<MailRelease | Refusal> {
  const { inquiry } = loaded;
  const notification = rebuildNotification(inquiry);
  const raw = await intake.rawMails.get(notification.receipt.action.objectKey);
  const mail = raw === undefined ? undefined : await intake.reader.read(raw);
  if (mail === undefined || isUnreadableMail(mail)) {
    const received = await buildUnreadableMail(intake, inquiry, raw, now);
    return planOwnRelease(intake, loaded, buildAdmission(received, by, now), now);
  }
  const vouched = { authenticated: false, answerable: true };
  const accepted = acceptMail(notification, mail, vouched, intake.settings, intake.readToken);
  const known = await lookUpVouchedMail(intake, accepted, now);
  const { first } = known;
  if (first?.inquiry !== undefined && first.inquiry.id !== inquiry.id) {
    return planOwnRelease(intake, loaded, buildMerge('duplicate', first.inquiry, by, now), now);
  }
  // A mail quarantined for another reason than its sender has its record as accepted already.
  const buildRecords = (outcome: Omit<MailOutcome, 'reason'>): readonly IdempotencyRecord[] =>
    first === undefined ? buildVouchedMailRecords(mail, outcome, now) : [];
  const thread = decideThread(accepted, known.candidate, known.sender, now);
  if (thread.decision !== 'open' && thread.candidate.loaded.inquiry.id !== inquiry.id) {
    const { loaded: target } = thread.candidate;
    const { id, number } = target.inquiry;
    const fate = thread.decision === 'record' ? 'recorded' : 'continued';
    const idempotencyRecords = buildRecords({ fate, inquiry: { id, number } });
    const merge = { ...buildMerge(fate, { id, number }, by, now), idempotencyRecords };
    const own = await planReleasePart(intake, loaded, merge, now);
    const continuation = await prepareContinuation(intake, thread, known, now);
    const alarmDecision = decideDueAlarms(target, intake.terms, now);
    const current = applyAlarmDecision(target, alarmDecision).inquiry;
    const events = buildMailContinuation(current, continuation, intake.terms, now);
    const decision = mergeDecisions(alarmDecision, { events, threads: known.newThreads });
    const other = planAppend(id, target, decision, intake.terms, now);
    if (isRefusal(own)) return own;
    return isRefusal(other) ? other : { fate, pendingAppends: [own, other] };
  }
  const links = thread.decision === 'open' ? thread.links : [thread.candidate.loaded.inquiry.id];
  const received = await prepareReceivedMail(intake, accepted, inquiry.id, known, links, now);
  // The verdicts stood in the notification, which is gone.
  const source = { ...received.source, verdicts: inquiry.source.verdicts ?? {} };
  const { id, number } = inquiry;
  const admission = {
    ...buildAdmission({ ...received, source }, by, now),
    idempotencyRecords: buildRecords({ fate: 'opened', inquiry: { id, number } }),
    threads: known.newThreads,
  };
  return planOwnRelease(intake, loaded, admission, now);
}

/** What a release changes in the quarantined inquiry itself. */
type ReleasePart = Pick<InquiryDecision, 'events' | 'idempotencyRecords' | 'threads'> & {
  readonly fate: Fate;
  /** The inquiry that the mail is merged into; its own when missing. */
  readonly into?: InquiryId;
};

function buildAdmission(received: AcceptedInput, by: EventActor, now: Instant): ReleasePart {
  return { fate: 'opened', events: [{ v: 1, type: 'InquiryAdmitted', at: now, by, received }] };
}

function buildMerge(
  fate: Fate,
  { id, number }: Pick<Inquiry, 'id' | 'number'>,
  by: EventActor,
  now: Instant,
): ReleasePart {
  const event = { v: 1, type: 'InquiryMerged', at: now, by, into: id, intoNumber: number } as const;
  return { fate, into: id, events: [event] };
}

async function planOwnRelease(
  intake: MailIntakeDependencies,
  loaded: LoadedInquiry,
  part: ReleasePart,
  now: Instant,
): Promise<MailRelease | Refusal> {
  const own = await planReleasePart(intake, loaded, part, now);
  return isRefusal(own) ? own : { fate: part.fate, pendingAppends: [own] };
}

async function planReleasePart(
  intake: MailIntakeDependencies,
  loaded: LoadedInquiry,
  { fate, into, ...decision }: ReleasePart,
  now: Instant,
): Promise<PendingAppend | Refusal> {
  const { inquiry } = loaded;
  const existing = await intake.receipts.find(inquiry.receivedAt, receiptIdOf(inquiry));
  const secondFate = { fate, inquiryId: into ?? inquiry.id, at: now };
  const receipt =
    existing === undefined ? undefined : { ...existing, fates: [...existing.fates, secondFate] };
  return planAppend(
    inquiry.id,
    loaded,
    { ...decision, ...(receipt === undefined ? {} : { receipt }) },
    intake.terms,
    now,
  );
}

/** SES's id of a mail is the last part of the key under which its bytes are kept. */
function receiptIdOf({ source, id }: Inquiry): string {
  return source.raw === undefined ? id : source.raw.slice(source.raw.lastIndexOf('/') + 1);
}

function rebuildNotification(inquiry: Inquiry): MailNotification {
  const { raw = '', recipients = [] } = inquiry.source;
  const rebuilt = buildMailNotification('', raw, inquiry.receivedAt);
  return MailNotification.parse({ ...rebuilt, receipt: { ...rebuilt.receipt, recipients } });
}

/**
 * Stands in for a mail that cannot be read: its raw bytes, for a person to open elsewhere, or that
 * they are gone.
 */
async function buildUnreadableMail(
  intake: MailIntakeDependencies,
  inquiry: Inquiry,
  raw: Uint8Array | undefined,
  now: Instant,
): Promise<AcceptedInput> {
  const attachment =
    raw === undefined
      ? undefined
      : await intake.attachments.putRaw(inquiry.id, intake.random.id(now), raw);
  return {
    channel: 'mail',
    requester: inquiry.requester,
    participants: [],
    subject: inquiry.subject,
    language: inquiry.language,
    automated: false,
    acknowledge: false,
    message: {
      id: intake.random.id(now),
      kind: 'requester',
      from: toCorrespondent(inquiry.requester),
      text:
        raw === undefined
          ? '(The original of this mail is no longer kept. / このメールの原本は残っていません。)'
          : '(This mail could not be read. / このメールは読み取れませんでした。)',
      attachments: attachment === undefined ? [] : [attachment],
    },
    source: inquiry.source,
    links: [],
    receivedAt: inquiry.receivedAt,
    announceAt: addSeconds(now, intake.terms.lifecycle.announce),
  };
}
