import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { RequestHandler } from '../engines/aws-endpoint.ts';
import { writeGatewayAnswer } from './gateway-response.ts';

/** A server on loopback whose requests wait until `serve` gives it a handler. */
export interface LoopbackServer {
  readonly port: number;
  serve(answer: RequestHandler): void;
  /** Accepts no new connection and lets requests in progress be answered, for a few seconds. */
  stop(): Promise<void>;
}

/**
 * Requests in progress may be long polls of 20 s, for which nobody who stops the host would wait.
 */
const STOP_MILLISECONDS = 3000;

export async function openLoopbackServer(
  port: number,
  report: (problem: string) => void,
): Promise<LoopbackServer> {
  const { promise: answering, resolve: serve } = Promise.withResolvers<RequestHandler>();
  const server = createServer((request, response) => {
    void answering
      .then((answer) => answer(request, response))
      .catch((error: unknown) => failRequest(request, response, error, report));
  });
  // Longer than an upload over a slow line and 30 s of a function's time.
  server.requestTimeout = 120_000;
  // Longer than clients keep a connection: one closed during a request costs a retry.
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    serve,
    stop: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MILLISECONDS);
  await closed;
  clearTimeout(timer);
}

function failRequest(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  report: (problem: string) => void,
): void {
  if (hasClientGone(request, response, error)) return;
  report(`${request.method} ${request.url?.split('?')[0]}: ${String(error)}`);
  if (!response.headersSent) writeGatewayAnswer(response, 500, 'Internal Server Error');
  else response.destroy();
}

/**
 * Whether the client has given up, before it had sent everything or while it waited for the answer.
 */
function hasClientGone(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): boolean {
  if (request.destroyed && !request.complete) return true;
  return response.destroyed && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}
