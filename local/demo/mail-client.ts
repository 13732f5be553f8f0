import { createTransport } from 'nodemailer';
import type { ApiClient } from './api-client.ts';
import { HostUnreachableError, type WaitPolicy } from './wait-policy.ts';

/** A mail that the system sent, as the mailbox page describes it to programs. */
export interface OutboundMail {
  readonly id: string;
  readonly at: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface MailClient {
  /**
   * Sends a mail by SMTP until it is accepted.
   * @returns how many further times it may have been accepted without an answer
   */
  send(from: string, to: string, raw: Buffer): Promise<number>;
  /** Reads the mail sent to an address since this run began, oldest first. */
  readMailTo(address: string): Promise<OutboundMail[]>;
}

interface MailClientOptions {
  readonly smtpPort: number;
  readonly api: ApiClient;
  readonly waitPolicy: WaitPolicy;
  readonly since: Date;
}

/** Opens a client that sends mail by SMTP and reads sent mail from the mailbox page. */
export function openMailClient(options: MailClientOptions): MailClient {
  const { smtpPort, api, waitPolicy, since } = options;
  // Mailbox ids begin with the instant in this form.
  const after = since.toISOString().replaceAll(/[-:.]/g, '');

  async function sendOnce(from: string, to: string, raw: Buffer): Promise<void> {
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
    try {
      await transport.sendMail({ envelope: { from, to: [to] }, raw });
    } finally {
      transport.close();
    }
  }

  return {
    send: async (from, to, raw) => {
      let unconfirmed = 0;
      await waitPolicy.retryWhileAway(async () => {
        try {
          await sendOnce(from, to, raw);
        } catch (error) {
          const { code, syscall, responseCode = 0 } = error as SmtpFailure;
          // 4xx is the server's own "not now"; 5xx is final.
          if (responseCode >= 500) throw error;
          const isUnanswered = responseCode === 0 && syscall !== 'connect';
          if (isUnanswered) unconfirmed += 1;
          throw new HostUnreachableError(`${code ?? ''} ${(error as Error).message}`);
        }
      });
      return unconfirmed;
    },
    readMailTo: async (address) => {
      const query = new URLSearchParams({ to: address, after });
      const answer = await api.fetch(`${api.url}/mailbox/messages?${query}`);
      return (await answer.json()) as OutboundMail[];
    },
  };
}

interface SmtpFailure {
  readonly code?: string;
  /** `connect` when there was no connection at all. */
  readonly syscall?: string;
  readonly responseCode?: number;
}
