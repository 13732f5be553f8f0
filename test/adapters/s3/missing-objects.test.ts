import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { PresignedDownloads } from '../../../adapters/s3/presigned-downloads.ts';
import { S3AttachmentBytes, S3RawMails } from '../../../adapters/s3/s3-mail.ts';
import { S3Uploads } from '../../../adapters/s3/s3-uploads.ts';
import { InquiryId, type Sub } from '../../../core/inquiry/values/ids.ts';
import { specimenMorning } from '../../support/specimens.ts';
import { bucketNames, type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { startUnlistedS3 } from '../../support/start-unlisted-s3.ts';

const inquiryId = InquiryId.parse('019a0000-0000-7000-8000-000000000001');
const attachment = { id: 'file-1', name: '障害.png', type: 'image/png', size: 4, sha256: '0' };

let engines: StartedEngines;
let s3: Awaited<ReturnType<typeof startUnlistedS3>>;
beforeAll(async () => {
  engines = await startEngines();
  s3 = await startUnlistedS3(engines.messageEndpoint);
});
afterAll(async () => {
  await s3.stop();
  await engines.stop();
});

/** Everything that reads an object, each asked for one that is not there. */
const readers: Readonly<Record<string, () => Promise<unknown>>> = {
  'a body': () => new S3ContentStore(s3.client, bucketNames.content).get('body/none'),
  'a raw mail': () => new S3RawMails(s3.client, bucketNames.mail).get('incoming/none'),
  'a mail that is archived already': () =>
    new S3RawMails(s3.client, bucketNames.mail).archive('incoming/none', 'raw/none'),
  'the size of an upload': () =>
    new S3Uploads(s3.client, bucketNames.content).sizeOf('sub' as Sub, 'none'),
  'an upload': () =>
    new S3Uploads(s3.client, bucketNames.content).saveAttachment('sub' as Sub, 'none', inquiryId),
  'an attachment': () =>
    new PresignedDownloads(s3.client, bucketNames.content).link(
      inquiryId,
      attachment,
      specimenMorning,
    ),
};

describe('an object that is gone, asked for without the right to list its bucket', () => {
  it.each(Object.entries(readers))('is missing and no failure: %s', async (_, read) => {
    expect(await read()).toBeUndefined();
  });

  it('is told from one whose encryption key is refused', async () => {
    s3.deny({ message: 'User is not authorized to perform: kms:Decrypt on this resource' });
    await expect(readers['a body']?.()).rejects.toThrow('kms:Decrypt');
    s3.deny(undefined);
  });

  it('is so for every adapter that reads objects', () => {
    const reading = globSync('adapters/**/*.ts').filter((file) =>
      /new (Get|Head|Copy)ObjectCommand\(/.test(readFileSync(file, 'utf8')),
    );
    expect(reading.length).toBeGreaterThan(0);
    for (const file of reading) {
      expect([file, readFileSync(file, 'utf8')]).toEqual([
        file,
        expect.stringContaining('isMissingObject(error)'),
      ]);
    }
  });
});

describe('a link to an attachment', () => {
  const names = ['障害 "画面" <山田>.png', 'payroll (confidential).xlsx', "O'Neill 100%.txt"];

  it.each(names)('says nothing of the name %s, under which the file is saved', async (name) => {
    const store = new S3ContentStore(engines.s3, bucketNames.content);
    const bytes = new TextEncoder().encode('data');
    await new S3AttachmentBytes(store).put(inquiryId, 'file-2', {
      ...attachment,
      ...{ name, bytes, inline: false },
    });
    const downloads = new PresignedDownloads(engines.s3, bucketNames.content);
    const named = { ...attachment, id: 'file-2', name };
    const { url = '' } = (await downloads.link(inquiryId, named, specimenMorning)) ?? {};
    expectWithoutName(url, name);
    const answer = await fetch(url);
    const [, saved = ''] = (answer.headers.get('content-disposition') ?? '').split("UTF-8''");
    expect(decodeURIComponent(saved)).toBe(name);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    // A vendor is not shown the name of a person in it, nor is the file saved under it.
    const redacted = { ...named, name: '［伏せ字］.png' };
    const link = (await downloads.link(inquiryId, redacted, specimenMorning))?.url ?? '';
    expectWithoutName(link, name);
    expectWithoutName(link, redacted.name);
    expect(new URL(link).searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="file-2.png"',
    );
  });
});

/** Looks for a name in a link as it is, and as it may be encoded there. */
function expectWithoutName(url: string, name: string): void {
  const stem = name.replace(/\.\w+$/, '');
  const bytes = Buffer.from(stem);
  const encodings = [stem, encodeURIComponent(stem), bytes.toString('hex')].concat(
    [bytes.toString('base64'), bytes.toString('base64url')].map((text) => text.slice(0, 8)),
  );
  const decoded = decodeURIComponent(decodeURIComponent(url).replace(/%(?![\da-f]{2})/gi, '%25'));
  for (const encoded of encodings) expect(`${url} ${decoded}`).not.toContain(encoded);
}
