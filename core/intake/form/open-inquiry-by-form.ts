import type { Person } from '../../access/person.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Attachment } from '../../inquiry/values/message.ts';
import type { Requester } from '../../inquiry/values/vocabulary.ts';
import { describeSubmission, type Form } from './forms.ts';

/** A checked submission. */
export type OpenByFormInput = {
  readonly form: Form;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly attachments: readonly Attachment[];
  readonly submitter: Person;
  /** For whom it is submitted; the submitter unless somebody else is named. */
  readonly requester: Person | { readonly address: Person['address'] };
  readonly mailDomain: string;
  readonly messageId: string;
  readonly number: InquiryNumber;
};

/** Decides to open an inquiry by a form; the caller adds the receipt. */
export function openInquiryByForm(
  input: OpenByFormInput,
  terms: Terms,
  now: Instant,
): InquiryDecision {
  const { form, fields, attachments, submitter, requester, messageId, number } = input;
  const language = 'language' in requester ? requester.language : submitter.language;
  const { subject, text } = describeSubmission(form, fields, language);
  const person = requesterOf(input);
  const phone = fields['phone'];
  return {
    events: [
      {
        v: 1,
        type: 'InquiryReceived',
        at: now,
        by: {
          kind: 'requester',
          address: submitter.address,
          ...(submitter.sub === undefined ? {} : { sub: submitter.sub }),
          name: submitter.name,
        },
        number,
        received: {
          channel: 'form',
          requester: {
            ...person,
            ...(typeof phone === 'string' && phone !== '' ? { phone: phone.slice(0, 40) } : {}),
          },
          participants: [],
          subject,
          language,
          automated: false,
          acknowledge: true,
          message: {
            id: messageId,
            kind: 'requester',
            from: { address: submitter.address, name: submitter.name },
            text,
            attachments: [...attachments],
          },
          source: { form: form.form, fields: JSON.parse(JSON.stringify(fields)) },
          links: [],
          receivedAt: now,
          announceAt: addSeconds(now, terms.lifecycle.announce),
        },
      },
    ],
  };
}

function requesterOf({ requester, mailDomain }: OpenByFormInput): Requester {
  if (!('role' in requester)) {
    const { address } = requester;
    return { address, ...(address.endsWith(`@${mailDomain}`) ? {} : { external: true }) };
  }
  return {
    address: requester.address,
    ...(requester.sub === undefined ? {} : { sub: requester.sub }),
    name: requester.name,
    ...(requester.department === undefined ? {} : { department: requester.department }),
    ...(requester.vip ? { vip: true } : {}),
  };
}
