import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebhookId } from '../../../core/inquiry/clock/escalation.ts';
import { readEscalationToken } from '../../../core/inquiry/tokens/escalation-token.ts';
import { formatWebhookSecret } from '../../../core/inquiry/tokens/webhook-secret.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/start-receiver.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import {
  makeAssignedEventFor,
  makeBreachChains,
  missDeadline,
  openWaitingInquiry,
  putChains,
  workingMornings,
} from './escalation-fixture.ts';
import { noticeStageSecret, startNoticeFixture } from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let receiver: WebhookReceiver;
const ahead = workingMornings.values();
beforeAll(async () => {
  receiver = await startWebhookReceiver();
  fixture = await startNoticeFixture([receiver.origin]);
  await fixture.person({ address: 'sato@toritsugi.example', sub: 'sub-sato', name: '佐藤' });
});
afterAll(async () => {
  await fixture.stop();
  await receiver.stop();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answers.length = 0;
  fixture.clock.now = ahead.next().value ?? fixture.clock.now;
});

type Shape = 'toritsugi' | 'slack' | 'teams';
function withWebhook(payload: Shape = 'toritsugi', more: object = {}): void {
  const hook = { url: `${receiver.origin}/hook`, payload, ...more };
  putChains(fixture, makeBreachChains({ to: 'webhook', webhook: 'ops' }), { ops: hook });
}

/** Opens an inquiry that somebody holds, and lets it miss its deadline. */
async function openBreached(): Promise<InquiryId> {
  const id = await openWaitingInquiry(fixture);
  await fixture.append(id, makeAssignedEventFor('sub-sato'));
  await missDeadline(fixture, id);
  return id;
}

const noticeOf = async (id: InquiryId) => {
  const notices = await fixture.notices(id);
  const found = notices.find(({ recipient }) => recipient.to === 'webhook');
  if (found === undefined) throw new Error('no notice to a webhook');
  return found;
};

