import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PostalMimeReader } from '../../../adapters/mime/postal-mime-reader.ts';
import { fileMentions, mailMentions } from '../../../adapters/s3/file-mentions.ts';

const address = 'taro@toritsugi.example';
const mentions = (text: string) => text.includes(address) || text.includes('山田');
const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');
const part = (encoding: string, body: string) =>
  [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    body,
  ].join('\r\n');
const filler = 'これは長い本文です。'.repeat(40);

describe('a file', () => {
  it.each([
    ['as it is', `a,${address},b`],
    ['unzipped', gzipSync(`{"to":"${address}"}`)],
    ['in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(address, 'utf16le')])],
    [
      'in quoted-printable, across a soft break',
      part('quoted-printable', 'Von taro=40torit=\r\nsugi.example'),
    ],
    ['in the last line of Base64', part('base64', base64(filler + address))],
    ['in an encoded header', `Subject: =?UTF-8?B?${base64(`Re: ${address}`)}?=`],
    [
      'in a mail attached to a mail',
      part('base64', base64(part('base64', base64(filler + address)))),
    ],
  ])('mentions somebody %s', (_, file) => {
    expect(fileMentions(Buffer.from(file), mentions)).toBe(true);
  });

  it.each([
    ['text', filler],
    ['encoded text', part('base64', base64(filler))],
    ['what begins as if it were zipped', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
    ['nothing', ''],
  ])('of %s mentions nobody', (_, file) => {
    expect(fileMentions(Buffer.from(file), mentions)).toBe(false);
  });
});

it('finds a name in a mail’s own charset', async () => {
  const header = [
    'From: a@b.example',
    'Content-Type: text/plain; charset=iso-2022-jp',
    '',
    '',
  ].join('\r\n');
  // 山田 in ISO-2022-JP.
  const mail = Buffer.concat([Buffer.from(header), Buffer.from('1b24423b3345441b2842', 'hex')]);
  expect(fileMentions(mail, mentions)).toBe(false);
  expect(await mailMentions(new PostalMimeReader(), mail, mentions)).toBe(true);
});
