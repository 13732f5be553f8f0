import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request as a webhook's receiver got it. */
export type ReceivedRequest = {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** What the receiver does with the next request, instead of answering 204. */
export type ReceiverAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Never answers, answers without end, or hangs up. */
  | 'never'
  | 'endless'
  | 'hang-up';

/** Starts a receiver of webhooks on loopback, with TLS where it gets a certificate. */
export async function startWebhookReceiver(tls?: { readonly key: string; readonly cert: string }) {
  const received: ReceivedRequest[] = [];
  const answers: ReceiverAnswer[] = [];
  let sentBytes = 0;
  const server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  server.on('request', async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method, url: path, headers } = request;
    received.push({ method, path, headers, body: Buffer.concat(parts).toString() });
    const answer = answers.shift() ?? { status: 204 };
    if (answer === 'never') return;
    if (answer === 'hang-up') return void request.socket.destroy();
    if (answer !== 'endless') return void response.writeHead(answer.status, answer.headers).end();
    response.writeHead(200);
    const more = () => {
      sentBytes += 65_536;
      return response.write(Buffer.alloc(65_536));
    };
    response.on('drain', more);
    while (more());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  return {
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    received,
    answers,
    /** How many bytes of an endless answer were sent. */
    sentBytes: () => sentBytes,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>;
