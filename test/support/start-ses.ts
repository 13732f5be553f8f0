import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SESClient } from '@aws-sdk/client-ses';
import { localClientConfig } from './start-dynamo.ts';

/** A mail as SES got it. */
export type SesSentMail = {
  readonly id: string;
  readonly source: string;
  readonly destinations: readonly string[];
  readonly configurationSet: string | null;
  readonly raw: Uint8Array;
};

/** What SES does with the next mail instead of sending it; `lost` sends it without an answer. */
export type SesFailure = {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
};

export type StartedSes = {
  readonly client: SESClient;
  readonly sent: SesSentMail[];
  /** One for each of the next mails. */
  readonly failures: (SesFailure | 'lost')[];
  stop(): Promise<void>;
};

const namespace = 'http://ses.amazonaws.com/doc/2010-12-01/';

/** Starts an SES that keeps what it gets and fails as it is told. */
export async function startSes(): Promise<StartedSes> {
  const sent: SesSentMail[] = [];
  const mishaps: (SesFailure | 'lost')[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const form = new URLSearchParams(Buffer.concat(parts).toString('latin1'));
    const mishap = mishaps.shift();
    if (mishap !== undefined && mishap !== 'lost') {
      response.writeHead(mishap.status, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${mishap.code}</Code><Message>${mishap.message ?? ''}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
      return;
    }
    const id = `0106${String(sent.length).padStart(12, '0')}-test-000000`;
    sent.push({
      id,
      source: form.get('Source') ?? '',
      destinations: [form.get('Destinations.member.1') ?? ''],
      configurationSet: form.get('ConfigurationSetName'),
      raw: Buffer.from(form.get('RawMessage.Data') ?? '', 'base64'),
    });
    if (mishap === 'lost') {
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<SendRawEmailResponse xmlns="${namespace}"><SendRawEmailResult><MessageId>${id}</MessageId></SendRawEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendRawEmailResponse>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new SESClient({
    ...localClientConfig,
    endpoint: `http://127.0.0.1:${port}`,
    maxAttempts: 1,
  });
  return {
    client,
    sent,
    failures: mishaps,
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
