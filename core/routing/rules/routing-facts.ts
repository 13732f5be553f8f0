import type { RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { Message } from '../../inquiry/values/message.ts';
import type { Channel, Language, Priority, ServiceId } from '../../inquiry/values/vocabulary.ts';
import type { CalendarMomentLookup } from './calendar-moment.ts';
import { normalizeText } from './normalize-text.ts';

/** What rules can test on an attachment. */
export type AttachmentFacts = {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Why it is held back. */
  readonly held?: string | undefined;
};

/** What rules can test on an inquiry. */
export type RoutingFacts = {
  /** When it is routed. */
  readonly at: Instant;
  readonly channel: Channel;
  readonly form?: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Normalized. */
  readonly subject: string;
  /** Subject and first message, normalized. */
  readonly text: string;
  readonly sender?: string;
  readonly senderDomain?: string;
  readonly department?: string;
  readonly vip: boolean;
  readonly external: boolean;
  readonly language: Language;
  readonly automated: boolean;
  /** `medium` unless a person has set another, for example in a phone log. */
  readonly priority: Priority;
  /** Set by a person, or by an earlier routing. */
  readonly category?: string;
  readonly service?: ServiceId;
  readonly tags: readonly string[];
  readonly attachments: readonly AttachmentFacts[];
  /** Looks up `at` in a calendar. */
  readonly calendar: CalendarMomentLookup;
  /** Only what the rules need; a condition on anything absent does not hold. */
  readonly observed: RoutingObservation;
};

/** What rules can test besides the inquiry itself. */
export type RoutingContext = Pick<RoutingFacts, 'at' | 'calendar' | 'observed'>;

/** Builds the facts from an inquiry and its first message. */
export function buildRoutingFacts(
  inquiry: Inquiry,
  message: Pick<Message, 'text' | 'attachments'>,
  context: RoutingContext,
): RoutingFacts {
  const { requester, source, category, service } = inquiry;
  const { address } = requester;
  return {
    ...context,
    channel: inquiry.channel,
    ...(source.form === undefined ? {} : { form: source.form }),
    fields: source.fields ?? {},
    subject: normalizeText(inquiry.subject),
    text: normalizeText(`${inquiry.subject}\n${message.text}`),
    ...(address === undefined
      ? {}
      : { sender: address, senderDomain: address.slice(address.lastIndexOf('@') + 1) }),
    ...(requester.department === undefined ? {} : { department: requester.department }),
    vip: requester.vip ?? false,
    external: requester.external ?? false,
    language: inquiry.language,
    automated: inquiry.automated,
    priority: inquiry.priority,
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
    tags: inquiry.tags,
    attachments: message.attachments,
  };
}
