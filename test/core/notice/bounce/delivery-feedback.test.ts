import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  readDeliveryFeedback,
  SesEvent,
} from '../../../../core/notice/bounce/delivery-feedback.ts';

type Specimen = Record<string, unknown>;

function specimen(name: string): Specimen {
  const path = new URL(`../../../../events/aws/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Specimen;
}

function read(event: Specimen) {
  return readDeliveryFeedback(SesEvent.parse(event));
}

it('reads a permanent bounce', () => {
  expect(read(specimen('ses-bounce'))).toEqual({
    sesId: '010601932f0a0f6b-0d6a1f52-4c3b-4a29-8e17-9f0b2c3d4e5f-000000',
    feedbackId: '010601932f0a1b2c-5d3e4f60-7a81-4b92-9ca3-d4e5f6071829-000000',
    undeliveredRecipients: [
      {
        address: 'yamada@toritsugi.example',
        permanent: true,
        diagnostic:
          'Permanent General 5.1.1 smtp; 550 5.1.1 <yamada@toritsugi.example>: Recipient address rejected: User unknown',
      },
    ],
  });
});

it('reads a full mailbox as a failure that may pass', () => {
  expect(read(specimen('ses-bounce-transient'))?.undeliveredRecipients).toMatchObject([
    { permanent: false },
  ]);
});

it('treats a complaint as a permanent failure, and one that is withdrawn as nothing', () => {
  const complaint = specimen('ses-complaint');
  expect(read(complaint)?.undeliveredRecipients).toEqual([
    { address: 'yamada@toritsugi.example', permanent: true, diagnostic: 'Complaint abuse' },
  ]);
  const back = { ...(complaint['complaint'] as Specimen), complaintFeedbackType: 'not-spam' };
  expect(read({ ...complaint, complaint: back })).toBeUndefined();
});

it('takes an address to which we did not write for no permanent failure of ours', () => {
  const event = specimen('ses-bounce');
  const bouncedRecipients = [{ emailAddress: 'Somebody <elsewhere@example.com>' }];
  const bounce = { ...(event['bounce'] as Specimen), bouncedRecipients };
  expect(read({ ...event, bounce })?.undeliveredRecipients).toMatchObject([
    { address: 'elsewhere@example.com', permanent: false },
  ]);
});

it('reads a delivery as nothing', () => {
  expect(read(specimen('ses-delivery'))).toBeUndefined();
});

it('does not take an event without its bounce for one of the others', () => {
  const { bounce: _, ...incomplete } = specimen('ses-bounce');
  expect(SesEvent.safeParse(incomplete).success).toBe(false);
});
