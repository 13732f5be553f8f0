import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostalMimeReader } from '../../../../adapters/mime/postal-mime-reader.ts';
import {
  isUnreadableMail,
  type MailLimits,
  mailLimits,
  type ParsedMail,
} from '../../../../core/intake/mail/mail.ts';
import { cpuTimeOf } from '../../../support/cpu-time.ts';
import { listMailSpecimens, readMailSpecimen } from '../../../support/mail-specimens.ts';
import { runs } from '../../../support/volumes.ts';

const plain = 'From: a@partner.example\r\nTo: help@toritsugi.example\r\nSubject: x\r\n';
const encode = (mail: string) => new TextEncoder().encode(mail);

async function read(
  raw: Uint8Array | string,
  limits: Partial<MailLimits> = {},
): Promise<ParsedMail> {
  const bytes = typeof raw === 'string' ? encode(raw) : raw;
  const mail = await new PostalMimeReader({ limits }).read(bytes);
  if (isUnreadableMail(mail)) throw new Error(`${mail.unreadable}: ${mail.detail}`);
  return mail;
}

async function refusal(raw: Uint8Array | string, limits: Partial<MailLimits> = {}) {
  const bytes = typeof raw === 'string' ? encode(raw) : raw;
  const mail = await new PostalMimeReader({ limits }).read(bytes);
  return isUnreadableMail(mail) ? mail.unreadable : undefined;
}

