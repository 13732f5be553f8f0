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
