import { randomInt } from 'node:crypto';
import type { ReceiptRule } from '../deployment/read-mail.ts';
import { REGION } from '../deployment/region.ts';
import type { MessageEngine } from '../engines/message-engine.ts';
import { rulesFor } from './match-receipt-rules.ts';
import { receivedNotification } from './received-notification.ts';
import type { Envelope } from './smtp-envelope.ts';
import { takeVerdicts, type Verdicts } from './test-verdicts.ts';

/**
 * Does with a mail what the receipt rules say, as SES does: stores it, then announces it.
 * Throws when either fails; the sender then tries again.
 */
export function receiveMail(
  raw: Buffer,
  envelope: Envelope,
  rules: readonly ReceiptRule[],
  engine: Pick<MessageEngine, 'putObject' | 'publish'>,
  at: Date,
): void {
  const { verdicts, mail } = takeVerdicts(raw);
  const messageId = makeMessageId();
  const [first = ''] = envelope.recipients;
  const stored = Buffer.concat([
    Buffer.from(addedHeaders({ envelope, verdicts, messageId, recipient: first, at })),
    mail,
  ]);
  for (const { rule, recipients } of rulesFor(rules, envelope.recipients)) {
    for (const { bucket, prefix, topicArn } of rule.deposits) {
      engine.putObject(bucket, `${prefix}${messageId}`, stored);
      if (topicArn === undefined) continue;
      const notification = receivedNotification({
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

/** SES puts these on top before it stores a mail. */
function addedHeaders(told: {
  envelope: Envelope;
  verdicts: Verdicts;
  messageId: string;
  recipient: string;
  at: Date;
}): string {
  const { envelope, verdicts, messageId, recipient, at } = told;
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

/** The form of SES's own ids of received mail: 40 letters and digits. */
function makeMessageId(): string {
  return Array.from({ length: 40 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}
