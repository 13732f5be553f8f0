import * as z from 'zod';
import type { Person } from '../../access/person.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import { addSeconds, DeskId, EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Message } from '../../inquiry/values/message.ts';
import { Language, PhoneCall, Priority, type Requester } from '../../inquiry/values/vocabulary.ts';

const LineText = z.string().trim().min(1);
const LongText = LineText.max(100_000);

/** A phone call as an agent or an import reports it. */
export const PhoneLog = z
  .strictObject({
    caller: z.strictObject({
      name: LineText.max(200).optional(),
      address: EmailAddress.optional(),
      phone: LineText.max(40).optional(),
    }),
    callbackNumber: LineText.max(40).optional(),
    startedAt: Instant,
    endedAt: Instant,
    summary: LongText,
    subject: LineText.max(200).optional(),
    outcome: PhoneCall.shape.outcome,
    answer: LongText.optional(),
    priority: Priority.optional(),
    language: Language.optional(),
    /** A desk that the caller asked for: a fact for the routing rules. */
    desk: DeskId.optional(),
  })
  .refine(({ startedAt, endedAt }) => startedAt <= endedAt, {
    error: 'must not be before startedAt',
    path: ['endedAt'],
  });
export type PhoneLog = z.infer<typeof PhoneLog>;

/** A log entered this long after its call counts in reports and notifies nobody. */
const lateSeconds = 24 * 3600;
const subjectLength = 80;

/**
 * The same for two logs of one call: who called, when it began, and what it was about. Case, spaces
 * and character widths do not count.
 */
export function naturalKeyOf({ caller, startedAt, summary }: PhoneLog): string {
  const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
  const phone = caller.phone?.normalize('NFKC').replace(/[^0-9+]/g, '');
  const callerKey = caller.address ?? (phone || plain(caller.name ?? ''));
  return `call#${JSON.stringify([callerKey, startedAt, plain(summary)])}`;
}

/** What a call's events are made from besides the log. */
export type CallContext = {
  readonly number: InquiryNumber;
  /** The agent who logs it. */
  readonly by: Person & { readonly sub: NonNullable<Person['sub']> };
  /** The person registered under the caller's address. */
  readonly caller: Person | undefined;
  /** The domain whose addresses are the house's own. */
  readonly mailDomain: string;
  readonly terms: Terms;
  /** An id for each of the two messages that a call may have. */
  readonly messageIds: readonly [string, string];
  /** The job of an import. */
  readonly job?: string;
  readonly now: Instant;
};

/**
 * Builds the events of a call: received at its start, answered then too if an answer was given, and
 * resolved at its end.
 *
 * A call resolved on the phone is never queued, and nobody is notified of it.
 */
export function buildCallEvents(log: PhoneLog, context: CallContext): InquiryEvent[] {
  const { now, terms } = context;
  const by: EventActor = buildAgentActor(context.by);
  const late = addSeconds(log.endedAt, lateSeconds) < now;
  const requester = buildCallRequester(log, context);
  const common = { v: 1 as const, at: log.startedAt, by };
  const received: InquiryEvent = {
    ...common,
    type: 'InquiryReceived',
    number: context.number,
    received: {
      channel: 'phone',
      requester,
      participants: [],
      subject: log.subject ?? subjectOf(log.summary),
      language: log.language ?? context.caller?.language ?? 'ja',
      ...(log.priority === undefined ? {} : { priority: log.priority }),
      automated: false,
      acknowledge: requester.address !== undefined && log.outcome === 'open' && !late,
      message: {
        id: context.messageIds[0],
        kind: 'requester',
        from: callerOf(requester),
        text: log.summary,
        attachments: [],
      },
      call: {
        startedAt: log.startedAt,
        endedAt: log.endedAt,
        ...(log.callbackNumber === undefined ? {} : { callbackNumber: log.callbackNumber }),
        outcome: log.outcome,
        ...(late ? { late } : {}),
      },
      source: {
        ...(context.job === undefined ? {} : { recipients: [context.job] }),
        ...(log.desk === undefined ? {} : { fields: { desk: log.desk } }),
      },
      links: [],
      receivedAt: log.startedAt,
      announceAt: addSeconds(now, terms.lifecycle.announce),
    },
  };
  return [
    received,
    ...(log.answer === undefined
      ? []
      : [
          {
            ...common,
            type: 'ReplyPosted' as const,
            message: buildAnswerMessage(log.answer, context),
          },
        ]),
    ...(log.outcome === 'resolved'
      ? [
          {
            ...common,
            at: log.endedAt,
            type: 'InquiryResolved' as const,
            silent: true,
            closeAt: addSeconds(log.endedAt, terms.lifecycle.close),
            reopenUntil: addSeconds(log.endedAt, terms.lifecycle.reopen),
          },
        ]
      : []),
  ];
}

function buildAgentActor({ sub, name, role, vendor }: CallContext['by']): EventActor {
  return { kind: 'agent', sub, name, role, ...(vendor === undefined ? {} : { vendor }) };
}

/** The registry takes precedence over the log, except for the phone number. */
function buildCallRequester(
  { caller }: PhoneLog,
  { caller: known, mailDomain }: CallContext,
): Requester {
  const phone = caller.phone === undefined ? {} : { phone: caller.phone };
  if (known !== undefined) {
    return {
      address: known.address,
      ...(known.sub === undefined ? {} : { sub: known.sub }),
      name: known.name,
      ...phone,
      ...(known.department === undefined ? {} : { department: known.department }),
      ...(known.vip ? { vip: true } : {}),
    };
  }
  const external = caller.address !== undefined && !caller.address.endsWith(`@${mailDomain}`);
  return {
    ...(caller.address === undefined ? {} : { address: caller.address }),
    ...(caller.name === undefined ? {} : { name: caller.name }),
    ...phone,
    ...(external ? { external } : {}),
  };
}

function callerOf({ address, name }: Requester): Message['from'] {
  return {
    ...(address === undefined ? {} : { address }),
    ...(name === undefined ? {} : { name }),
  };
}

function buildAnswerMessage(text: string, { by, messageIds }: CallContext): Message {
  const from = { address: by.address, sub: by.sub, name: by.name };
  return { id: messageIds[1], kind: 'agent', from, text, attachments: [] };
}

/** The first line of the summary, cut at a grapheme boundary. */
function subjectOf(summary: string): string {
  const line = summary.split('\n', 1)[0]?.trim() ?? '';
  const characters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return characters.length <= subjectLength
    ? line
    : `${characters.slice(0, subjectLength - 1).join('')}…`;
}
