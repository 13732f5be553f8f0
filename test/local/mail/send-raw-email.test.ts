import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMailbox, type SentMailbox } from '../../../local/mail/mailbox.ts';
import { sendRawEmail } from '../../../local/mail/send-raw-email.ts';

let folder: string;
let mailbox: SentMailbox;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toritsugi-test-'));
  mailbox = openMailbox(folder);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const published: string[] = [];

function send(raw: string | Buffer, input: Record<string, string> = {}): string {
  const data = Buffer.from(raw).toString('base64');
  return sendRawEmail(
    new URLSearchParams({ 'RawMessage.Data': data, ...input }),
    {
      mailbox,
      configurationSets: [
        { name: 'set', destinations: [{ events: ['delivery', 'bounce'], topicArn: 'topic' }] },
      ],
      publish: (_topic, message) => published.push(JSON.parse(message).eventType),
    },
    new Date('2026-11-22T00:00:00Z'),
  );
}

const MAIL = 'From: Help <help@a.example>\r\nTo: "x, y" <x@b.example>, z@b.example\r\n';

describe('a raw mail that is sent', () => {
  test('goes to the destinations that are given, or else to those of its headers', () => {
    send(`${MAIL}Bcc: w@b.example\r\n\r\nbody`);
    send(`${MAIL}\r\nbody`, { 'Destinations.member.1': 'v@b.example' });
    expect(mailbox.list().map(({ envelope }) => envelope)).toEqual([
      { from: 'help@a.example', to: ['x@b.example', 'z@b.example', 'w@b.example'] },
      { from: 'help@a.example', to: ['v@b.example'] },
    ]);
  });

  test('has the Message-ID of SES, a date, and no Bcc on the wire', () => {
    const id = send(`${MAIL}Message-ID: <our@a.example>\r\nBcc: w@b.example\r\n\r\nbody`);
    const [mail] = mailbox.list();
    expect(mailbox.raw(mail?.id ?? '').toString()).toBe(
      `Message-ID: <${id}@ap-northeast-1.amazonses.com>\r\nDate: Sun, 22 Nov 2026 00:00:00 +0000\r\n${MAIL}\r\nbody`,
    );
  });

  test('is there for the next host', () => {
    send(`${MAIL}\r\nbody`);
    expect(openMailbox(folder).list()).toEqual(mailbox.list());
  });

  test('makes the events that its configuration set asks for', () => {
    published.length = 0;
    send(`${MAIL}\r\nbody`, { ConfigurationSetName: 'set' });
    send('From: a@a.example\r\nTo: bounce@b.example\r\n\r\n', { ConfigurationSetName: 'set' });
    expect(published).toEqual(['Delivery', 'Bounce']);
  });

  test.each([
    ['over 10 MB', Buffer.alloc(10 * 1024 * 1024 + 1), {}, /10485760/],
    ['without a sender', 'To: x@b.example\r\n\r\n', {}, /'From'/],
    ['without a recipient', 'From: x@b.example\r\n\r\n', {}, /No recipient/],
    [
      'by an unknown configuration set',
      `${MAIL}\r\n`,
      { ConfigurationSetName: 'no' },
      /does not exist/,
    ],
  ])('is refused %s', (_what, raw, input, message) => {
    expect(() => send(raw, input)).toThrow(message);
    expect(mailbox.list()).toEqual([]);
  });
});
