import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PresignedDownloads } from '../../../adapters/s3/presigned-downloads.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { makeStatusToken } from '../../../core/inquiry/tokens/status-token.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import { addSeconds, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { buildStatusPageView } from '../../../core/notice/page/status-page.ts';
import { makeHandler } from '../../../functions/notice/show-status.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { makeTestSigning, makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import {
  makeAssignment,
  makePublicReply,
  noticeStageSecret,
  routedToStaff,
  startNoticeFixture,
} from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let handler: ReturnType<typeof makeHandler>;
beforeAll(async () => {
  fixture = await startNoticeFixture();
  const { logger, meter } = makeRecordingTelemetry();
  handler = makeHandler({
    ...fixture.commandDependencies,
    terms: fixture.terms,
    links: new PresignedDownloads(fixture.engines.s3, bucketNames.content),
    keys: makeTestSigningKeys(noticeStageSecret),
    mac: hmacSha256,
    logger,
    meter,
    now: () => fixture.clock.now,
    newTraceId: randomUUID,
  });
});
afterAll(() => fixture.stop());

async function tokenOf(inquiryId: InquiryId, seconds = 60): Promise<string> {
  const expiresAt = addSeconds(fixture.clock.now, seconds);
  return makeStatusToken(await makeTestSigning('status', noticeStageSecret), {
    inquiryId,
    expiresAt,
  });
}

async function get(token: string, more: { language?: string; attachment?: string } = {}) {
  const { language, attachment } = more;
  const answer = await handler(
    fakeGatewayEvent({
      routeKey: 'GET /status/{token}',
      params: { token },
      ...(language === undefined ? {} : { headers: { 'accept-language': language } }),
      ...(attachment === undefined ? {} : { query: { attachment } }),
    }),
    fakeLambdaContext(),
  );
  return { ...answer, page: answer.body ?? '' };
}

const file = {
  id: 'file-1',
  name: '手順 <1>.txt',
  type: 'text/html',
  size: 6,
  sha256: '0'.repeat(64),
};

describe('the status page', () => {
  it('tells number, status, time with its zone, and the public thread, and nothing else', async () => {
    const id = await fixture.open({
      requester: { address: 'yamada@toritsugi.example', phone: '03' },
    });
    await fixture.append(
      id,
      { ...routedToStaff, tags: ['himitsu-tag'] },
      makeAssignment('himitsu-agent'),
      makePublicReply('再起動してください。<img src=x>'),
      {
        type: 'NotePosted',
        message: { id: 'n', kind: 'note', from: {}, text: 'himitsu-note' },
      },
      {
        type: 'MessageReceived',
        by: { kind: 'machine' },
        message: { id: 'a', kind: 'machine', from: {}, text: 'himitsu-machine' },
      },
      {
        type: 'MessageReceived',
        by: { kind: 'requester' },
        message: { id: 'u', kind: 'requester', from: {}, text: 'himitsu-other', unverified: true },
      },
    );
    const number = (await fixture.ledger.load(id))?.inquiry.number;
    const { statusCode, page } = await get(await tokenOf(id));
    expect(statusCode).toBe(200);
    for (const shown of [
      `<dd>${number}</dd>`,
      'VPNに接続できません',
      '2026年11月22日(日) 10:15 (日本時間)',
      '担当者が対応しています',
      '今朝からVPNに接続できません。<br>\n急ぎです。',
      '再起動してください。&lt;img src=x&gt;',
    ]) {
      expect(page).toContain(shown);
    }
    for (const hidden of ['himitsu', 'yamada', '山田', '03<', '佐藤', 'staff', '<img', id]) {
      expect(page).not.toContain(hidden);
    }
  });

  it('has no script, allows just its own style, and asks not to be indexed', async () => {
    const { headers, page } = await get(await tokenOf(await fixture.open()));
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = headers['content-security-policy'];
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/<script|\son\w+=|style="/);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-robots-tag': 'noindex, nofollow',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });

  it("is in the inquiry's language unless the browser asks for another", async () => {
    const token = await tokenOf(await fixture.open({ language: 'en' }));
    expect((await get(token)).page).toContain('<html lang="en">');
    expect((await get(token, { language: 'ja,en;q=0.8' })).page).toContain('<html lang="ja">');
    expect((await get(token, { language: 'fr-FR' })).page).toContain('<html lang="en">');
  });

  it('leads to the download of a public attachment and of no other', async () => {
    const id = await fixture.open({ acknowledge: false });
    const held = { ...file, id: 'file-2', held: 'executable' };
    await fixture.append(id, routedToStaff, makePublicReply('添付します', [file, held]), {
      type: 'NotePosted',
      message: {
        id: 'n',
        kind: 'note',
        from: {},
        text: 'x',
        attachments: [{ ...file, id: 'file-3' }],
      },
    });
    await fixture.content.put(buildAttachmentKey(id, 'file-1'), Buffer.from('手順'), 'text/plain');
    const token = await tokenOf(id);
    const { page } = await get(token);
    expect(page).toContain('<a href="?attachment=file-1">手順 &lt;1&gt;.txt</a>');
    expect(page).not.toContain('file-2');
    const found = await get(token, { attachment: 'file-1' });
    expect(found.statusCode).toBe(302);
    const download = await fetch(found.headers['location'] ?? '');
    expect(await download.text()).toBe('手順');
    for (const attachment of ['file-2', 'file-3', '../file-1']) {
      expect((await get(token, { attachment })).statusCode).toBe(404);
    }
  });

  it('says so where the file of an attachment is gone', async () => {
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makePublicReply('添付します', [file]));
    const gone = await get(await tokenOf(id), { attachment: 'file-1' });
    expect(gone.statusCode).toBe(404);
    expect(gone.page).toContain('もう保管されていません');
    expect(gone.page).toContain('添付します');
  });

  it('shows nothing of what lies in quarantine', async () => {
    const id = await fixture.open({ acknowledge: false });
    const inquiry = (await fixture.ledger.load(id))?.inquiry;
    expect(inquiry?.status).toBe('new');
    const events = await fixture.ledger.events(id, 0, 10);
    const { now } = fixture.clock;
    if (inquiry === undefined) throw new Error('not there');
    expect(buildStatusPageView(inquiry, events, now).messages).toHaveLength(1);
    const quarantined = { ...inquiry, status: 'quarantined' as const };
    expect(buildStatusPageView(quarantined, events, now).messages).toEqual([]);
  });

  it('is the same page without any inquiry for every link that is no good', async () => {
    const id = await fixture.open();
    const token = await tokenOf(id);
    const expired = await tokenOf(id, -1);
    const elsewhere = await tokenOf('01931a5c-0000-7000-8000-000000000001' as InquiryId);
    const answers = await Promise.all(
      [`${token}x`, token.slice(1), 'x', expired, elsewhere].map((bad) => get(bad)),
    );
    expect(new Set(answers.map(({ statusCode, page }) => `${statusCode} ${page}`)).size).toBe(1);
    expect(answers[0]?.statusCode).toBe(404);
    expect(answers[0]?.page).toContain('有効期限が切れています');
    expect(answers[0]?.headers['content-security-policy']).toContain("style-src 'sha256-");
  });
});
