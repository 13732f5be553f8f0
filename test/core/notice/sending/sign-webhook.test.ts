import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { WebhookId } from '../../../../core/inquiry/clock/escalation.ts';
import { formatWebhookSecret } from '../../../../core/inquiry/tokens/webhook-secret.ts';
import { Instant } from '../../../../core/inquiry/values/ids.ts';
import { signWebhook } from '../../../../core/notice/sending/sign-webhook.ts';
import { makeTestSigning } from '../../../support/test-signing-keys.ts';

const ops = WebhookId.parse('ops');
const at = Instant.parse('2026-12-01T01:00:00.900Z');
const message = { id: '019a_7_sla-breach_ops', body: '{"件":"x"}', at };

/** Verifies a signature as the specification tells receivers to. */
function verifies(secret: string, headers: Readonly<Record<string, string>>, body: string) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return headers['webhook-signature']?.split(' ').includes(expected) ?? false;
}

it('signs id, seconds and body, so that the specification’s own rule verifies it', async () => {
  const keys = await makeTestSigning('webhook', 'the secret of this stage');
  const headers = signWebhook(keys, ops, message);
  expect(headers['webhook-id']).toBe(message.id);
  expect(headers['webhook-timestamp']).toBe('1796086800');
  const secret = formatWebhookSecret(keys, ops);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(verifies(secret, headers, message.body)).toBe(true);
  expect(verifies(secret, headers, `${message.body} `)).toBe(false);
});

it('gives each webhook a secret of its own', async () => {
  const keys = await makeTestSigning('webhook', 'the secret of this stage');
  const other = WebhookId.parse('other');
  expect(formatWebhookSecret(keys, other)).not.toBe(formatWebhookSecret(keys, ops));
  const headers = signWebhook(keys, ops, message);
  expect(verifies(formatWebhookSecret(keys, other), headers, message.body)).toBe(false);
});

it('signs with every key that is still good, the newest first', async () => {
  const before = await makeTestSigning('webhook', 'the secret of this stage');
  const rotated = await makeTestSigning('webhook', 'the next secret', 'the secret of this stage');
  const headers = signWebhook(rotated, ops, message);
  const old = formatWebhookSecret(before, ops);
  const fresh = formatWebhookSecret(rotated, ops);
  expect(old).not.toBe(fresh);
  expect(verifies(old, headers, message.body)).toBe(true);
  expect(verifies(fresh, headers, message.body)).toBe(true);
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  const [first] = headers['webhook-signature']?.split(' ') ?? [];
  expect(verifies(fresh, { ...headers, 'webhook-signature': first ?? '' }, message.body)).toBe(
    true,
  );
});
