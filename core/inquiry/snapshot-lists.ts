import { type Inquiry, participantLimit } from './snapshot.ts';
import type { EmailAddress } from './values/ids.ts';
import type { Correspondent } from './values/message.ts';

const referenceLimit = 10;

/** Counts a message, and keeps its Message-ID among the latest ones for replies to refer to. */
export function countMessage(inquiry: Inquiry, messageId: string | undefined): Inquiry {
  return {
    ...inquiry,
    messages: inquiry.messages + 1,
    references:
      messageId === undefined
        ? inquiry.references
        : [...inquiry.references, messageId].slice(-referenceLimit),
  };
}

/** Adds people who do not take part yet; past the limit nobody joins. */
export function addParticipants(
  present: readonly Correspondent[],
  joining: readonly Correspondent[],
): Correspondent[] {
  const known = new Set(present.map((participant) => participant.address));
  return [...present, ...joining.filter((participant) => !known.has(participant.address))].slice(
    0,
    participantLimit,
  );
}

/** Adds an address to which mail could not be delivered. */
export function addUndeliverable(
  addresses: readonly EmailAddress[],
  address: EmailAddress,
): EmailAddress[] {
  return [...new Set([...addresses, address])].slice(0, participantLimit);
}
