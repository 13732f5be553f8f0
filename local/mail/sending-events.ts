import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, makeArn, REGION } from '../deployment/region.ts';
import { readHeaderFields } from './header-fields.ts';
import { buildCommonHeaders, limitHeaderFields } from './received-notification.ts';

const HEADER_BYTES = 10 * 1024;

/**
 * Builds the events of one sent mail, in order, each with the name to which destinations subscribe.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function buildSendingEvents(sent: {
  readonly raw: Buffer;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly bounced: readonly string[];
  readonly set: string;
  readonly at: Date;
}): [name: string, event: Record<string, unknown>][] {
  const fields = readHeaderFields(sent.raw);
  const headers = limitHeaderFields(fields, HEADER_BYTES);
  const timestamp = sent.at.toISOString();
  const { returnPath: _, ...common } = buildCommonHeaders(fields, sent.from);
  const mail = {
    timestamp,
    source: sent.from,
    sourceArn: makeArn('ses', `identity/${sent.from.split('@').at(-1)}`),
    sendingAccountId: ACCOUNT_ID,
    messageId: sent.messageId,
    destination: sent.to,
    headersTruncated: headers.length < fields.length,
    headers: headers.map(({ name, value }) => ({ name, value })),
    commonHeaders: { ...common, messageId: sent.messageId },
    tags: {
      'ses:operation': ['SendRawEmail'],
      'ses:configuration-set': [sent.set],
      'ses:source-ip': ['127.0.0.1'],
    },
  };
  const delivered = sent.to.filter((address) => !sent.bounced.includes(address));
  const mta = `dsn; a1-1.smtp-out.${REGION}.amazonses.com`;
  const events: [string, Record<string, unknown>][] = [
    ['send', { eventType: 'Send', mail, send: {} }],
  ];
  if (delivered.length > 0) {
    events.push([
      'delivery',
      {
        eventType: 'Delivery',
        mail,
        delivery: {
          timestamp,
          processingTimeMillis: 1,
          recipients: delivered,
          smtpResponse: '250 2.0.0 OK',
          reportingMTA: mta.slice(5),
        },
      },
    ]);
  }
  if (sent.bounced.length > 0) {
    events.push([
      'bounce',
      {
        eventType: 'Bounce',
        mail,
        bounce: {
          feedbackId: `${sent.messageId.slice(0, 16)}-${randomUUID()}-000000`,
          bounceType: 'Permanent',
          bounceSubType: 'General',
          bouncedRecipients: sent.bounced.map((emailAddress) => ({
            emailAddress,
            action: 'failed',
            status: '5.1.1',
            diagnosticCode: 'smtp; 550 5.1.1 user unknown',
          })),
          timestamp,
          reportingMTA: mta,
        },
      },
    ]);
  }
  return events;
}