const parts = (count: number, body = 'x') =>
  `${plain}Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n\r\n${body}\r\n`.repeat(count)}--b--\r\n`;

describe('bounds', () => {
  const raw = `${plain}\r\n1\r\n2\r\n3\r\n`;

  it.each<[string, string, Partial<MailLimits>, Partial<MailLimits>]>([
    ['too-large', raw, { rawBytes: raw.length - 1 }, { rawBytes: raw.length }],
    ['headers-too-large', raw, { headerBytes: plain.length - 1 }, { headerBytes: plain.length }],
    ['too-many-headers', raw, { headerFields: 2 }, { headerFields: 3 }],
    ['too-many-lines', raw, { lines: 6 }, { lines: 7 }],
    ['too-many-lines', parts(9), { textLines: 20 }, { textLines: 40 }],
    ['too-many-parts', parts(9), { parts: 9 }, { parts: 12 }],
    ['text-too-large', raw, { textCharacters: 4 }, { textCharacters: 5 }],
    [
      'html-too-large',
      `${plain}Content-Type: text/html\r\n\r\n<p>x</p>\r\n`,
      { htmlCharacters: 7 },
      { htmlCharacters: 20 },
    ],
    [
      'html-too-large',
      `${plain}Content-Type: text/html\r\n\r\n<p>x</p>`,
      { htmlTags: 1 },
      { htmlTags: 2 },
    ],
    [
      'too-many-attachments',
      parts(3).replaceAll('--b\r\n', '--b\r\nContent-Disposition: attachment\r\n'),
      { attachments: 2 },
      { attachments: 3 },
    ],
    [
      'too-deep',
      `${plain}Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--a--`,
      { nesting: 1 },
      { nesting: 2 },
    ],
  ])('refuses a mail that is %s, and takes one at the limit', async (reason, mail, over, at) => {
    expect(await refusal(mail, over)).toBe(reason);
    expect(await refusal(mail, at)).toBeUndefined();
  });

  it('counts the headers of parts against the same bound', async () => {
    const mail = parts(20).replaceAll('--b\r\n', `--b\r\nX-Filler: ${'a'.repeat(100)}\r\n`);
    expect(await refusal(mail, { headerBytes: 2_000 })).toBe('headers-too-large');
    expect(await refusal(mail, { headerBytes: 4_000 })).toBeUndefined();
  });

  it('holds the files that are over the limit of one and of all together', async () => {
    const file = (size: number) =>
      `--b\r\nContent-Disposition: attachment; filename=a\r\n\r\n${'x'.repeat(size)}\r\n`;
    const mail = await read(
      `${plain}Content-Type: multipart/mixed; boundary=b\r\n\r\n${file(30)}${file(11)}${file(10)}${file(10)}--b--`,
      { attachmentBytes: 10, attachmentsBytes: 61 },
    );
    expect(mail.attachments.map((attachment) => attachment.held)).toEqual([
      'too-large',
      'too-large',
      undefined,
      undefined,
    ]);
    const less = await read(
      `${plain}Content-Type: multipart/mixed; boundary=b\r\n\r\n${file(10)}${file(10)}--b--`,
      { attachmentsBytes: 19 },
    );
    expect(less.attachments.map((attachment) => attachment.held)).toEqual([undefined, 'too-large']);
  });

  it('reads an attachment of the size that SES takes in a few seconds', async () => {
    const line = `${'A'.repeat(76)}\r\n`;
    const size = mailLimits.rawBytes - 1_000;
    const mail = await read(
      `${plain}Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${line.repeat(Math.floor(size / line.length))}`,
    );
    expect(mail.attachments[0]?.held).toBe('too-large');
    expect(mail.attachments[0]?.size).toBeGreaterThan(29 * 1024 * 1024);
  });

  it('refuses a mail of more lines than any mail has, and sooner than it would read it', async () => {
    const linesMore = (count: number) => encode(plain + '\r\n'.repeat(count));
    const [over, under] = [linesMore(mailLimits.lines + 1), linesMore(mailLimits.lines - 100)];
    let reason: string | undefined;
    const refusing = await cpuTimeOf(async () => {
      reason = await refusal(over);
    });
    expect(reason).toBe('too-many-lines');
    const reading = await cpuTimeOf(async () => {
      reason = await refusal(under);
    });
    expect(reason).toBeUndefined();
    expect(refusing).toBeLessThan(reading);
  });
});

describe('any input', () => {
  const small: Partial<MailLimits> = {
    textCharacters: 5_000,
    attachments: 5,
    addresses: 5,
    references: 5,
    parts: 20,
  };
  const reader = new PostalMimeReader({ limits: small });

  async function staysInBounds(raw: Uint8Array): Promise<void> {
    const mail = await reader.read(raw);
    if (isUnreadableMail(mail)) {
      expect(mail.detail.length).toBeLessThan(200);
      return;
    }
    expect(mail.fullText.length).toBeLessThanOrEqual(5_000);
    expect(mail.text.length).toBeLessThanOrEqual(mail.fullText.length);
    expect(mail.text === '').toBe(mail.fullText === '');
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.subject.length).toBeLessThanOrEqual(998);
    expect(mail.attachments.length).toBeLessThanOrEqual(5);
    expect(Math.max(mail.from.length, mail.to.length, mail.cc.length)).toBeLessThanOrEqual(5);
    for (const { name } of [...mail.from, ...mail.to]) {
      expect(name ?? '').not.toMatch(/\p{Cc}/u);
    }
    for (const { name, sha256 } of mail.attachments) {
      expect(name).toMatch(/^[^/\\\p{Cc}]{1,200}$/u);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(mail.contentHash).toMatch(/^[0-9a-f]{64}$/);
  }

  it('of random bytes gets an answer within bounds', async () => {
    const lines = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'From: a@x.example',
            'Subject: =?iso-2022-jp?B?GyRC?= =?utf-8?Q?=E3?=',
            'Content-Type: multipart/mixed; boundary=b',
            'Content-Type: text/html; charset=iso-2022-jp',
            'Content-Transfer-Encoding: base64',
            'Content-Transfer-Encoding: quoted-printable',
            "Content-Disposition: attachment; filename*0*=cp932''%82; filename*1=x",
            '',
            '--b',
            '--b--',
            '\u001b$B$"',
          ),
          fc.string({ unit: 'binary' }),
        ),
      )
      .map((parts) => new Uint8Array(Buffer.from(parts.join('\r\n'), 'utf8')));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 500 }), lines), staysInBounds),
      {
        ...runs(100),
      },
    );
  });

  it('of mutated mail gets an answer within bounds', async () => {
    const names = listMailSpecimens().filter((name) => readMailSpecimen(name).length < 20_000);
    const mutated = fc
      .tuple(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }),
        fc.nat({ max: 100 }),
      )
      .map(([name, changes, cut]) => {
        const bytes = readMailSpecimen(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes.subarray(0, Math.ceil((bytes.length * (100 - cut / 2)) / 100));
      });
    await fc.assert(fc.asyncProperty(mutated, staysInBounds), runs(100));
  });

  it('reads the same from a view into a larger buffer', async () => {
    const raw = readMailSpecimen('utf-8-eight-bit');
    const larger = new Uint8Array(raw.length + 20).fill(0x41);
    larger.set(raw, 10);
    expect(await read(larger.subarray(10, 10 + raw.length))).toEqual(await read(raw));
  });
});
