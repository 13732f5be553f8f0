import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { localClientConfig } from './start-dynamo.ts';

/** Answers about an object that is there, such as one whose encryption key is refused. */
type Denial = { readonly message: string };

/**
 * Starts an S3 before another one that answers as AWS does to a function that may read objects but
 * list no bucket: a missing object is refused with 403.
 */
export async function startUnlistedS3(endpoint: string) {
  let denial: Denial | undefined;
  const server = createServer(async (request, response) => {
    const answer = await forward(endpoint, request);
    if (answer.status !== 404 && denial === undefined) {
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    response.writeHead(403, { 'content-type': 'application/xml' });
    const message = denial?.message ?? 'Access Denied';
    response.end(
      request.method === 'HEAD'
        ? undefined
        : `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    ...localClientConfig,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
  });
  return {
    client,
    /** Refuses whatever is asked from now on, for a reason of its own. */
    deny: (next: Denial | undefined) => {
      denial = next;
    },
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(endpoint: string, request: IncomingMessage) {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const headers = Object.entries(request.headers).filter(
    ([name]) =>
      !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(name),
  );
  const answer = await fetch(`${endpoint}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
