import { SESClient } from '@aws-sdk/client-ses';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SesMailSender } from '../../../adapters/ses/ses-mail-sender.ts';
import { EmailAddress, Instant } from '../../../core/inquiry/values/ids.ts';
import type { OutgoingMail } from '../../../core/notice/ports.ts';
import { formatWireId } from '../../../core/notice/sending/wire-id.ts';
import { localClientConfig } from '../../support/start-dynamo.ts';
import { type StartedSes, startSes } from '../../support/start-ses.ts';

let ses: StartedSes;
let sender: SesMailSender;
beforeAll(async () => {
  ses = await startSes();
  sender = new SesMailSender(ses.client, { configurationSet: 'sending', region: 'us-east-1' });
});
afterAll(() => ses.stop());
beforeEach(() => {
  ses.sent.length = 0;
});

const mail: OutgoingMail = {
  from: { name: 'IT Help Desk', address: 'help@toritsugi.example' },
  to: EmailAddress.parse('yamada@toritsugi.example'),
  replyTo: 'help@toritsugi.example',
  subject: 'x',
  text: 'x',
  html: '<p>x</p>',
  at: Instant.parse('2026-11-22T01:15:00.000Z'),
  messageId: 'notice@toritsugi.example',
  references: [],
  headers: {},
  attachments: [],
};

it('gives the Message-ID that the mail has on the wire', async () => {
  const outcome = await sender.send(mail);
  expect(outcome).toEqual({
    outcome: 'sent',
    wireId: `${ses.sent[0]?.id}@email.amazonses.com`,
  });
  expect(formatWireId('id', 'ap-northeast-1')).toBe('id@ap-northeast-1.amazonses.com');
});

it.each([
  [400, 'Throttling', 'Maximum sending rate exceeded.', 'unavailable'],
  [400, 'MessageRejected', 'Email address is not verified. The following…', 'unavailable'],
  [400, 'AccountSendingPausedException', 'paused', 'unavailable'],
  [400, 'ConfigurationSetDoesNotExist', 'does not exist', 'unavailable'],
  [503, 'ServiceUnavailable', 'later', 'unavailable'],
  [400, 'MessageRejected', 'Address blacklisted.', 'refused'],
  [400, 'InvalidParameterValue', 'Local address contains control or whitespace', 'refused'],
  [500, 'InternalFailure', 'oops', 'unknown'],
] as const)('takes %i %s (%s) as %s', async (status, code, message, outcome) => {
  ses.failures.push({ status, code, message });
  expect(await sender.send(mail)).toMatchObject({ outcome });
});

it('does not repeat a request whose answer was lost, and says that it does not know', async () => {
  ses.failures.push('lost');
  expect(await sender.send(mail)).toMatchObject({ outcome: 'unknown' });
  expect(ses.sent).toHaveLength(1);
});

it('knows that nothing was sent where nobody listens', async () => {
  const nobody = new SESClient({
    ...localClientConfig,
    endpoint: 'http://127.0.0.1:1',
    maxAttempts: 1,
  });
  const lonely = new SesMailSender(nobody, { configurationSet: 'sending', region: 'us-east-1' });
  expect(await lonely.send(mail)).toEqual({ outcome: 'unavailable', code: 'ECONNREFUSED' });
});

it('does not try to send more than SES takes', async () => {
  const bytes = new Uint8Array(8 * 1024 * 1024);
  const attachments = [{ name: 'f', type: 'application/octet-stream', bytes }];
  expect(await sender.send({ ...mail, attachments })).toEqual({
    outcome: 'refused',
    code: 'too-large',
  });
  expect(ses.sent).toEqual([]);
});
