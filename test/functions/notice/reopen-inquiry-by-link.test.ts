import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PresignedDownloads } from '../../../adapters/s3/presigned-downloads.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { makeStatusToken } from '../../../core/inquiry/tokens/status-token.ts';
import { addSeconds, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/notice/show-status.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { makeTestSigning, makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { openWaitingInquiry } from './escalation-fixture.ts';
import { noticeStageSecret, startNoticeFixture } from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let handler: ReturnType<typeof makeHandler>;
beforeAll(async () => {
  fixture = await startNoticeFixture();
  handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...fixture.commandDependencies,
    terms: fixture.terms,
    links: new PresignedDownloads(fixture.engines.s3, bucketNames.content),
    keys: makeTestSigningKeys(noticeStageSecret),
    mac: hmacSha256,
    now: () => fixture.clock.now,
    newTraceId: randomUUID,
  });
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  fixture.later(86_400);
});

const button = /<form method="post" action="([^"]+)"><button>(.+)<\/button><\/form>/;

async function tokenOf(inquiryId: InquiryId): Promise<string> {
  const expiresAt = addSeconds(fixture.clock.now, 30 * 86_400);
  return makeStatusToken(await makeTestSigning('status', noticeStageSecret), {
    inquiryId,
    expiresAt,
  });
}

async function visit(
  method: 'GET' | 'POST',
  token: string,
  query?: Readonly<Record<string, string>>,
) {
  const path = method === 'GET' ? '/status/{token}' : '/status/{token}/reopen';
  const answer = await handler(
    fakeGatewayEvent({
      routeKey: `${method} ${path}`,
      params: { token },
      ...(query === undefined ? {} : { query }),
    }),
    fakeLambdaContext(),
  );
  return { status: answer.statusCode, page: answer.body ?? '', headers: answer.headers };
}

/** An inquiry that was just resolved and can be reopened for ten days. */
async function openResolved(more: object = {}): Promise<InquiryId> {
  const id = await openWaitingInquiry(fixture);
  await fixture.append(id, {
    type: 'InquiryResolved',
    message: { id: 'm', kind: 'agent', from: {}, text: '直りました。' },
    closeAt: addSeconds(fixture.clock.now, 5 * 86_400),
    reopenUntil: addSeconds(fixture.clock.now, 10 * 86_400),
    ...more,
  });
  return id;
}

const load = async (id: InquiryId) => {
  const loaded = await fixture.ledger.load(id);
  if (loaded === undefined) throw new Error('no such inquiry');
  return loaded.inquiry;
};

describe('the status page of a resolved inquiry', () => {
  it('has a button that reopens it as its requester, and says so', async () => {
    const id = await openResolved();
    const token = await tokenOf(id);
    const shown = await visit('GET', token);
    const [, action, label] = button.exec(shown.page) ?? [];
    expect(label).toBe('まだ解決していません');
    expect(shown.headers['content-security-policy']).toContain("form-action 'self'");
    const page = `https://desk.toritsugi.example/status/${token}`;
    expect(new URL(action ?? '', page).href).toBe(`${page}/reopen`);

    fixture.later(3600);
    const pressed = await visit('POST', token);
    expect(pressed.status).toBe(303);
    const back = new URL(pressed.headers['location'] ?? '', `${page}/reopen`);
    expect(back.href).toBe(`${page}?said=reopened`);
    expect(await load(id)).toMatchObject({
      status: 'queued',
      desk: 'staff',
      unansweredSince: fixture.clock.now,
    });
    const last = (await fixture.ledger.events(id, 0, 100)).at(-1)?.event;
    expect(last).toMatchObject({
      type: 'InquiryReopened',
      by: { kind: 'requester', address: 'yamada@toritsugi.example', name: '山田' },
    });
    const after = await visit('GET', token, Object.fromEntries(back.searchParams));
    expect(after.page).toContain('ご連絡ありがとうございます。対応を再開します。');
    expect(after.page).not.toMatch(button);
  });

  it('reopens once, however often the button is pressed, and never by looking', async () => {
    const id = await openResolved();
    const token = await tokenOf(id);
    await visit('GET', token);
    await visit('GET', token, { said: 'reopened' });
    expect((await load(id)).status).toBe('resolved');
    await Promise.all([visit('POST', token), visit('POST', token)]);
    await visit('POST', token);
    const events = await fixture.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'InquiryReopened')).toHaveLength(1);
  });

  it('has it after closing too, until the reopen period is over', async () => {
    const id = await openResolved();
    const token = await tokenOf(id);
    fixture.later(6 * 86_400);
    await fixture.fireAlarms(id);
    expect((await load(id)).status).toBe('closed');
    expect((await visit('GET', token)).page).toMatch(button);
    fixture.later(4 * 86_400 + 1);
    expect((await visit('GET', token)).page).not.toMatch(button);
    const pressed = await visit('POST', token);
    expect(pressed.headers['location']).toContain('?said=too-late');
    expect((await visit('GET', token, { said: 'too-late' })).page).toContain(
      '対応を再開できる期間を過ぎています。',
    );
    expect((await load(id)).status).toBe('closed');
  });

  it('has none where it was withdrawn, and leads nowhere with a link that is no good', async () => {
    const id = await openWaitingInquiry(fixture);
    await fixture.append(id, { type: 'InquiryWithdrawn' });
    const token = await tokenOf(id);
    expect((await visit('GET', token)).page).not.toMatch(button);
    expect((await visit('POST', token)).headers['location']).toContain('too-late');
    expect((await visit('POST', `${token}x`)).status).toBe(404);
    expect((await load(id)).status).toBe('closed');
  });
});

describe('under a policy by which only the link reopens', () => {
  it('the mail names the button, and a thank-you mail reopens nothing', async () => {
    const id = await openResolved({ byLink: true });
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain('「まだ解決していません」を押してください');
    expect(parsed.text).not.toContain('このメールにご返信いただければ');
    const token = /\/status\/(\w+)/.exec(parsed.text ?? '')?.[1] ?? '';
    expect((await visit('GET', token)).page).toMatch(button);
    expect((await visit('POST', token)).status).toBe(303);
    expect(await load(id)).toMatchObject({ status: 'queued' });
    expect((await load(id)).reopensByLink).toBeUndefined();
  });
});
