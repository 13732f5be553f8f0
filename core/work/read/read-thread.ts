import type { InquiryEvent, RecordedEvent } from '../../inquiry/events/events.ts';
import type { InquiryLedger } from '../../inquiry/ports.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { Attachment, Message } from '../../inquiry/values/message.ts';

const pageLimit = 100;

/** A message with its place in the thread. */
export type ThreadMessage = {
  readonly seq: number;
  readonly at: Instant;
  readonly by: EventActor;
  readonly message: Message;
};

/** Reads the messages after an event that the reader may see, in order, at most `limit`. */
export async function readThread(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  after: number,
  limit: number,
  isVisible: (message: Message) => boolean,
): Promise<{ readonly messages: readonly ThreadMessage[]; readonly next?: number }> {
  const messages: ThreadMessage[] = [];
  for await (const recorded of eventsAfter(ledger, id, after)) {
    const threadMessage = messageIn(recorded);
    if (threadMessage === undefined || !isVisible(threadMessage.message)) continue;
    const last = messages.at(-1);
    if (messages.length === limit && last !== undefined) return { messages, next: last.seq };
    messages.push(threadMessage);
  }
  return { messages };
}

/** Finds a message that the reader may see. */
export async function findMessage(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  messageId: string,
  isVisible: (message: Message) => boolean,
): Promise<Message | undefined> {
  for await (const recorded of eventsAfter(ledger, id, 0)) {
    const candidate = messageIn(recorded)?.message;
    if (candidate?.id === messageId && isVisible(candidate)) return candidate;
  }
  return undefined;
}

/** Finds an attachment in the messages that the reader may see, and who sent it. */
export async function findAttachment(
  ledger: Pick<InquiryLedger, 'events'>,
  id: InquiryId,
  attachmentId: string,
  isVisible: (message: Message) => boolean,
): Promise<{ readonly attachment: Attachment; readonly by: EventActor } | undefined> {
  for await (const recorded of eventsAfter(ledger, id, 0)) {
    const message = messageIn(recorded)?.message;
    if (message === undefined || !isVisible(message)) continue;
    const match = message.attachments.find((one) => one.id === attachmentId);
    if (match !== undefined) return { attachment: match, by: recorded.event.by };
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
  const located = messageOf(event);
  return located === undefined ? undefined : { seq, by: event.by, ...located };
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
