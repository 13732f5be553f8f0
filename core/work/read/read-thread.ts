import type { InquiryEvent, RecordedEvent } from '../../inquiry/events/events.ts';
import type { InquiryLedger } from '../../inquiry/ports.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { Attachment, Message } from '../../inquiry/values/message.ts';

const pageLimit = 100;

/** A message in its place in the thread. */
export type ThreadMessage = {
  readonly seq: number;
  readonly at: Instant;
  readonly by: EventActor;
  readonly message: Message;
};

/** The messages after an event, in order: those the reader may see, at most `limit`. */
export async function readThread(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  after: number,
  limit: number,
  isVisible: (message: Message) => boolean,
): Promise<{ readonly messages: readonly ThreadMessage[]; readonly next?: number }> {
  const messages: ThreadMessage[] = [];
  for await (const recorded of eventsAfter(ledger, id, after)) {
    const found = messageIn(recorded);
    if (found === undefined || !isVisible(found.message)) continue;
    const last = messages.at(-1);
    if (messages.length === limit && last !== undefined) return { messages, next: last.seq };
    messages.push(found);
  }
  return { messages };
}

/** Finds a message that the reader may see. */
export async function findMessage(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  message: string,
  isVisible: (message: Message) => boolean,
): Promise<Message | undefined> {
  for await (const recorded of eventsAfter(ledger, id, 0)) {
    const found = messageIn(recorded)?.message;
    if (found?.id === message && isVisible(found)) return found;
  }
  return undefined;
}

/** Finds an attachment in the messages that the reader may see, and who sent it. */
export async function findAttachment(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  attachment: string,
  isVisible: (message: Message) => boolean,
): Promise<{ readonly attachment: Attachment; readonly by: EventActor } | undefined> {
  for await (const recorded of eventsAfter(ledger, id, 0)) {
    const message = messageIn(recorded)?.message;
    if (message === undefined || !isVisible(message)) continue;
    const found = message.attachments.find((one) => one.id === attachment);
    if (found !== undefined) return { attachment: found, by: recorded.event.by };
  }
  return undefined;
}

async function* eventsAfter(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  after: number,
): AsyncGenerator<RecordedEvent> {
  let seq = after;
  for (;;) {
    const page = await ledger.events(id, seq, pageLimit);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageLimit) return;
    seq = last.seq;
  }
}

function messageIn({ seq, event }: RecordedEvent): ThreadMessage | undefined {
  const found = messageOf(event);
  return found === undefined ? undefined : { seq, by: event.by, ...found };
}

function messageOf(
  event: InquiryEvent,
): { readonly at: Instant; readonly message: Message } | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return { at: event.received.receivedAt, message: event.received.message };
  }
  const message = 'message' in event ? event.message : undefined;
  return message === undefined ? undefined : { at: event.at, message };
}
