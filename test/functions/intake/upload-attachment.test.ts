import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3Uploads } from '../../../adapters/s3/s3-uploads.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { InquiryId, Sub } from '../../../core/inquiry/values/ids.ts';
import { uploadLimits } from '../../../core/intake/form/uploads.ts';
import { makeHandler } from '../../../functions/intake/upload-attachment.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { bucketNames, type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { employeePerson, startImportFixture } from '../job/import-fixture.ts';

let engines: StartedEngines;
let parts: Awaited<ReturnType<typeof startImportFixture>>;
let uploads: S3Uploads;
const inquiryId = '0193a5c0-0000-7000-8000-000000000001' as InquiryId;
const uploader = employeePerson.sub as Sub;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  parts = await startImportFixture(engines);
  uploads = new S3Uploads(engines.s3, bucketNames.content);
});

async function ask(body: object) {
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    files: uploads,
    random: nodeRandomness,
    people: parts.people,
    answers: new DynamoAnswerStore(engines.table, () => parts.clock.at),
    now: parts.now,
    audit: makeAuditLog(engines.table),
    newTraceId: () => 'trace-1',
  });
  const event = fakeGatewayEvent({
    routeKey: 'POST /v1/uploads',
    body: JSON.stringify(body),
    sub: uploader,
  });
  const answer = await handler(event, fakeLambdaContext());
  return { ...answer, body: JSON.parse(answer.body ?? 'null') };
}

/** Asks for an upload and posts the file as a browser does. */
async function upload(name: string, content: Uint8Array | string, type = 'text/plain') {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { body } = await ask({ name, type, size: Math.max(bytes.length, 1) });
  const form = new FormData();
  for (const [field, value] of Object.entries(body.fields)) form.append(field, String(value));
  form.append('file', new Blob([bytes.slice()]), name);
  const answer = await fetch(body.url, { method: 'POST', body: form });
  expect(answer.status).toBe(201);
  return body.id as string;
}

async function takeUploads(ids: readonly string[], by = uploader) {
  return uploads.attach(by, ids, inquiryId);
}

async function attachmentsOf(ids: readonly string[]) {
  const taken = await takeUploads(ids);
  if (isRefusal(taken)) throw new Error(taken.detail);
  return taken;
}

describe('asking for an upload', () => {
  it('binds key, type, name and size in a policy of 15 minutes', async () => {
    const before = Date.now();
    const { statusCode, body } = await ask({ name: '見積.pdf', type: 'application/pdf', size: 10 });
    expect(statusCode).toBe(201);
    expect(body.expiresAt).toBe('2026-11-22T03:15:00.000Z');
    const policy = JSON.parse(Buffer.from(body.fields.Policy, 'base64').toString());
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        ['content-length-range', 1, 25 * 1024 * 1024],
        { key: `upload/employee-1/${body.id}` },
        { 'Content-Type': 'application/pdf' },
        { 'x-amz-meta-name': Buffer.from('見積.pdf').toString('base64url') },
        { bucket: bucketNames.content },
      ]),
    );
    const endsAt = Date.parse(policy.expiration);
    // The policy's expiry is in whole seconds.
    expect(endsAt).toBeGreaterThan(before + 899_000);
    expect(endsAt).toBeLessThanOrEqual(Date.now() + 900_000);
  });

  it('refuses a file over the limit and what is no file', async () => {
    const tooLarge = { name: 'a', type: 'text/plain', size: uploadLimits.bytes + 1 };
    expect(await ask(tooLarge)).toMatchObject({
      statusCode: 422,
      body: { code: 'invalid.attachment' },
    });
    expect(await ask({ ...tooLarge, size: 0 })).toMatchObject({ statusCode: 400 });
  });
});

describe('taking uploads', () => {
  it('keeps them with the inquiry under their names, as bytes that no browser runs', async () => {
    const ids = [
      await upload('画面 その1.txt', 'エラー'),
      await upload('page.html', '<b>x</b>', 'text/html'),
    ];
    expect(await attachmentsOf(ids)).toEqual([
      {
        id: ids[0],
        name: '画面 その1.txt',
        type: 'text/plain',
        size: 9,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      expect.objectContaining({ id: ids[1], name: 'page.html', type: 'text/html', size: 8 }),
    ]);
    const kept = await engines.s3.send(
      new GetObjectCommand({
        Bucket: bucketNames.content,
        Key: `attachment/${inquiryId}/${ids[0]}`,
      }),
    );
    expect(await kept.Body?.transformToString()).toBe('エラー');
    expect(kept.ContentType).toBe('application/octet-stream');
  });

  it('gives the same when taken again, and each once', async () => {
    const id = await upload('a.txt', 'a');
    expect(await attachmentsOf([id, id])).toEqual(await attachmentsOf([id]));
    expect(await attachmentsOf([])).toEqual([]);
  });

  it('holds programs, whatever they are called', async () => {
    const program = new Uint8Array(64);
    program.set([0x4d, 0x5a]);
    const ids = [
      await upload('setup.exe', 'harmless'),
      await upload('photo.jpg', program, 'image/jpeg'),
    ];
    const attachments = await attachmentsOf(ids);
    expect(attachments.map(({ held }) => held)).toEqual(['executable', 'executable']);
  });

  it('leaves no path in a name', async () => {
    const id = await upload('..\\..\\etc/passwd', 'x');
    expect((await attachmentsOf([id]))[0]?.name).toBe('passwd');
  });

  it.each(['nobody', 'employee-1/..', 'employee'])(
    "refuses another's upload to %s, as if it were not there",
    async (other) => {
      const id = await upload('a.txt', 'a');
      const taken = await takeUploads([id], other as Sub);
      expect(taken).toMatchObject({ refused: 'invalid.attachment' });
    },
  );

  it('refuses what was never uploaded, is empty, or is over the limit', async () => {
    stored('large', uploadLimits.bytes + 1);
    stored('empty', 0);
    for (const id of ['missing', 'large', 'empty']) {
      expect(await takeUploads([id])).toMatchObject({ refused: 'invalid.attachment' });
    }
  });

  it('refuses more than a message may have together, before it keeps any', async () => {
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const id of ids) stored(id, uploadLimits.bytes);
    expect(await takeUploads(ids)).toMatchObject({
      refused: 'invalid.attachment',
      detail: expect.stringContaining('together'),
    });
    expect(await parts.content.get(`attachment/${inquiryId}/one`)).toBeUndefined();
  });
});

/** Stores an upload of some size; the embedded S3 enforces no policy, so any size arrives. */
function stored(id: string, size: number): void {
  engines.messages.putObject(bucketNames.content, `upload/${uploader}/${id}`, Buffer.alloc(size));
}
