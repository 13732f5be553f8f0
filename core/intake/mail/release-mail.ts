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
import { continueByMail } from './build-mail-continuation.ts';
import { partyOf } from './build-mail-message.ts';
import { continuation, newThreads, receive } from './decide-mail.ts';
import { threadClues } from './find-thread-clues.ts';
import { findTarget } from './find-thread-target.ts';
import { isUnreadable } from './mail.ts';
import {
  contentOnce,
  type Filing,
  type MailIntake,
  marksOf,
  rememberedAs,
  type Taken,
} from './mail-idempotency.ts';
import { MailNotification, notificationFor } from './mail-notification.ts';
import { lookUp } from './process-mail.ts';

/** A quarantined inquiry that was taken in after all. */
export type Released = {
  readonly fate: Fate;
  /** The inquiry as it now is; merged where its mail continued another. */
  readonly inquiry: Inquiry;
};

/** What the release is written with besides. */
export type Releasing = {
  readonly by: EventActor;
  readonly ifMatch?: number;
  readonly onceWith?: (inquiry: Inquiry, fate: Fate) => IdempotencyRecord | undefined;
};

const attemptLimit = 5;

/**
 * Takes in a quarantined mail after all, as a person vouches for it, and gives its receipt a second
 * fate: it opens its own inquiry, or continues another and is merged into that. So is what another
 * delivery has meanwhile brought in.
 *
 * A mail that cannot be read opens its inquiry with the raw mail attached. Its sender stays
 * unauthenticated: a release grants no agent's rights.
 * Refuses `intake.not-quarantined`, `inquiry.stale` and `transient.conflict`.
 * @throws OnceTaken when what `onceWith` gave is there already
 */
export async function releaseMail(
  intake: MailIntake,
  id: InquiryId,
  { by, ifMatch, onceWith }: Releasing,
  now: Instant,
): Promise<Released | Refusal> {
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const loaded = await intake.ledger.load(id);
    if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    if (loaded.inquiry.status !== 'quarantined') {
      return refuse('intake.not-quarantined', 'It is not in quarantine.');
    }
    if (ifMatch !== undefined && ifMatch !== loaded.inquiry.version) {
      return refuse('inquiry.stale', 'It has changed since.');
    }
    const release = await decideRelease(intake, loaded, by, now);
    if (isRefusal(release)) return release;
    const [own, ...others] = release.appendings;
    if (own === undefined) throw new TypeError('a release changes its own inquiry');
    const once = onceWith?.(own.after, release.fate);
    const whole =
      once === undefined
        ? own
        : { ...own, idempotencyRecords: [...(own.idempotencyRecords ?? []), once] };
    const outcome = await intake.ledger.append(whole, ...others);
    if (outcome.appended) return { fate: release.fate, inquiry: own.after };
    if (once !== undefined && (await isTaken(intake, once.key, now)))
      throw new IdempotencyConflict('once');
    await intake.pause(intake.random.fraction() * 20 * (attempt + 1));
  }
  return refuse('transient.conflict', 'Others kept changing the inquiry; try again.');
}

async function isTaken({ lookup }: MailIntake, key: string, now: Instant): Promise<boolean> {
  const { once } = await lookup.lookUp({ once: [key], messageIds: [], addresses: [] }, now);
  return once.has(key);
}

type Release = { readonly fate: Fate; readonly appendings: readonly PendingAppend[] };

