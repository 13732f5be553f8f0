import type { Notice } from '../../inquiry/outbox/notice.ts';
import type { WebhookCall } from '../../inquiry/outbox/webhook.ts';
import { findDesk } from '../../inquiry/terms/terms.ts';
import type { SigningContext } from '../../inquiry/tokens/token.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { computeEscalationFacts } from '../content/escalation-facts.ts';
import { buildWebhookPayload } from '../content/webhook-payload.ts';
import type { OwedNotice } from '../ports.ts';
import { readGatheredNotices } from './read-gathered-notices.ts';
import type { WebhookDestination } from './resolve-recipient.ts';
import { signWebhook } from './sign-webhook.ts';
import { buildAcknowledgeLink, type WriteMailDependencies } from './write-mail.ts';

export type WriteWebhookCallDependencies = Pick<
  WriteMailDependencies,
  'ledger' | 'terms' | 'escalationSigning' | 'publicUrl'
> & {
  readonly webhookSigning: SigningContext;
};

/** Writes and signs the message of a step in the webhook's configured format. */
export async function writeWebhookCall(
  deps: WriteWebhookCallDependencies,
  owed: OwedNotice,
  { id, webhook, ...to }: WebhookDestination,
  now: Instant,
): Promise<WebhookCall> {
  const { notice, inquiry, event } = owed;
  const { terms, publicUrl, webhookSigning } = deps;
  const escalation = computeEscalationFacts(inquiry, event, terms.serviceLevels, now);
  if (escalation === undefined) throw new TypeError('only escalations are told to webhooks');
  const gathered = await readGatheredNotices(deps.ledger, notice, { id, webhook, ...to });
  const desk = inquiry.desk && findDesk(terms, inquiry.desk);
  const acknowledgeLink = buildAcknowledgeLink(deps, notice, escalation, now);
  const payload = buildWebhookPayload(webhook, {
    ...{ inquiry, event, escalation, publicUrl },
    ...(gathered === undefined ? {} : { gathered }),
    ...(desk === undefined ? {} : { deskName: desk.name[webhook.language] }),
    ...(acknowledgeLink === undefined ? {} : { acknowledgeLink }),
  });
  const body = JSON.stringify(payload);
  const signature = signWebhook(webhookSigning, id, { id: messageIdOf(notice, id), body, at: now });
  return {
    url: webhook.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'toritsugi-webhook/1',
      ...signature,
    },
    body,
  };
}

/** Unique to the notice, so that the receiver recognizes a repeated message. */
function messageIdOf({ inquiryId, seq, kind }: Notice, webhook: string): string {
  return `${inquiryId}_${seq}_${kind}_${webhook}`;
}
