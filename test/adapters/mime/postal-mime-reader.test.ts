import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostalMimeReader } from '../../../adapters/mime/postal-mime-reader.ts';
import { readBrokenMail } from '../../../adapters/mime/read-broken-mail.ts';
import { readMimeTree } from '../../../adapters/mime/structure/mime-tree.ts';
import {
  isUnreadableMail,
  type MailLimits,
  mailLimits,
  type ParsedMail,
} from '../../../core/intake/mail/mail.ts';
import { readMailSpecimen } from '../../support/mail-specimens.ts';
import { runs } from '../../support/volumes.ts';

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

describe('headers', () => {
  it('gives ids without brackets, references oldest first, each once', async () => {
    const mail = await read(
      `${plain}Message-ID: <c@x>\r\nIn-Reply-To: <b@x>\r\nReferences: <a@x>\r\n <b@x> <a@x>\r\n\r\nx`,
    );
    expect(mail).toMatchObject({
      messageId: 'c@x',
      inReplyTo: ['b@x'],
      references: ['a@x', 'b@x'],
    });
  });

  it('keeps the newest references where there are too many', async () => {
    const mail = await read(`${plain}References: <a@x> <b@x> <c@x>\r\n\r\nx`, { references: 2 });
    expect(mail.references).toEqual(['b@x', 'c@x']);
  });

  it('takes an id without brackets, and none from prose', async () => {
    const mail = await read(`${plain}Message-ID: a@x\r\nIn-Reply-To: your mail of Sunday\r\n\r\nx`);
    expect(mail.messageId).toBe('a@x');
    expect(mail.inReplyTo).toEqual([]);
  });

  it('parses addresses before decoding names, so that no name becomes an address', async () => {
    const name = Buffer.from('山田, "x" <evil@partner.example>').toString('base64');
    const mail = await read(
      `From: =?UTF-8?B?${name}?= <a@partner.example>\r\nTo: b@x.example, "C, D" <C@X.example>, team: e@x.example;\r\nSubject: x\r\n\r\nx`,
    );
    expect(mail.from).toEqual([
      { address: 'a@partner.example', name: '山田, "x" <evil@partner.example>' },
    ]);
    expect(mail.to).toEqual([
      { address: 'b@x.example' },
      { address: 'c@x.example', name: 'C, D' },
      { address: 'e@x.example' },
    ]);
    expect(mail.faults).not.toContain('encoded-from');
  });

  it.each([
    ['"taro..y."@mobile.example', 'taro..y.@mobile.example', undefined],
    ['taro..y.@mobile.example', 'taro..y.@mobile.example', undefined],
    ['太郎 <"taro..y."@mobile.example>', 'taro..y.@mobile.example', '太郎'],
    ['"x \\"y\\"@z" <a@x.example>', 'a@x.example', 'x "y"@z'],
    ['"a b"@x.example', undefined, undefined],
    ['"a@b.example"@x.example', undefined, undefined],
    ['=?utf-8?Q?jiro?=@x.example', undefined, 'jiro@x.example'],
    ['J <=?utf-8?B?amlybw==?=@x.example>', undefined, 'J'],
    ['J <a=?utf-8?q?b?=c@x.example>', undefined, 'J'],
  ])('reads the address of %s', async (from, address, name) => {
    const mail = await read(`From: ${from}\r\nSubject: x\r\n\r\nx`);
    expect(mail.from[0]?.address).toBe(address);
    expect(mail.from[0]?.name).toBe(name);
    expect(mail.faults.includes('encoded-from')).toBe(from.includes('=?'));
  });

  it('counts From headers however they are written, and several authors in one', async () => {
    const twice = await read(`${plain}FROM : b@partner.example\r\n\r\nx`);
    expect(twice.fromHeaderCount).toBe(2);
    expect(twice.faults).toContain('two-from');
    const authors = await read('From: a@x.example, b@x.example\r\nSubject: x\r\n\r\nx');
    expect(authors).toMatchObject({ fromHeaderCount: 1 });
    expect(authors.faults).toContain('two-from');
  });

  it('gives header values by lower-cased name, and survives names of object members', async () => {
    const mail = await read(`${plain}X-A: 1\r\nx-a: 2\r\n__proto__: 3\r\nconstructor: 4\r\n\r\nx`);
    expect(mail.headers['x-a']).toEqual(['1', '2']);
    expect(mail.headers['constructor']).toEqual(['4']);
    expect(mail.headers['tostring']).toBeUndefined();
  });

  it('reads the date as an instant, and leaves out one that is none', async () => {
    const date = 'Sun, 22 Nov 2026 10:00:00 +0900 (JST)';
    expect((await read(`${plain}Date: ${date}\r\n\r\nx`)).sentAt).toBe('2026-11-22T01:00:00.000Z');
    expect((await read(`${plain}Date: yesterday\r\n\r\nx`)).sentAt).toBeUndefined();
    expect(
      (await read(`${plain}Date: 1 Jan 12026 00:00:00 +0000\r\n\r\nx`)).sentAt,
    ).toBeUndefined();
  });

  it('guesses the language from the script', async () => {
    expect((await read(`${plain}\r\nhello`)).language).toBe('en');
    expect((await read('From: a@x.example\r\nSubject: 件\r\n\r\nhello')).language).toBe('ja');
    expect((await read(`${plain}\r\nカナ`)).language).toBe('ja');
  });
});

