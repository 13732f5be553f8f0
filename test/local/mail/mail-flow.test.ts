import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../local/host.ts';
import { readNoted, startFixture } from '../start-fixture.ts';
import { sendMail } from './send-mail.ts';

interface Notification {
  readonly mail: {
    readonly messageId: string;
    readonly source: string;
    readonly destination: string[];
    readonly headersTruncated: boolean;
    readonly headers: { name: string; value: string }[];
    readonly commonHeaders: { readonly subject: string; readonly from: string[] };
  };
  readonly receipt: Record<string, unknown> & { readonly recipients: string[] };
  readonly raw: string;
  readonly size: number;
}

interface Sent {
  readonly id: string;
  readonly messageId: string;
  readonly envelope: { from: string; to: string[] };
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly raw: string;
}

let host: Host;
beforeAll(async () => {
  host = await startFixture();
});
afterAll(() => host.stop());

async function taken(subject: string): Promise<Notification> {
  await host.idle();
  const found = (await readNoted<Notification>(host, 'process-mail')).find(
    ({ mail }) => mail.commonHeaders.subject === subject,
  );
  if (found === undefined) throw new Error(`No mail of subject ${subject} was taken.`);
  return found;
}

async function delivered(to: string): Promise<Sent[]> {
  const response = await fetch(`${host.url}/mailbox/messages?to=${encodeURIComponent(to)}`);
  return (await response.json()) as Sent[];
}

describe('a mail that comes in', () => {
  test('reaches its function with the notification that SES sends', async () => {
    expect(await sendMail(host, { subject: 'one', to: 'Help+Token@fixture.example' })).toMatch(
      /^250 /,
    );
    const { mail, receipt, raw } = await taken('one');
    expect(mail.source).toBe('employee-1@toritsugi.example');
    expect(mail.commonHeaders.from).toEqual(['employee-1@toritsugi.example']);
    expect(mail.headersTruncated).toBe(false);
    expect(receipt).toMatchObject({
      recipients: ['Help+Token@fixture.example'],
      spamVerdict: { status: 'PASS' },
      virusVerdict: { status: 'PASS' },
      spfVerdict: { status: 'PASS' },
      dkimVerdict: { status: 'PASS' },
      dmarcVerdict: { status: 'PASS' },
      action: {
        type: 'S3',
        objectKeyPrefix: 'incoming/',
        objectKey: `incoming/${mail.messageId}`,
      },
    });
    expect(raw).toMatch(/^Return-Path: <employee-1@toritsugi\.example>\r\nReceived: from /);
  });

  test('has the verdicts that its test headers give, and no longer the headers', async () => {
    await sendMail(host, {
      subject: 'forged',
      headers: { 'X-Test-Verdict-dmarc': 'fail', 'X-Test-Verdict-spam': 'gray' },
    });
    const { mail, receipt, raw } = await taken('forged');
    expect(receipt).toMatchObject({
      spamVerdict: { status: 'GRAY' },
      dmarcVerdict: { status: 'FAIL' },
      dmarcPolicy: 'reject',
      dkimVerdict: { status: 'PASS' },
    });
    expect(raw.toLowerCase()).not.toContain('x-test-verdict');
    expect(mail.headers.map(({ name }) => name.toLowerCase())).not.toContain(
      'x-test-verdict-dmarc',
    );
  });

  test('keeps its bytes as they were sent', async () => {
    const body = Buffer.concat([
      Buffer.from('From: a@b.example\r\nSubject: bytes\r\nContent-Type: text/plain\r\n\r\n'),
      Buffer.from([0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42, 0xff, 0xfe, 0x00, 0x81]),
      Buffer.from('\r\n.leading dot\r\n'),
    ]);
    await sendMail(host, {
      envelope: { from: '', to: ['help@fixture.example'] },
      raw: body,
    });
    const { mail, raw } = await taken('bytes');
    expect(mail.source).toBe('');
    expect(raw.endsWith(body.toString('latin1'))).toBe(true);
  });

  test('is refused when no rule takes a recipient', async () => {
    await expect(sendMail(host, { to: 'nobody@fixture.example' })).rejects.toThrow(/550 5\.1\.1/);
    await expect(sendMail(host, { to: 'any@sub.fixture.example' })).resolves.toMatch(/^250 /);
  });

  test('is refused over 40 MB and taken at 15 MB', async () => {
    const large = { subject: 'large', text: `${'x'.repeat(70)}\n`.repeat(210_000) };
    await sendMail(host, large);
    expect((await taken('large')).size).toBeGreaterThan(14_000_000);
    const tooLarge = { text: `${'x'.repeat(70)}\n`.repeat(600_000) };
    await expect(sendMail(host, tooLarge)).rejects.toThrow(/552/);
  });

  test('that fails twice goes to the dead-letter queue and blocks nothing', async () => {
    await sendMail(host, { subject: 'poison' });
    await sendMail(host, { subject: 'after the poison' });
    await host.idle();
    await taken('after the poison');
    const dead = await readNoted<string>(host, 'note-dead-mail');
    expect(dead).toHaveLength(1);
  });
});

describe('a mail that goes out', () => {
  test('arrives in the mailbox under the id that SES gives it', async () => {
    await sendMail(host, { from: 'writer@toritsugi.example', subject: 'answer me' });
    await host.idle();
    const [mail, ...more] = await delivered('writer@toritsugi.example');
    expect(more).toEqual([]);
    expect(mail?.envelope.to).toEqual(['writer@toritsugi.example']);
    expect(mail?.headers['message-id']).toBe(`<${mail?.messageId}@ap-northeast-1.amazonses.com>`);
    expect(mail?.headers['in-reply-to']).toMatch(/^<.+@toritsugi\.example>$/);
    expect(mail?.raw).not.toContain('ours@fixture.example');
    expect(mail?.text).toContain('お問い合わせを受け付けました。');
    expect(await readNoted(host, 'answer-mail')).toContain(mail?.messageId);
  });

  test('is shown on a page that escapes what it says', async () => {
    await sendMail(host, { from: 'reader@toritsugi.example', subject: '<b>bold</b> 件名' });
    await host.idle();
    const [mail] = await delivered('reader@toritsugi.example');
    const list = await (await fetch(`${host.url}/mailbox`)).text();
    expect(list).toContain('Re: &lt;b&gt;bold&lt;/b&gt; 件名');
    const page = await fetch(`${host.url}/mailbox/${mail?.id}`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain('お問い合わせを受け付けました。&lt;script&gt;');
    expect(text).not.toContain('<script>');
    expect(await (await fetch(`${host.url}/mailbox/${mail?.id}/raw`)).text()).toBe(mail?.raw);
    expect((await fetch(`${host.url}/mailbox/nothing`)).status).toBe(404);
  });

  test('to an address that begins with bounce comes back as an event', async () => {
    await sendMail(host, { from: 'bounce-1@elsewhere.example', subject: 'gone' });
    await host.idle();
    const [sent] = await delivered('bounce-1@elsewhere.example');
    const events = await readNoted(host, 'note-bounce');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      eventType: 'Bounce',
      mail: { messageId: sent?.messageId, destination: ['bounce-1@elsewhere.example'] },
      bounce: {
        bounceType: 'Permanent',
        bouncedRecipients: [{ emailAddress: 'bounce-1@elsewhere.example' }],
      },
    });
  });
});

test('functions log to the file, each line as they wrote it', async () => {
  await sendMail(host, { subject: 'logged' });
  await host.idle();
  const log = readFileSync(`${host.dataDir}/host.log`, 'utf8');
  expect(log).toContain('"step":"intake.opened"');
});
