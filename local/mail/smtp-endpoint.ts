import { once } from 'node:events';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { ReceiptRule } from '../deployment/read-mail.ts';
import { matchReceiptRules } from './match-receipt-rules.ts';
import type { SmtpEnvelope } from './smtp-envelope.ts';

/** SES accepts mail of up to 40 MB, encoded. */
const MAIL_BYTES = 40 * 1024 * 1024;

export interface SmtpEndpoint {
  readonly port: number;
  /** Accepts no new connection, lets mail in progress be answered, and closes. */
  stop(): Promise<void>;
}

/** Receives mail, once the host is ready. */
export interface MailReceiver {
  readonly rules: readonly ReceiptRule[];
  /** Stores a mail; the sender gets 250 only after it returns. */
  receive(raw: Buffer, envelope: SmtpEnvelope): void;
}

export interface SmtpEndpointOptions {
  readonly port: number;
  /** Earlier senders wait for it; when it fails, they are told to try later. */
  readonly receiver: Promise<MailReceiver>;
  readonly report: (problem: string) => void;
}

/** Listens for mail on loopback, as SES listens for a domain. */
export async function openSmtpEndpoint(options: SmtpEndpointOptions): Promise<SmtpEndpoint> {
  const server = new SMTPServer({
    name: 'inbound-smtp.toritsugi.example',
    banner: 'Toritsugi',
    size: MAIL_BYTES,
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    // No mail in progress takes longer; an open connection must not hold up the host.
    closeTimeout: 2000,
    onRcptTo: ({ address }, _session, done) => {
      options.receiver.then(
        ({ rules }) =>
          matchReceiptRules(rules, [address]).length > 0
            ? done()
            : done(makeSmtpError(550, `5.1.1 No receipt rule takes mail for <${address}>`)),
        () => done(makeSmtpError(421, '4.3.2 The host could not start')),
      );
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        // Data over the limit is drained and not kept.
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          done(makeSmtpError(552, '5.3.4 Message exceeds the fixed maximum message size'));
          return;
        }
        options.receiver
          .then(({ receive }) => receive(Buffer.concat(chunks), envelopeOf(session)))
          .then(
            () => done(null, 'OK'),
            (error: unknown) => {
              options.report(`A mail could not be stored: ${String(error)}`);
              done(makeSmtpError(451, '4.3.0 The mail could not be stored, try again'));
            },
          );
      });
    },
  });
  // Senders that disconnect are not the host's problem.
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') options.report(`SMTP: ${error.message}`);
  });
  const listener = server.listen(options.port, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function envelopeOf(session: SMTPServerSession): SmtpEnvelope {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    source: mailFrom === false ? '' : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
    client: `${session.hostNameAppearsAs || 'unknown'} ([${session.remoteAddress}])`,
  };
}

function makeSmtpError(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}
