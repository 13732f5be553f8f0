import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { composeMail } from '../../../adapters/ses/compose-mail.ts';
import { EmailAddress, Instant } from '../../../core/inquiry/values/ids.ts';
import type { OutgoingMail } from '../../../core/notice/ports.ts';

function outgoing(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    from: { name: 'ITヘルプデスク', address: 'help@toritsugi.example' },
    to: EmailAddress.parse('yamada@toritsugi.example'),
    replyTo: 'help+abcdefgh@toritsugi.example',
    subject: 'Re: ①㈱髙橋の件 [HD-7K3M-9QX9]',
    text: '一行目\n\n  二行目 ①㈱髙\n-- \n署名\n',
    html: '<p>一行目</p>',
    at: Instant.parse('2026-11-22T01:15:00.000Z'),
    messageId: 'notice.1@toritsugi.example',
    inReplyTo: 'a@example.com',
    references: ['first@example.com', 'a@example.com'],
    headers: { 'Auto-Submitted': 'auto-replied' },
    attachments: [],
    ...changes,
  };
}

it('writes what a reader reads back: Japanese, threading, addresses, date', async () => {
  const parsed = await PostalMime.parse(await composeMail(outgoing()));
  expect(parsed).toMatchObject({
    subject: 'Re: ①㈱髙橋の件 [HD-7K3M-9QX9]',
    from: { name: 'ITヘルプデスク', address: 'help@toritsugi.example' },
    to: [{ address: 'yamada@toritsugi.example' }],
    replyTo: [{ address: 'help+abcdefgh@toritsugi.example' }],
    messageId: '<notice.1@toritsugi.example>',
    inReplyTo: '<a@example.com>',
    date: '2026-11-22T01:15:00.000Z',
    attachments: [],
  });
  expect(parsed.references?.split(/\s+/)).toEqual(['<first@example.com>', '<a@example.com>']);
  expect(parsed.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(outgoing().text.trimEnd());
  expect(parsed.html?.trim()).toBe('<p>一行目</p>');
});

it('keeps to ASCII, to CR LF, and to the length of lines that every relay passes on', async () => {
  const text = `${'長い行'.repeat(2000)}\n${'x'.repeat(5000)}`;
  const references = Array.from({ length: 12 }, (_, index) => `${'r'.repeat(200)}${index}@x.y`);
  const raw = Buffer.from(await composeMail(outgoing({ text, references })));
  expect(raw.every((byte) => byte < 128)).toBe(true);
  const lines = raw.toString('latin1').split('\r\n');
  expect(lines.join('').includes('\n')).toBe(false);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
});

it('brings no header in by any text', async () => {
  const injection = 'x\r\nBcc: everybody@example.com\r\n\r\nbody';
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('subject', 'name', 'file', 'reference', 'reply'),
      async (place) => {
        const raw = await composeMail(
          outgoing({
            ...(place === 'subject' ? { subject: injection } : {}),
            ...(place === 'name' ? { from: { name: injection, address: 'h@x.example' } } : {}),
            ...(place === 'reference' ? { references: [injection] } : {}),
            ...(place === 'reply' ? { inReplyTo: injection } : {}),
            ...(place === 'file'
              ? { attachments: [{ name: injection, type: injection, bytes: new Uint8Array(1) }] }
              : {}),
          }),
        );
        const parsed = await PostalMime.parse(raw);
        expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc');
        expect(parsed.text).toContain('一行目');
        expect(Buffer.from(raw).toString('latin1')).not.toMatch(/^bcc:/im);
      },
    ),
  );
});

it('brings attachments byte for byte under their names, and none as a mail within the mail', async () => {
  const bytes = randomBytes(100_000);
  const raw = await composeMail(
    outgoing({
      attachments: [
        { name: '手順書 最終.pdf', type: 'application/pdf', bytes },
        {
          name: 'forwarded.eml',
          type: 'message/rfc822',
          bytes: Buffer.from('Subject: x\r\n\r\ny'),
        },
      ],
    }),
  );
  const { attachments, text } = await PostalMime.parse(raw);
  expect(attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
    ['手順書 最終.pdf', 'application/pdf'],
    ['forwarded.eml', 'application/octet-stream'],
  ]);
  expect(Buffer.from(attachments[0]?.content as ArrayBuffer).equals(bytes)).toBe(true);
  expect(text).toContain('一行目');
});
