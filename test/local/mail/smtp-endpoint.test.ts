import { expect, onTestFinished, test } from 'vitest';
import { type MailReceiver, openSmtpEndpoint } from '../../../local/mail/smtp-endpoint.ts';
import { sendMail } from './send-mail.ts';

const rules = [{ recipients: [], scan: true, deposits: [] }];

async function open(receiver: Promise<MailReceiver>) {
  const problems: string[] = [];
  const endpoint = await openSmtpEndpoint({
    port: 0,
    receiver,
    report: (one) => problems.push(one),
  });
  onTestFinished(() => endpoint.stop());
  return { smtpPort: endpoint.port, problems };
}

test('a mail that cannot be stored is not accepted', async () => {
  const { smtpPort, problems } = await open(
    Promise.resolve({
      rules,
      receive: () => {
        throw new Error('the disk is full');
      },
    }),
  );
  await expect(sendMail({ smtpPort }, {})).rejects.toThrow(/451 4\.3\.0/);
  expect(problems).toEqual(['A mail could not be stored: Error: the disk is full']);
});

test('a sender that comes before the host is ready waits', async () => {
  const { promise, resolve } = Promise.withResolvers<MailReceiver>();
  const { smtpPort } = await open(promise);
  const received: string[] = [];
  const sending = sendMail({ smtpPort }, { text: 'early' });
  setTimeout(() => resolve({ rules, receive: (raw) => received.push(raw.toString()) }), 100);
  expect(await sending).toMatch(/^250 /);
  expect(received).toEqual([expect.stringContaining('early')]);
});

test('a sender is told to come again when the host does not start', async () => {
  const failed = Promise.reject(new Error('no engine'));
  failed.catch(() => {});
  const { smtpPort } = await open(failed);
  await expect(sendMail({ smtpPort }, {})).rejects.toThrow(/421 4\.3\.2/);
});
