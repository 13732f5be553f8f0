import type { AcceptedInput, InquiryEvent } from '../../inquiry/events/events.ts';
import type { Message } from '../../inquiry/values/message.ts';
import type { SourceFacts } from '../../inquiry/values/vocabulary.ts';

/** What readers find in place of an erased text. */
export const erasedText = '［消去済み / erased］';

/**
 * Removes from an event all that people wrote and all that they sent, and keeps what figures are
 * made of: instants, desks, priorities, categories, clocks.
 *
 * Without `isWhole`, only the words of its author go, and not what another has made of the same
 * inquiry: its subject, its sources, the Message-IDs by which others' mails find it.
 */
export function eraseTexts(event: InquiryEvent, isWhole: boolean): InquiryEvent {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted':
      return { ...event, received: eraseInput(event.received, isWhole) };
    case 'InquiryQuarantined':
      return {
        ...event,
        detail: erasedText,
        subject: erasedText,
        source: eraseSource(event.source),
      };
    case 'MessageReceived': {
      const { source, ...rest } = event;
      return {
        ...rest,
        message: eraseMessage(event.message, isWhole),
        ...(source === undefined ? {} : { source: eraseSource(source) }),
      };
    }
    case 'ReplyPosted':
    case 'NotePosted':
      return { ...event, message: eraseMessage(event.message, isWhole) };
    case 'InquiryResolved':
      return event.message === undefined
        ? event
        : { ...event, message: eraseMessage(event.message, isWhole) };
    case 'InquiryRouted':
      return {
        ...event,
        // A rule's reasons quote what it found.
        trace: event.trace.map((entry) => ({ ...entry, because: [] })),
      };
    case 'AssignmentDeclined':
    case 'InquiryReleased':
    case 'InquiryTransferred':
    case 'QuarantineDiscarded':
    case 'UnmaskingSettled':
    case 'BreachReviewed': {
      const { note: _, ...rest } = event;
      return rest;
    }
    case 'InquiryReopened':
    case 'InquiryWithdrawn': {
      const { reason: _, ...rest } = event;
      return rest;
    }
    case 'InquiryRated': {
      const { comment: _, ...rest } = event;
      return rest;
    }
    case 'UnmaskingAsked':
      return { ...event, reason: erasedText };
    case 'DeliveryFailed': {
      const { notice: _, ...rest } = event;
      return { ...rest, diagnostic: erasedText };
    }
    case 'QuarantineAged':
    case 'InquiryAnnounced':
    case 'InquiryClaimed':
    case 'InquiryAssigned':
    case 'AssignmentAccepted':
    case 'NobodyFound':
    case 'LeaseLost':
    case 'RequesterAwaited':
    case 'RequesterReminded':
    case 'InquiryResumed':
    case 'InquiryClosed':
    case 'InquiryMerged':
    case 'InquiryAbsorbed':
    case 'InquiryAmended':
    case 'NoReplyNeeded':
    case 'ClocksReckoned':
    case 'ClockWarned':
    case 'ClockBreached':
    case 'EscalationStepped':
    case 'EscalationAcknowledged':
      return event;
    default:
      return event satisfies never;
  }
}

function eraseInput(received: AcceptedInput, isWhole: boolean): AcceptedInput {
  const message = eraseMessage(received.message, isWhole);
  if (!isWhole) return { ...received, message };
  const { call, ...rest } = received;
  return {
    ...rest,
    subject: erasedText,
    message,
    source: eraseSource(received.source),
    ...(call === undefined ? {} : { call: eraseCall(call) }),
  };
}

export function eraseCall(call: NonNullable<AcceptedInput['call']>) {
  const { callbackNumber: _, ...rest } = call;
  return rest;
}

/** Removes from an event of the person's own inquiry how they were called back and their raw mail. */
export function eraseContact(event: InquiryEvent): InquiryEvent {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted': {
      const { call, source } = event.received;
      return {
        ...event,
        received: {
          ...event.received,
          source: eraseRawMail(source),
          ...(call === undefined ? {} : { call: eraseCall(call) }),
        },
      };
    }
    case 'InquiryQuarantined':
      return { ...event, source: eraseRawMail(event.source) };
    case 'MessageReceived':
      return event.source === undefined ? event : { ...event, source: eraseRawMail(event.source) };
    default:
      return event;
  }
}

export function eraseRawMail(source: SourceFacts): SourceFacts {
  const { raw: _, ...rest } = source;
  return rest;
}

/** Keeps codes: the form, the marks of a machine's mail, faults and verdicts. */
export function eraseSource(source: SourceFacts): SourceFacts {
  const { recipients: _r, fields: _f, raw: _m, ...codes } = source;
  return codes;
}

function eraseMessage(message: Message, isWhole: boolean): Message {
  const { id, kind, from, messageId, unverified } = message;
  return {
    ...{ id, kind, from, text: erasedText, attachments: [] },
    ...(messageId === undefined || isWhole ? {} : { messageId }),
    ...(unverified === undefined ? {} : { unverified }),
  };
}
