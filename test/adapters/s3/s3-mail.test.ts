import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { S3AttachmentBytes, S3RawMails } from '../../../adapters/s3/s3-mail.ts';
import { addSeconds, InquiryId, instantOf } from '../../../core/inquiry/values/ids.ts';
import { bucketNames, type StartedEngines, startEngines } from '../../support/start-engines.ts';

/** Bytes that are no text in any charset. */
const raw = new Uint8Array([0x46, 0x72, 0x6f, 0x6d, 0x3a, 0x20, 0x83, 0x65, 0x0d, 0x0a, 0, 0xff]);
const inquiryId = InquiryId.parse('019a0000-0000-7000-8000-000000000001');
let engines: StartedEngines;
let mails: S3RawMails;

beforeAll(async () => {
  engines = await startEngines();
  mails = new S3RawMails(engines.s3, bucketNames.mail);
});
afterAll(() => engines.stop());

const store = (Key: string) =>
  engines.s3.send(new PutObjectCommand({ Bucket: bucketNames.mail, Key, Body: raw }));

describe('a raw mail', () => {
  it('is read as it came, byte for byte; where there is none there is nothing', async () => {
    await store('incoming/one');
    expect(Buffer.from((await mails.get('incoming/one')) ?? []).equals(raw)).toBe(true);
    expect(await mails.get('incoming/nothing')).toBeUndefined();
  });

  it('is moved whole, and once however often that is asked', async () => {
    const from = 'incoming/two words+plus';
    const to = 'raw/2026/11/24/two words+plus';
    await store(from);
    await mails.archive(from, to);
    await mails.archive(from, to);
    expect(await mails.get(from)).toBeUndefined();
    expect(Buffer.from((await mails.get(to)) ?? []).equals(raw)).toBe(true);
  });

  it('stays where it is when it is there already', async () => {
    await store('raw/2026/11/24/three');
    await mails.archive('raw/2026/11/24/three', 'raw/2026/11/24/three');
    expect(await mails.get('raw/2026/11/24/three')).toBeDefined();
  });
});

describe('the mails that wait', () => {
  it('are those under incoming that came before an instant, at most so many', async () => {
    for (const key of ['incoming/a', 'incoming/b', 'incoming/c']) await store(key);
    // SES writes this object when it tests its rule; it is nobody's mail.
    await store('incoming/AMAZON_SES_SETUP_NOTIFICATION');
    await store('raw/2026/11/24/d');
    const now = instantOf(Date.now());
    const keysOf = async (before: typeof now, limit: number) =>
      (await mails.waitingSince(before, limit)).map(({ key }) => key);
    expect(await keysOf(addSeconds(now, 60), 100)).toEqual([
      'incoming/a',
      'incoming/b',
      'incoming/c',
      'incoming/one',
    ]);
    expect(await keysOf(addSeconds(now, -60), 100)).toEqual([]);
    expect((await keysOf(addSeconds(now, 60), 2)).length).toBeLessThanOrEqual(2);
  });
});

describe('an attachment', () => {
  it('is kept under its inquiry, and never under the type that its sender gave', async () => {
    const content = new S3ContentStore(engines.s3, bucketNames.content);
    const page = new TextEncoder().encode('<script>alert(1)</script>');
    await new S3AttachmentBytes(content).put(inquiryId, 'a1', {
      ...{ name: 'x.html', type: 'text/html', bytes: page, size: page.length },
      ...{ sha256: 'f'.repeat(64), inline: false },
    });
    const url = `${engines.messageEndpoint}/${bucketNames.content}/attachment/${inquiryId}/a1`;
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(await answer.text()).toBe('<script>alert(1)</script>');
  });

  it('of a whole mail says what it is', async () => {
    const content = new S3ContentStore(engines.s3, bucketNames.content);
    const attachment = await new S3AttachmentBytes(content).putRaw(inquiryId, 'a2', raw);
    expect(attachment).toMatchObject({
      ...{ id: 'a2', name: 'message.eml', type: 'message/rfc822', size: raw.length },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const kept = await content.get(`attachment/${inquiryId}/a2`);
    expect(Buffer.from(kept ?? []).equals(raw)).toBe(true);
  });
});
