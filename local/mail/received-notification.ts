import { type RawHeaderField, readHeaderFields } from './header-fields.ts';
import type { SmtpEnvelope } from './smtp-envelope.ts';
import type { TestVerdicts } from './test-verdicts.ts';

/** SES passes on at most this many bytes of headers. */
const HEADER_BYTES = 10 * 1024;

/**
 * Builds the notification that SES publishes when it has stored a mail.
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
export function buildReceivedNotification(input: {
  readonly raw: Buffer;
  readonly messageId: string;
  readonly envelope: SmtpEnvelope;
  readonly recipients: readonly string[];
  readonly verdicts: TestVerdicts;
  readonly action: Readonly<Record<string, string>>;
  readonly at: Date;
}) {
  const all = readHeaderFields(input.raw);
  const headers = limitHeaderFields(all, HEADER_BYTES);
  const timestamp = input.at.toISOString();
  return {
    notificationType: 'Received',
    mail: {
      timestamp,
      source: input.envelope.source,
      messageId: input.messageId,
      destination: input.envelope.recipients,
      headersTruncated: headers.length < all.length,
      headers: headers.map(({ name, value }) => ({ name, value })),
      commonHeaders: buildCommonHeaders(all, input.envelope.source),
    },
    receipt: {
      timestamp,
      processingTimeMillis: 1,
      recipients: input.recipients,
      spamVerdict: { status: input.verdicts.spam },
      virusVerdict: { status: input.verdicts.virus },
      spfVerdict: { status: input.verdicts.spf },
      dkimVerdict: { status: input.verdicts.dkim },
      dmarcVerdict: { status: input.verdicts.dmarc },
      ...(input.verdicts.dmarc === 'FAIL' && { dmarcPolicy: 'reject' }),
      action: input.action,
    },
  };
}

export function limitHeaderFields(
  fields: readonly RawHeaderField[],
  bytes: number,
): RawHeaderField[] {
  let size = 0;
  return fields.filter(({ start, end }) => {
    size += end - start;
    return size <= bytes;
  });
}

export function buildCommonHeaders(fields: readonly RawHeaderField[], source: string) {
  const first = (name: string) => fields.find((field) => field.name.toLowerCase() === name)?.value;
  const list = (name: string) => {
    const value = first(name);
    return value === undefined ? undefined : splitAddresses(value);
  };
  return Object.fromEntries(
    Object.entries({
      returnPath: source,
      from: list('from'),
      date: first('date'),
      to: list('to'),
      cc: list('cc'),
      replyTo: list('reply-to'),
      messageId: first('message-id'),
      subject: first('subject'),
    }).filter(([, value]) => value !== undefined),
  );
}

/** Splits at commas outside of quotes and angle brackets. */
function splitAddresses(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g) ?? [])
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