async function decideRelease(
  intake: MailIntake,
  loaded: LoadedInquiry,
  by: EventActor,
  now: Instant,
): Promise<Release | Refusal> {
  const { inquiry } = loaded;
  const notification = notificationOf(inquiry);
  const raw = await intake.rawMails.get(notification.receipt.action.objectKey);
  const mail = raw === undefined ? undefined : await intake.reader.read(raw);
  if (mail === undefined || isUnreadable(mail)) {
    const received = await unread(intake, inquiry, raw, now);
    return ownRelease(intake, loaded, admitted(received, by, now), now);
  }
  const clues = threadClues(mail, notification.receipt.recipients, intake.readToken);
  const content = contentOnce(mail, true);
  const known = await lookUp(intake, mail, clues, content === undefined ? [] : [content], now);
  const first = content === undefined ? undefined : known.once.get(content);
  const taken = first === undefined ? undefined : (JSON.parse(first) as Taken);
  if (taken?.inquiry !== undefined && taken.inquiry.id !== inquiry.id) {
    return ownRelease(intake, loaded, merged('duplicate', taken.inquiry, by, now), now);
  }
  const marks = marksOf(notification, mail, intake.stage);
  const filing: Filing = {
    ...{ notification, mail, marks },
    ...{ accepted: true, authenticated: false, answerable: true },
  };
  const sender = { authenticated: false, machine: marks.machine };
  const target = await findTarget(intake.ledger, clues, known, mail, sender, now);
  const threads = newThreads(mail, known);
  // What was held back for another reason than its sender is remembered as accepted already.
  const once = (release: Omit<Taken, 'reason'>): readonly IdempotencyRecord[] =>
    content === undefined || first !== undefined
      ? []
      : [{ key: content, ...rememberedAs(release, now) }];
  if (target?.continues && target.loaded.inquiry.id !== inquiry.id) {
    const { id, number } = target.loaded.inquiry;
    const fate = marks.machine ? 'recorded' : 'continued';
    const own = await planned(
      intake,
      loaded,
      {
        ...merged(fate, { id, number }, by, now),
        idempotencyRecords: once({ fate, inquiry: { id, number } }),
      },
      now,
    );
    const continuing = await continuation(intake, filing, target, known, now);
    const rung = decideDueAlarms(target.loaded, intake.terms, now);
    const current = applyAlarmDecision(target.loaded, rung).inquiry;
    const events = continueByMail(current, continuing, intake.terms, now);
    const other = planAppend(
      id,
      target.loaded,
      mergeDecisions(rung, { events, threads }),
      intake.terms,
      now,
    );
    if (isRefusal(own)) return own;
    return isRefusal(other) ? other : { fate, appendings: [own, other] };
  }
  const links = target === undefined ? [] : [target.loaded.inquiry.id];
  const received = await receive(intake, filing, inquiry.id, known, links, now);
  // The verdicts stood in the notification, which is gone.
  const source = { ...received.source, verdicts: inquiry.source.verdicts ?? {} };
  const { id, number } = inquiry;
  return ownRelease(
    intake,
    loaded,
    {
      ...admitted({ ...received, source }, by, now),
      idempotencyRecords: once({ fate: 'opened', inquiry: { id, number } }),
      threads,
    },
    now,
  );
}

/** The release as it changes the quarantined inquiry itself. */
type OwnPart = Pick<InquiryDecision, 'events' | 'idempotencyRecords' | 'threads'> & {
  readonly fate: Fate;
  /** Where the mail now is; its own inquiry unless it is merged. */
  readonly into?: InquiryId;
};

function admitted(received: AcceptedInput, by: EventActor, now: Instant): OwnPart {
  return { fate: 'opened', events: [{ v: 1, type: 'InquiryAdmitted', at: now, by, received }] };
}

function merged(
  fate: Fate,
  { id, number }: Pick<Inquiry, 'id' | 'number'>,
  by: EventActor,
  now: Instant,
): OwnPart {
  const event = { v: 1, type: 'InquiryMerged', at: now, by, into: id, intoNumber: number } as const;
  return { fate, into: id, events: [event] };
}

async function ownRelease(
  intake: MailIntake,
  loaded: LoadedInquiry,
  part: OwnPart,
  now: Instant,
): Promise<Release | Refusal> {
  const own = await planned(intake, loaded, part, now);
  return isRefusal(own) ? own : { fate: part.fate, appendings: [own] };
}

async function planned(
  intake: MailIntake,
  loaded: LoadedInquiry,
  { fate, into, ...decision }: OwnPart,
  now: Instant,
): Promise<PendingAppend | Refusal> {
  const { inquiry } = loaded;
  const first = await intake.receipts.find(inquiry.receivedAt, receiptIdOf(inquiry));
  const second = { fate, inquiryId: into ?? inquiry.id, at: now };
  const receipt = first === undefined ? undefined : { ...first, fates: [...first.fates, second] };
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

function notificationOf(inquiry: Inquiry): MailNotification {
  const { raw = '', recipients = [] } = inquiry.source;
  const made = notificationFor('', raw, inquiry.receivedAt);
  return MailNotification.parse({ ...made, receipt: { ...made.receipt, recipients } });
}

/** What stands for a mail that cannot be read: its raw bytes, for a person to open elsewhere. */
async function unread(
  intake: MailIntake,
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
      from: partyOf(inquiry.requester),
      text: '(This mail could not be read. / このメールは読み取れませんでした。)',
      attachments: attachment === undefined ? [] : [attachment],
    },
    source: inquiry.source,
    links: [],
    receivedAt: inquiry.receivedAt,
    announceAt: addSeconds(now, intake.terms.lifecycle.announce),
  };
}
