import type { Person } from '../../access/person.ts';
import type { Receipt } from '../../inquiry/outbox/receipt.ts';
import type { IdempotencyRecord, LoadedInquiry } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { ReplyAudience } from '../../inquiry/tokens/reply-token.ts';
import {
  addSeconds,
  type EmailAddress,
  type InquiryId,
  type Instant,
} from '../../inquiry/values/ids.ts';
import { isErasedAddress } from '../../inquiry/values/pseudonym.ts';
import type { Fate, QuarantineReason } from '../../inquiry/values/vocabulary.ts';
import type { IntakeLookupResult, MailIntakeDependencies } from '../ports.ts';
import type { ThreadClueKind, ThreadClues } from './find-thread-clues.ts';
import { type AcceptedMail, type IncomingMail, isSuspectMail } from './incoming-mail.ts';
import type { ParsedMail } from './mail.ts';
import { archiveKeyOf, type MailNotification } from './mail-notification.ts';

/** A mail's fate, and the inquiry that it led to. */
export type MailOutcome = {
  readonly fate: Fate;
  readonly reason?: QuarantineReason;
  readonly inquiry?: Pick<Inquiry, 'id' | 'number'>;
  readonly by?: ThreadClueKind;
  /** The key of its archived bytes; in idempotency records only. */
  readonly raw?: string;
};

/** The inquiry that a mail's clues lead to. */
export type ThreadCandidate = {
  readonly loaded: LoadedInquiry;
  readonly by: ThreadClueKind;
  readonly audience: ReplyAudience;
};

/** What the ledger knows of a mail. */
export type KnownMail = {
  /** The outcome of this very delivery, if it was processed before. */
  readonly outcome?: MailOutcome;
  /** The outcome of the first delivery of the same message. */
  readonly first?: MailOutcome;
  readonly candidate?: ThreadCandidate;
  /** The registry's entries for the sender and for the author of the mail that they forward. */
  readonly sender?: Person;
  readonly originalSender?: Person;
  /** Message-IDs that lead to the mail's inquiry from now on. */
  readonly newThreads: readonly string[];
};

/** A mail is recognized as repeated for as long as anybody might deliver it again. */
const idempotencySeconds = 400 * 86_400;

/** Merged inquiries are followed; a longer chain is a circle. */
const mergeLimit = 20;

const noClues: ThreadClues = { messageIds: [] };

/** Reads what the ledger knows of a mail: one request, and one for the inquiry of its clues. */
export async function lookUpMail(
  intake: MailIntakeDependencies,
  incoming: IncomingMail,
  now: Instant,
): Promise<KnownMail> {
  const object = buildMailObjectKey(incoming.notification);
  const mail = mailOf(incoming);
  const contents = mail === undefined ? [] : listContentKeys(mail, !isSuspectMail(incoming));
  const clues = isSuspectMail(incoming) ? noClues : incoming.clues;
  const result = await readLedger(intake, mail, clues, [object, ...contents], now);
  const outcome = parseOutcome(result, [object]);
  const first = parseOutcome(result, contents);
  const isNew = outcome === undefined && first === undefined;
  const candidate = isNew ? await loadCandidate(intake, clues, result) : undefined;
  return {
    ...findPeopleAndNewThreads(result, mail),
    ...(outcome === undefined ? {} : { outcome }),
    ...(first === undefined ? {} : { first }),
    ...(candidate === undefined ? {} : { candidate }),
  };
}

/**
 * Reads what the ledger knows of a mail that a person vouches for. Its own delivery is in
 * quarantine; `first` is the outcome of another, accepted delivery of the message.
 */
export async function lookUpVouchedMail(
  intake: MailIntakeDependencies,
  { mail, clues }: AcceptedMail,
  now: Instant,
): Promise<Omit<KnownMail, 'outcome'>> {
  const contents = listContentKeys(mail, true);
  const result = await readLedger(intake, mail, clues, contents, now);
  const first = parseOutcome(result, contents);
  const candidate = await loadCandidate(intake, clues, result);
  return {
    ...findPeopleAndNewThreads(result, mail),
    ...(first === undefined ? {} : { first }),
    ...(candidate === undefined ? {} : { candidate }),
  };
}

function mailOf(incoming: IncomingMail): ParsedMail | undefined {
  return isSuspectMail(incoming) ? incoming.read?.mail : incoming.mail;
}

function readLedger(
  { lookup }: Pick<MailIntakeDependencies, 'lookup'>,
  mail: ParsedMail | undefined,
  clues: ThreadClues,
  idempotencyKeys: readonly string[],
  now: Instant,
): Promise<IntakeLookupResult> {
  const addresses = [mail?.from[0]?.address, mail?.forwarded?.from.address];
  return lookup.lookUp(
    {
      idempotencyKeys,
      messageIds: [...clues.messageIds, ...(mail?.messageId === undefined ? [] : [mail.messageId])],
      ...(clues.number === undefined ? {} : { number: clues.number }),
      addresses: addresses.filter((address): address is EmailAddress => address !== undefined),
    },
    now,
  );
}

function parseOutcome(
  { idempotencyValues }: IntakeLookupResult,
  keys: readonly string[],
): MailOutcome | undefined {
  const value = keys.map((key) => idempotencyValues.get(key)).find((one) => one !== undefined);
  return value === undefined ? undefined : (JSON.parse(value) as MailOutcome);
}

