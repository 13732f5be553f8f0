import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostalMimeReader } from '../../../../adapters/mime/postal-mime-reader.ts';
import { isUnreadableMail, type ParsedMail } from '../../../../core/intake/mail/mail.ts';
import { runs } from '../../../support/volumes.ts';

const plain = 'From: a@partner.example\r\nTo: help@toritsugi.example\r\nSubject: x\r\n';

async function read(raw: string): Promise<ParsedMail> {
  const mail = await new PostalMimeReader().read(new TextEncoder().encode(raw));
  if (isUnreadableMail(mail)) throw new Error(`${mail.unreadable}: ${mail.detail}`);
  return mail;
}

describe('a multipart of alternatives', () => {
  /** Puts parts into a multipart; each nested one needs a delimiter of its own. */
  const nest = (type: string, boundary: string, ...parts: readonly string[]) =>
    `Content-Type: multipart/${type}; boundary="${boundary}"\r\n\r\n${parts
      .map((part) => `--${boundary}\r\n${part}\r\n`)
      .join('')}--${boundary}--\r\n`;
  const text = (value: string) => `Content-Type: text/plain\r\n\r\n${value}`;
  const html = (value: string) => `Content-Type: text/html\r\n\r\n<p>${value}</p>`;
  const image = (name: string) =>
    `Content-Type: image/png; name=${name}\r\nContent-ID: <${name}>\r\n\r\nx`;

  it.each([
    ['prefers text behind HTML', [html('rich'), text('plain')], 'plain'],
    ['prefers text inside others', [html('rich'), nest('mixed', 'm', text('plain'))], 'plain'],
    ['takes HTML where the text is empty', [text(' '), nest('related', 'r', html('rich'))], 'rich'],
    [
      'prefers text to a mixture',
      [nest('mixed', 'm', html('rich'), text('more')), text('plain')],
      'plain',
    ],
    ['takes one of two texts', [text('one'), text('other')], 'one'],
    [
      'chooses inside others first',
      [nest('alternative', 'b', html('rich'), text(' ')), text('plain')],
      'plain',
    ],
  ])('%s', async (_what, branches, expected) => {
    const mail = await read(plain + nest('alternative', 'a', ...branches));
    expect(mail.fullText).toBe(expected);
  });

  it('shows both forms of a text once where a careless program only puts them together', async () => {
    const mail = await read(plain + nest('mixed', 'm', text('one\r\n two'), html('one two')));
    expect(mail.fullText).toBe('one\n two');
    const other = await read(plain + nest('mixed', 'm', text('one'), html('two')));
    expect(other.fullText).toBe('one\n\ntwo');
    const repeated = await read(plain + nest('mixed', 'm', html('one'), html('one')));
    expect(repeated.fullText).toBe('one\none');
  });

  it('says each sentence once and keeps each file, however deep the branches are', async () => {
    const layers = fc.array(fc.constantFrom('mixed', 'related', 'signed', 'alternative'), {
      maxLength: 3,
    });
    const wrap = (part: string, types: readonly string[], name: string) =>
      types.reduce((inner, type, depth) => nest(type, `${name}${depth}`, inner), part);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.tuple(layers, layers, layers),
        fc.constantFrom('mixed', 'related'),
        fc.boolean(),
        async (sentences, [around, aroundText, aroundHtml], joint, isTextFirst) => {
          const words = Array.from({ length: sentences }, (_, at) => `sentence-${at}.`);
          const rich = words.flatMap((word, at) => [html(word), image(`shot-${at}.png`)]);
          const branches = [
            wrap(text(words.join('\r\n\r\n')), aroundText, 't'),
            wrap(nest(joint, 'rich', ...rich), aroundHtml, 'h'),
          ];
          if (!isTextFirst) branches.reverse();
          const mail = await read(
            plain + wrap(nest('alternative', 'choice', ...branches), around, 'o'),
          );
          expect(mail.fullText).toBe(words.join('\n\n'));
          expect(mail.attachments.map(({ name }) => name)).toEqual(
            words.map((_, at) => `shot-${at}.png`),
          );
        },
      ),
      runs(100),
    );
  });
});

describe('a part that is not quite as it should be', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const long = '長い文です。'.repeat(20);
  const wrapped = (text: string) => encoded(text).replace(/.{76}/g, '$&\r\n');

  it.each([
    ['a footer', `${wrapped(long)}\r\n_____\r\nthe list`, `${long}\n_____\nthe list`],
    ['a footer below a blank line', `${encoded('文。')}\r\n\r\n-- \r\nx y`, '文。\n--\nx y'],
    ['nothing', wrapped(long), long],
    ['nothing on one long line', encoded(long), long],
    ['padding on each line', `${encoded('一')}==\r\n${encoded('二二')}\r\nYQ==`, '一二二a'],
  ])('keeps what stands behind its base64: %s', async (_what, body, text) => {
    const mail = await read(
      `${plain}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`,
    );
    expect(mail.fullText).toBe(text);
    expect(mail.faults).not.toContain('wrong-charset');
  });

  it.each([
    'Content-Type: multipart/mixed boundary="b b"',
    'Content-Type: multipart/mixed\r\n boundary="b b"',
    'Content-type: Multipart/Mixed charset="us-ascii" boundary="b b"',
    'Content-Type: multipart/mixed; charset=us-ascii\r\n\tboundary="b b"',
    'Content-Type: multipart/mixed;\r\n boundary="b b"',
  ])('is read where semicolons are missing: %s', async (header) => {
    const file =
      'Content-Type: application/pdf name="a.pdf"\r\nContent-Disposition: attachment filename="x name=1.pdf"\r\n\r\nx\r\n';
    const mail = await read(
      `${plain}${header}\r\n\r\n--b b\r\nContent-Type: text/plain charset=shift_jis\r\n\r\nbody\r\n--b b\r\n${file}--b b--\r\n`,
    );
    expect(mail.fullText).toBe('body');
    expect(mail.attachments.map(({ name, type }) => [name, type])).toEqual([
      ['x name=1.pdf', 'application/pdf'],
    ]);
    expect(mail.faults).not.toContain('broken-structure');
  });
});