describe('a webhook', () => {
  it('is told ids and facts in a versioned shape, signed, and nothing of people', async () => {
    withWebhook();
    const id = await openBreached();
    const number = (await fixture.ledger.load(id))?.inquiry.number;
    const [message] = receiver.received;
    const stepped = (await fixture.ledger.events(id, 0, 50)).find(
      ({ event }) => event.type === 'EscalationStepped',
    );
    expect(JSON.parse(message?.body ?? '')).toEqual({
      type: 'escalation.stepped',
      version: 1,
      timestamp: stepped?.event.at,
      data: {
        escalation: {
          id: `${id}.first_response-1`,
          reason: 'breach',
          step: 1,
          steps: 1,
          state: 'open',
        },
        inquiry: { id, number, status: 'in_progress', priority: 'medium', desk: 'staff' },
        clock: {
          name: 'first_response',
          cycle: 1,
          dueAt: '2026-12-01T03:00:00.000Z',
          breachedAt: '2026-12-01T03:00:00.000Z',
        },
        links: {
          inquiry: `https://desk.toritsugi.example/v1/inquiries/${id}`,
          acknowledge: `https://desk.toritsugi.example/v1/escalations/${id}.first_response-1/acknowledge`,
        },
      },
    });
    const { headers = {} } = message ?? {};
    expect(headers['content-type']).toBe('application/json');
    expect(headers['webhook-id']).toBe(`${id}_${stepped?.seq}_sla-breach_ops`);
    const keys = await makeTestSigning('webhook', noticeStageSecret);
    const written = formatWebhookSecret(keys, WebhookId.parse('ops')).replace('whsec_', '');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${message?.body}`;
    const signature = createHmac('sha256', Buffer.from(written, 'base64')).update(signed);
    expect(headers['webhook-signature']).toBe(`v1,${signature.digest('base64')}`);
    expect(await noticeOf(id)).toMatchObject({ state: 'sent', remark: 'HTTP 204', attempts: 1 });
  });

  it.each(['slack', 'teams'] as const)(
    'is told in the shape of %s by name of clock and desk',
    async (shape) => {
      withWebhook(shape, { language: shape === 'slack' ? 'ja' : 'en' });
      const id = await openBreached();
      const number = (await fixture.ledger.load(id))?.inquiry.number;
      const [{ body } = { body: '' }] = receiver.received;
      const payload = JSON.parse(body);
      const link = /https:\/\/desk\.toritsugi\.example\/escalations\/(\w+)/.exec(body)?.[1] ?? '';
      const token = readEscalationToken(
        await makeTestSigning('escalation', noticeStageSecret),
        link,
        fixture.clock.now,
      );
      expect(token).toMatchObject({ inquiryId: id, to: { to: 'webhook', webhook: 'ops' } });
      if (shape === 'slack') {
        expect(payload.text).toBe(`[${number}] 期限を過ぎています【初回応答】`);
        expect(payload.blocks.map(({ type }: { type: string }) => type)).toEqual([
          'header',
          'section',
          'actions',
        ]);
        expect(body).toContain('*窓口*\\n社内');
      } else {
        const [{ contentType, content }] = payload.attachments;
        expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
        expect(content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
        expect(content.body[0].text).toBe(`[${number}] Deadline missed (First response)`);
        expect(content.body[1].facts).toContainEqual({ title: 'Desk', value: 'Staff' });
      }
      for (const hidden of ['VPN', 'yamada', '山田', '佐藤', 'sub-sato']) {
        expect(body).not.toContain(hidden);
      }
    },
  );

  it('is told again after an outage, under the same id, and then no more', async () => {
    withWebhook();
    receiver.answers.push({ status: 503 }, 'hang-up');
    const id = await openBreached();
    // The first and the second delivery failed.
    expect(await noticeOf(id)).toMatchObject({ state: 'pending', attempts: 2 });
    expect(await fixture.deliver(await noticeOf(id))).toBe(0);
    expect(await noticeOf(id)).toMatchObject({ state: 'sent', attempts: 3 });
    await fixture.deliver(await noticeOf(id));
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['does not want it', 404, 'refused: HTTP 404'],
    ['would send it elsewhere', 302, 'refused: HTTP 302'],
  ])('that %s is not asked again', async (_, status, remark) => {
    withWebhook();
    receiver.answers.push({ status, headers: { location: `${receiver.origin}/elsewhere` } });
    const id = await openBreached();
    expect(await noticeOf(id)).toMatchObject({ state: 'failed', remark });
    expect(receiver.received).toHaveLength(1);
  });

  it('that stays away is given up after twenty minutes', async () => {
    withWebhook();
    receiver.answers.push({ status: 500 }, { status: 500 }, { status: 500 });
    const id = await openBreached();
    fixture.later(1200);
    expect(await fixture.deliver(await noticeOf(id))).toBe(0);
    expect(await noticeOf(id)).toMatchObject({
      state: 'failed',
      remark: 'not reached in time: HTTP 500',
    });
  });

  it('that leads into a private network is not reached', async () => {
    const url = `http://localhost:${receiver.port}/hook`;
    withWebhook('toritsugi', { url: url.replace('http:', 'https:') });
    const id = await openBreached();
    expect(await noticeOf(id)).toMatchObject({ state: 'failed', remark: 'refused: not-public' });
    expect(receiver.received).toEqual([]);
  });

  it('that the policies no longer name is told nothing', async () => {
    withWebhook();
    const id = await openWaitingInquiry(fixture);
    fixture.later(2 * 3600 + 1);
    await fixture.fireAlarms(id);
    putChains(fixture, []);
    await fixture.deliverPending(id);
    expect(await noticeOf(id)).toMatchObject({
      state: 'withheld',
      remark: 'the policies in force have no such webhook',
    });
    expect(receiver.received).toEqual([]);
  });

  it('is told of many at once in one message that counts them', async () => {
    withWebhook();
    const ids: InquiryId[] = [];
    for (let index = 0; index < 13; index += 1) ids.push(await openWaitingInquiry(fixture));
    await missDeadline(fixture, ...ids);
    expect(receiver.received).toHaveLength(10);
    const pending = (await Promise.all(ids.map(noticeOf))).filter(({ digest }) => digest);
    fixture.later(300);
    await fixture.deliver(...pending);
    const { data } = JSON.parse(receiver.received.at(-1)?.body ?? '');
    expect(data.more.count).toBe(2);
    expect(data.more.numbers).toHaveLength(2);
    expect(receiver.received).toHaveLength(11);
  });
});
