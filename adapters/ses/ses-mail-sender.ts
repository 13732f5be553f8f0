import { type SESClient, SESServiceException, SendRawEmailCommand } from '@aws-sdk/client-ses';
import type { SendOutcome } from '../../core/inquiry/outbox/webhook.ts';
import type { MailSender, OutgoingMail } from '../../core/notice/ports.ts';
import { formatWireId } from '../../core/notice/sending/wire-id.ts';
import { composeMail } from './compose-mail.ts';

/** SES accepts no more, headers and encoding included. */
const rawLimitBytes = 10 * 1024 * 1024;

/** Errors of SES about a mail that no later attempt would change. */
const refusalCodes = new Set(['MessageRejected', 'InvalidParameterValue', 'ValidationError']);

/** Codes of failures before anything reached SES. */
const unreachedCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CredentialsProviderError',
]);

/**
 * Sends mail through SES from the help address, with a configuration set whose events report
 * bounces and complaints.
 *
 * The client must have `maxAttempts: 1`: otherwise the SDK repeats a request whose answer was lost,
 * and SES sends the mail twice. Throttling is `unavailable`.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html
 */
export class SesMailSender implements MailSender {
  readonly #client: SESClient;
  readonly #configurationSet: string;
  readonly #region: string;

  constructor(
    client: SESClient,
    options: { readonly configurationSet: string; readonly region: string },
  ) {
    this.#client = client;
    this.#configurationSet = options.configurationSet;
    this.#region = options.region;
  }

  async send(mail: OutgoingMail): Promise<SendOutcome> {
    const raw = await composeMail(mail);
    if (raw.length > rawLimitBytes) return { outcome: 'refused', code: 'too-large' };
    try {
      const { MessageId } = await this.#client.send(
        new SendRawEmailCommand({
          Source: mail.from.address,
          Destinations: [mail.to],
          ConfigurationSetName: this.#configurationSet,
          RawMessage: { Data: raw },
        }),
      );
      return MessageId === undefined
        ? { outcome: 'unknown', code: 'no-message-id' }
        : { outcome: 'sent', wireId: formatWireId(MessageId, this.#region) };
    } catch (error) {
      return judgeFailure(error);
    }
  }
}

function judgeFailure(error: unknown): SendOutcome {
  if (!(error instanceof SESServiceException)) {
    const { code, name } = error as { code?: string; name?: string };
    const unreachedCode = [code, name].find((one) => one !== undefined && unreachedCodes.has(one));
    return unreachedCode === undefined
      ? { outcome: 'unknown', code: code ?? name ?? 'error' }
      : { outcome: 'unavailable', code: unreachedCode };
  }
  const { name: code, $fault, $metadata } = error;
  // An identity that is not verified (any more) is for us to fix, and then the mail can go.
  const isOurs = code === 'MessageRejected' && /not verified/i.test(error.message);
  if (refusalCodes.has(code) && !isOurs) return { outcome: 'refused', code };
  // 503 means that SES did not begin; its other failures may have come after sending.
  const isUncertain = $fault === 'server' && $metadata.httpStatusCode !== 503;
  return { outcome: isUncertain ? 'unknown' : 'unavailable', code };
}
