import type { EventOf } from '../../../../core/inquiry/events/events.ts';
import { EmailAddress, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import { buildCallEvents } from '../../../../core/intake/call/phone-log.ts';
import { deskListTerms, helpDeskActors } from '../../help-desk.ts';
import { InquirySpecification } from '../../inquiry-specification.ts';

/** A mail in the thread: from a machine, or from somebody who takes no part in it. */
export function makeMessageFrom(
  sender: 'machine' | 'stranger',
  at: Instant,
): EventOf<'MessageReceived'> {
  const address = EmailAddress.parse(`${sender}@toritsugi.example`);
  const isMachine = sender === 'machine';
  return {
    ...{ v: 1, type: 'MessageReceived', at, joined: [] },
    by: isMachine ? { kind: 'machine', address } : { kind: 'requester', address },
    message: {
      ...{ id: 'extra', from: { address }, text: '…', attachments: [] },
      ...(isMachine ? { kind: 'machine' } : { kind: 'requester', unverified: true }),
    },
  };
}

/** A call that an agent enters five minutes after its end, unless said. */
export function logPhoneCall({
  outcome,
  start,
  end,
  priority,
  entered = new Date(Date.parse(end) + 300_000).toISOString() as Instant,
  terms = deskListTerms,
}: {
  readonly outcome: 'open' | 'answered' | 'resolved';
  readonly start: Instant;
  readonly end: Instant;
  readonly priority?: Priority;
  readonly entered?: Instant;
  readonly terms?: typeof deskListTerms;
}): InquirySpecification {
  const events = buildCallEvents(
    {
      caller: { name: 'requester', address: helpDeskActors.requester.address },
      ...{ startedAt: start, endedAt: end, summary: 'VPN', outcome },
      ...(priority === undefined ? {} : { priority }),
      ...(outcome === 'open' ? {} : { answer: '…' }),
    },
    {
      number: makeInquiryNumber(new Uint8Array([1, 2, 3, 4, 5, 6, 7])),
      ...{
        by: helpDeskActors.staff1,
        caller: helpDeskActors.requester,
        mailDomain: 'toritsugi.example',
      },
      ...{ terms, messageIds: ['one', 'two'], now: entered },
    },
  );
  return InquirySpecification.open(terms, entered, events);
}
