import { randomInt } from 'node:crypto';
import type { ReceiptRule } from '../deployment/read-mail.ts';
import { REGION } from '../deployment/region.ts';
import type { MessageEngine } from '../engines/message-engine.ts';
import { matchReceiptRules } from './match-receipt-rules.ts';
import { buildReceivedNotification } from './received-notification.ts';
import type { SmtpEnvelope } from './smtp-envelope.ts';
import { extractVerdicts, type TestVerdicts } from './test-verdicts.ts';

/**
 * Applies the receipt rules to a mail, as SES does: stores it, then publishes its notification.
 * Throws when either fails, so that the sender tries again.
 */
export function applyReceiptRules(
  raw: Buffer,
  envelope: SmtpEnvelope,
  rules: readonly ReceiptRule[],
  engine: Pick<MessageEngine, 'putObject' | 'publish'>,
  at: Date,
): void {
  const { verdicts, mail } = extractVerdicts(raw);
  const messageId = makeMessageId();
  const [first = ''] = envelope.recipients;
  const stored = Buffer.concat([
    Buffer.from(formatSesHeaders({ envelope, verdicts, messageId, recipient: first, at })),
    mail,
  ]);
  for (const { rule, recipients } of matchReceiptRules(rules, envelope.recipients)) {
    for (const { bucket, prefix, topicArn } of rule.deposits) {
      engine.putObject(bucket, `${prefix}${messageId}`, stored);
      if (topicArn === undefined) continue;
      const notification = buildReceivedNotification({
        raw: stored,
        messageId,
        envelope,
        recipients,
        verdicts,
        action: {
          type: 'S3',
          topicArn,
          bucketName: bucket,
          objectKeyPrefix: prefix,
          objectKey: `${prefix}${messageId}`,
        },
        at,
      });
      engine.publish(topicArn, JSON.stringify(notification));
    }
  }
}

/** SES adds these on top before it stores a mail. */
function formatSesHeaders(input: {
  envelope: SmtpEnvelope;
  verdicts: TestVerdicts;
  messageId: string;
  recipient: string;
  at: Date;
}): string {
  const { envelope, verdicts, messageId, recipient, at } = input;
  const result = (status: string) => (status === 'PASS' ? 'pass' : 'fail');
  const source = envelope.source === '' ? '<>' : `<${envelope.source}>`;
  return [
    `Return-Path: ${source}`,
    `Received: from ${envelope.client} by inbound-smtp.${REGION}.amazonaws.com with SMTP id ${messageId}`,
    ` for ${recipient};`,
    ` ${at.toUTCString().replace('GMT', '+0000')}`,
    `X-SES-Spam-Verdict: ${verdicts.spam}`,
    `X-SES-Virus-Verdict: ${verdicts.virus}`,
    `Authentication-Results: amazonses.com;`,
    ` spf=${result(verdicts.spf)}; dkim=${result(verdicts.dkim)}; dmarc=${result(verdicts.dmarc)};`,
    '',
  ].join('\r\n');
}

const ID_LETTERS = '0123456789abcdefghijklmnopqrstuv';

/** Makes an id in the form of SES's own for received mail: 40 letters and digits. */
function makeMessageId(): string {
  return Array.from({ length: 40 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}
