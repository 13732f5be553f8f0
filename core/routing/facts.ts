import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Channel, Language, Priority } from '../inquiry/vocabulary.ts';

/** What rules ask of an inquiry. */
export type RoutingFacts = {
  readonly channel: Channel;
  readonly form?: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Subject and first message, normalized: NFKC, lower case, hiragana as katakana. */
  readonly text: string;
  readonly sender?: string;
  readonly senderDomain?: string;
  readonly department?: string;
  readonly vip: boolean;
  readonly external: boolean;
  readonly language: Language;
  readonly automated: boolean;
  /** Set when a person has already set it, such as by a phone log. */
  readonly priority: Priority;
};

/** Only so much of a text is asked about: what it is about stands at its beginning. */
const textLimit = 20_000;

/**
 * One form for what people write in several: full-width and half-width, upper and lower case,
 * hiragana and katakana.
 */
export function normalize(text: string): string {
  return text
    .slice(0, textLimit)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
}

/** The facts of an inquiry and the text of its first message. */
export function factsOf(inquiry: Inquiry, text: string): RoutingFacts {
  const { requester, source } = inquiry;
  const address = requester.address;
  return {
    channel: inquiry.channel,
    ...(source.form === undefined ? {} : { form: source.form }),
    fields: source.fields ?? {},
    text: normalize(`${inquiry.subject}\n${text}`),
    ...(address === undefined
      ? {}
      : { sender: address, senderDomain: address.slice(address.lastIndexOf('@') + 1) }),
    ...(requester.department === undefined ? {} : { department: requester.department }),
    vip: requester.vip ?? false,
    external: requester.external ?? false,
    language: inquiry.language,
    automated: inquiry.automated,
    priority: inquiry.priority,
  };
}