describe('bodies', () => {
  it('joins quoted-printable across soft line ends', async () => {
    const mail = await read(
      `${plain}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E3=81=\r\n=82=20=\r\nb`,
    );
    expect(mail.text).toBe('あ b');
  });

  it('reads an 8-bit part line by line like any other, delimiters included', async () => {
    const mail = await read(
      `${plain}Content-Type: multipart/mixed; boundary="=_b"\r\n\r\npreamble\r\n--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n一\r\n-- x\r\n--=_bx\r\n二\r\n--=_b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nline\r\nline\r\n--=_b--\r\nepilogue`,
    );
    expect(mail.fullText).toBe('一\n-- x\n--=_bx\n二');
    expect(mail.attachments).toHaveLength(1);
    expect(Buffer.from(mail.attachments[0]?.bytes ?? []).toString()).toBe('line\r\nline');
  });

  it('turns HTML into text with its links, and never shows its scripts', async () => {
    const mail = await read(
      `${plain}Content-Type: text/html; charset=utf-8\r\n\r\n<h1>Title</h1><a href="https://x.example/?a=1&amp;b=2">here</a><script>bad()</script><style>p{}</style>`,
    );
    expect(mail.text).toBe('Title\n\nhere <https://x.example/?a=1&b=2>');
  });

  it('flags HTML that is nested deeper than it is read', async () => {
    const html = `${'<div>'.repeat(12)}deep${'</div>'.repeat(12)}`;
    const mail = await read(`${plain}Content-Type: text/html\r\n\r\n<p>top</p>${html}`, {
      htmlNesting: 10,
    });
    expect(mail.faults).toContain('html-cut');
    expect(mail.text).toContain('top');
    expect((await read(`${plain}Content-Type: text/html\r\n\r\n${html}`)).faults).not.toContain(
      'html-cut',
    );
  });

  it('is the same mail by content hash when a server changed its transfer encoding', async () => {
    const [one, other, reused] = await Promise.all(
      [
        'duplicate-first-delivery',
        'duplicate-second-delivery',
        'message-id-reused-with-other-content',
      ].map((name) => read(readMailSpecimen(name))),
    );
    expect(one?.messageId).toBe(other?.messageId);
    expect(one?.contentHash).toBe(other?.contentHash);
    expect(reused?.messageId).toBe(one?.messageId);
    expect(reused?.contentHash).not.toBe(one?.contentHash);
  });

  it('has another content hash when only an attachment differs', async () => {
    const withFile = (content: string) =>
      read(
        `${plain}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Disposition: attachment; filename=a\r\n\r\n${content}\r\n--b--`,
      );
    expect((await withFile('1')).contentHash).not.toBe((await withFile('2')).contentHash);
  });
});

describe('reports', () => {
  it.each(['bounce-english', 'bounce-japanese'])(
    'finds who bounced and what in %s',
    async (name) => {
      const { report } = await read(readMailSpecimen(name));
      expect(report).toMatchObject({
        kind: 'delivery-status',
        recipients: [{ address: 'sato@partner.example', action: 'failed', status: '5.1.1' }],
        original: {
          messageId: '0100018f-cccc@us-east-1.amazonses.com',
          from: [{ address: 'help@toritsugi.example' }],
          replyTo: [{ address: 'help+k1abcdef@toritsugi.example' }],
          to: [{ address: 'sato@partner.example' }],
        },
      });
      expect(report?.recipients[0]?.diagnostic).toMatch(/^smtp; 550/);
    },
  );

  it('finds the same in a bounce that has no report part', async () => {
    const { report } = await read(readMailSpecimen('bounce-without-report'));
    expect(report).toMatchObject({
      kind: 'delivery-status',
      recipients: [{ address: 'sato@partner.example', action: 'failed' }],
      original: { messageId: '0100018f-cccc@us-east-1.amazonses.com' },
    });
  });

  it('tells what was read', async () => {
    const { report } = await read(readMailSpecimen('read-receipt'));
    expect(report).toMatchObject({
      kind: 'disposition-notification',
      recipients: [{ address: 'employee-1@toritsugi.example', action: 'displayed' }],
      original: { messageId: '0100018f-dddd@us-east-1.amazonses.com' },
    });
  });

  it('tells who complained', async () => {
    const mail = await read(
      `${plain}Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\nabuse\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: <c@x.example>\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@x>\r\n\r\nx\r\n--b--`,
    );
    expect(mail.report).toMatchObject({
      kind: 'feedback',
      recipients: [{ address: 'c@x.example', action: 'complained' }],
      original: { messageId: 'o@x' },
    });
  });
});

