import { randomUUID } from 'node:crypto';
import type { ConfigurationSet } from '../deployment/read-mail.ts';
import { REGION } from '../deployment/region.ts';
import { readHeaderFields, removeHeaderFields } from './header-fields.ts';
import type { SentMailbox } from './mailbox.ts';
import { buildSendingEvents } from './sending-events.ts';

/** A refusal with the code and message of SES. */
export class SesRefusalError extends Error {
  override readonly name = 'SesRefusalError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const MAIL_BYTES = 10 * 1024 * 1024;
const RECIPIENTS = 50;

export interface SendRawEmailOptions {
  readonly mailbox: SentMailbox;
  readonly configurationSets: readonly ConfigurationSet[];
  readonly publish: (topicArn: string, message: string) => void;
}

/**
 * Sends a raw mail as SES does: with its own Message-ID, within its limits, with the events of the
 * configuration set. Mail to an address that begins with `bounce` bounces.
 * @returns SES's id of the mail
 */
export function sendRawEmail(
  input: URLSearchParams,
  { mailbox, configurationSets, publish }: SendRawEmailOptions,
  at: Date,
): string {
  const raw = Buffer.from(input.get('RawMessage.Data') ?? '', 'base64');
  if (raw.length > MAIL_BYTES) {
    throw new SesRefusalError(
      'InvalidParameterValue',
      `Message length is more than ${MAIL_BYTES} bytes long: '${raw.length}'.`,
    );
  }
  const fields = readHeaderFields(raw);
  const header = (name: string) =>
    fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
  const from = input.get('Source') ?? extractAddresses(header('from'))[0];
  if (from === undefined) {
    throw new SesRefusalError('InvalidParameterValue', "Missing required header 'From'.");
  }
  const destinations = readListParameter(input, 'Destinations');
  const to =
    destinations.length > 0
      ? destinations.flatMap((one) => extractAddresses([one]))
      : extractAddresses([...header('to'), ...header('cc'), ...header('bcc')]);
  if (to.length === 0) {
    throw new SesRefusalError('InvalidParameterValue', 'No recipient is given.');
  }
  if (to.length > RECIPIENTS) {
    throw new SesRefusalError('InvalidParameterValue', `Recipient count exceeds ${RECIPIENTS}.`);
  }
  const setName = input.get('ConfigurationSetName') ?? header('x-ses-configuration-set')[0];
  const set = configurationSets.find(({ name }) => name === setName);
  if (setName !== undefined && set === undefined) {
    throw new SesRefusalError(
      'ConfigurationSetDoesNotExist',
      `Configuration set <${setName}> does not exist.`,
    );
  }

  const messageId = makeMessageId(at);
  const wireMail = buildWireMail(raw, messageId, at);
  const bounced = to.filter((address) => address.toLowerCase().startsWith('bounce'));
  mailbox.deliver(
    {
      id: `${at.toISOString().replaceAll(/[-:.]/g, '')}-${messageId.slice(17, 25)}`,
      messageId,
      at: at.toISOString(),
      envelope: { from: extractAddresses([from])[0] ?? from, to },
      ...(setName !== undefined && { configurationSet: setName }),
      bounced,
    },
    wireMail,
  );
  if (set !== undefined) {
    for (const [event, body] of buildSendingEvents({
      raw: wireMail,
      messageId,
      from,
      to,
      bounced,
      set: set.name,
      at,
    })) {
      for (const { events, topicArn } of set.destinations) {
        if (events.includes(event)) publish(topicArn, JSON.stringify(body));
      }
    }
  }
  return messageId;
}

function readListParameter(input: URLSearchParams, name: string): string[] {
  const values: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = input.get(`${name}.member.${index}`);
    if (value === null) return values;
    values.push(value);
  }
}

/** Extracts bare addresses from header values, outside of quoted names. */
function extractAddresses(values: readonly string[]): string[] {
  return values.flatMap((value) => {
    const unquoted = value.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
    return unquoted.match(/[^\s<>,;:()]+@[^\s<>,;:()]+/g) ?? [];
  });
}

/** SES sets its own Message-ID, and drops `Bcc` and the headers that instruct it. */
function buildWireMail(raw: Buffer, messageId: string, at: Date): Buffer {
  const fields = readHeaderFields(raw);
  const removed = fields.filter(({ name }) =>
    /^(message-id|bcc|x-ses-configuration-set|x-ses-message-tags)$/i.test(name),
  );
  const hasDate = fields.some(({ name }) => name.toLowerCase() === 'date');
  const added = [
    `Message-ID: <${messageId}@${REGION}.amazonses.com>`,
    ...(hasDate ? [] : [`Date: ${at.toUTCString().replace('GMT', '+0000')}`]),
    '',
  ];
  return Buffer.concat([Buffer.from(added.join('\r\n')), removeHeaderFields(raw, removed)]);
}

/** Makes an id in the form of SES's own, such as `0106019abc12de34-…-000000`. */
function makeMessageId(at: Date): string {
  return `0106${at.getTime().toString(16).padStart(12, '0')}-${randomUUID()}-000000`;
}