function findPeopleAndNewThreads(
  { people, threads }: IntakeLookupResult,
  mail: ParsedMail | undefined,
): Pick<KnownMail, 'sender' | 'originalSender' | 'newThreads'> {
  const findPerson = (address: EmailAddress | undefined) =>
    address === undefined ? undefined : people.get(address);
  const sender = findPerson(mail?.from[0]?.address);
  const originalSender = findPerson(mail?.forwarded?.from.address);
  const messageId = mail?.messageId;
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(originalSender === undefined ? {} : { originalSender }),
    // A reused Message-ID leads to the first mail that had it.
    newThreads: messageId === undefined || threads.has(messageId) ? [] : [messageId],
  };
}

/**
 * Loads the inquiry that a mail's clues lead to: by the reply address, else by a known Message-ID,
 * else by the number in the subject.
 */
async function loadCandidate(
  { ledger }: MailIntakeDependencies,
  clues: ThreadClues,
  result: IntakeLookupResult,
): Promise<ThreadCandidate | undefined> {
  for (const { id, by, audience } of listCandidates(clues, result)) {
    const loaded = await loadFollowingMerges(ledger, id);
    if (loaded !== undefined && !isErased(loaded.inquiry)) return { loaded, by, audience };
  }
  return undefined;
}

/** Whoever writes to an erased inquiry again begins anew, and is not linked to it. */
function isErased({ requester: { address } }: Inquiry): boolean {
  return address !== undefined && isErasedAddress(address);
}

type CandidateRef = Pick<ThreadCandidate, 'by' | 'audience'> & { readonly id: InquiryId };

function listCandidates(
  { token, messageIds }: ThreadClues,
  { threads, inquiryByNumber }: IntakeLookupResult,
): CandidateRef[] {
  const byMessageId = messageIds.flatMap((messageId) => threads.get(messageId) ?? []);
  return [
    ...(token === undefined
      ? []
      : [{ id: token.inquiryId, by: 'token' as const, audience: token.audience }]),
    ...byMessageId.map(({ inquiryId, audience }) => ({
      id: inquiryId,
      by: 'message-id' as const,
      audience,
    })),
    ...(inquiryByNumber === undefined
      ? []
      : [{ id: inquiryByNumber, by: 'number' as const, audience: 'requester' as const }]),
  ];
}

async function loadFollowingMerges(
  ledger: MailIntakeDependencies['ledger'],
  id: InquiryId,
): Promise<LoadedInquiry | undefined> {
  let loaded = await ledger.load(id);
  for (let step = 0; step < mergeLimit; step += 1) {
    const into = loaded?.inquiry.mergedInto;
    if (into === undefined) return loaded;
    loaded = await ledger.load(into);
  }
  return undefined;
}

/** The key of one stored object, which has one fate however often SES delivers it. */
export function buildMailObjectKey({ mail }: MailNotification): string {
  return `mail-object#${mail.messageId}`;
}

/**
 * The key of one message, however often and to however many addresses it was sent; undefined
 * without a Message-ID.
 *
 * Suspect deliveries have a key of their own, so that a delivery which is accepted after them, by
 * another way, is taken in and is no duplicate of the quarantined one.
 */
function buildMailContentKey(
  { messageId, from, contentHash }: ParsedMail,
  isAccepted: boolean,
): string | undefined {
  if (messageId === undefined) return undefined;
  const content = `${messageId}#${from[0]?.address ?? ''}#${contentHash}`;
  return `${isAccepted ? 'mail-content' : 'mail-suspect'}#${content}`;
}

/** A suspect mail is a duplicate of any delivery of its message, others of accepted ones only. */
function listContentKeys(mail: ParsedMail, isAccepted: boolean): string[] {
  const keys = [
    buildMailContentKey(mail, true),
    isAccepted ? undefined : buildMailContentKey(mail, false),
  ];
  return keys.filter((key) => key !== undefined);
}

/** The records by which a mail is recognized when it comes again. */
export function buildMailIdempotencyRecords(
  incoming: IncomingMail,
  outcome: MailOutcome,
  now: Instant,
): IdempotencyRecord[] {
  const { notification } = incoming;
  const stored = { ...outcome, raw: archiveKeyOf(notification) };
  const object = { key: buildMailObjectKey(notification), ...serializeOutcome(stored, now) };
  const mail = mailOf(incoming);
  const content =
    mail === undefined ? undefined : buildMailContentKey(mail, !isSuspectMail(incoming));
  return content === undefined ? [object] : [object, { ...object, key: content }];
}

/** The record by which a mail that a person vouched for is recognized when it comes again. */
export function buildVouchedMailRecords(
  mail: ParsedMail,
  outcome: MailOutcome,
  now: Instant,
): IdempotencyRecord[] {
  const key = buildMailContentKey(mail, true);
  return key === undefined ? [] : [{ key, ...serializeOutcome(outcome, now) }];
}

function serializeOutcome(outcome: MailOutcome, now: Instant): Omit<IdempotencyRecord, 'key'> {
  return { value: JSON.stringify(outcome), expiresAt: addSeconds(now, idempotencySeconds) };
}

export function buildMailReceipt(
  incoming: IncomingMail,
  { fate, reason, inquiry }: MailOutcome,
  now: Instant,
): Receipt {
  const { notification } = incoming;
  const messageId = mailOf(incoming)?.messageId;
  return {
    id: notification.mail.messageId,
    at: notification.receipt.timestamp,
    channel: 'mail',
    ...(messageId === undefined ? {} : { messageId }),
    fates: [
      {
        fate,
        ...(reason === undefined ? {} : { reason }),
        ...(inquiry === undefined ? {} : { inquiryId: inquiry.id }),
        at: now,
      },
    ],
    raw: archiveKeyOf(notification),
  };
}