describe('forwarded mail', () => {
  it.each(['forwarded-by-agent', 'forwarded-by-outlook'])(
    'names the first sender in %s',
    async (name) => {
      const mail = await read(readMailSpecimen(name));
      expect(mail.forwarded).toEqual({
        from: { address: 'sato@partner.example', name: '佐藤 次郎' },
        subject: '納品の件',
      });
    },
  );

  it.each(['forwarded-by-thunderbird', 'forwarded-by-thunderbird-html'])(
    'names the first sender in %s, where the subject comes first',
    async (name) => {
      const mail = await read(readMailSpecimen(name));
      expect(mail.forwarded).toEqual({
        from: { address: 'employee-2@toritsugi.example', name: 'Alex Morgan' },
        subject: 'No sound',
      });
    },
  );

  it('is not seen in a mail that only asks about another', async () => {
    expect((await read(readMailSpecimen('quoted-headers-in-new-mail'))).forwarded).toBeUndefined();
  });
});

describe('a mail in which the parser finds nothing', () => {
  const file = 'Content-Disposition: attachment; filename=a.txt\r\n\r\nfile\r\n';
  const html = 'Content-Type: text/html\r\n\r\n<p>body</p>\r\n';
  const multipart = (type: string, body: string) =>
    `${plain}Content-Type: multipart/${type}\r\n\r\n${body}`;

  it.each<[string, string, string]>([
    [
      'names another delimiter than its body has',
      multipart('mixed; boundary=other', `--b\r\n${html}--b\r\n${file}--b--\r\n`),
      'body',
    ],
    ['names no delimiter', multipart('mixed', `--b c\r\n${html}--b c\r\n${file}--b c--`), 'body'],
    [
      'begins with the end of all parts',
      multipart('mixed; boundary=b', `--b--\r\n${html}--b\r\n${file}--b--\r\n`),
      'body',
    ],
    [
      'ends in the middle',
      multipart('mixed; boundary=a', `--b\r\n${html}--b--\r\n${file}--b--\r\n`),
      'body',
    ],
    [
      'has text in front of its parts',
      multipart('alternative', `front\r\n--b--\r\n\r\nmore\r\n--b\r\n${html}--b\r\n${file}`),
      'front\n\nmore\n\nbody',
    ],
  ])('that %s is read by the delimiter that it shows', async (_what, raw, text) => {
    const mail = await read(raw);
    expect(mail.fullText).toBe(text);
    expect(mail.attachments.map(({ name }) => name)).toEqual(['a.txt']);
    expect(mail.faults).toContain('broken-structure');
  });

  it('is shown one of two alternatives, as in a sound mail', async () => {
    const mail = await read(
      multipart(
        'alternative',
        `--b\r\nContent-Type: text/plain\r\n\r\nbody\r\n--b\r\n${html}--b--\r\n`,
      ),
    );
    expect(mail.fullText).toBe('body');
  });

  it('shows all that its parts say, whichever delimiters are broken', async () => {
    const blocks = fc.array(
      fc.constantFrom('--b', '--b--', '--b-- ', '--c', '', 'Content-Type: text/html\r\n', 'word'),
      { minLength: 2, maxLength: 12 },
    );
    const boundary = fc.constantFrom('; boundary=b', '; boundary=a', '; boundary="', '');
    let recovered = 0;
    await fc.assert(
      fc.asyncProperty(blocks, boundary, async (chosen, parameter) => {
        const words = chosen.map((block, at) => (block === 'word' ? `word-${at}` : block));
        const raw = encode(multipart(`mixed${parameter}`, words.join('\r\n')));
        const { parts } = await readBrokenMail(raw, mailLimits, readMimeTree);
        if (!parts.fullText.includes('--b')) recovered += 1;
        const isLost = (word: string) => word.startsWith('word') && !parts.fullText.includes(word);
        expect(words.filter(isLost)).toEqual([]);
      }),
      runs(500),
    );
    expect(recovered).toBeGreaterThan(50);
  });

  it('is shown as it came when its parts are empty', async () => {
    const mail = await read(multipart('mixed', '--b\r\nContent-Type: text/plain\r\n\r\n--b--\r\n'));
    expect(mail.fullText).toBe('--b\nContent-Type: text/plain\n\n--b--');
    expect(mail.attachments).toEqual([]);
  });
});

describe('a mail on which the parser fails', () => {
  const reader = new PostalMimeReader({ readTree: () => Promise.reject(new Error('defect')) });

  it('is shown as it came, with its headers', async () => {
    const mail = await reader.read(readMailSpecimen('html-with-attachment'));
    if (isUnreadableMail(mail)) throw new Error(mail.detail);
    expect(mail).toMatchObject({
      subject: '一覧を送ります',
      from: [{ address: 'employee-1@toritsugi.example' }],
      attachments: [],
      faults: ['broken-structure'],
    });
    expect(mail.fullText).toContain('Content-Type: text/csv;');
  });

  it('counts both of two From headers', async () => {
    const mail = await reader.read(readMailSpecimen('two-from-headers'));
    expect(mail).toMatchObject({
      fromHeaderCount: 2,
      from: [{ address: 'employee-1@toritsugi.example' }, { address: 'attacker@partner.example' }],
    });
  });
});
