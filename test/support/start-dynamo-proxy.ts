import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What DynamoDB answers instead of the truth; `reset` ends the connection without an answer. */
export type DynamoFault = {
  /** Whether the write is done all the same, so that its caller cannot know. */
  readonly applied: boolean;
  readonly answer:
    | 'reset'
    | { readonly status: number; readonly type: string; readonly reason?: string };
};

/** One write as it goes through: a single one, or a transaction with a kind for each of its items. */
export type DynamoWrite = {
  readonly isTransaction: boolean;
  /** Such as `UpdateItem lease` or `TransactWriteItems.Put event`. */
  readonly kinds: readonly string[];
  /** The same for each repetition of a write. */
  readonly identity: string;
};

export type DynamoProxy = {
  readonly endpoint: string;
  /** Every kind of write that has gone through. */
  readonly kinds: ReadonlySet<string>;
  /** Decides which writes fail, and how. */
  fail(choose: (write: DynamoWrite) => DynamoFault | undefined): void;
  /** Leaves the keys of so many batch reads unprocessed, as throttled partitions do. */
  leaveUnread(times: number): void;
  stop(): Promise<void>;
};

type Key = { readonly pk?: { readonly S: string }; readonly sk?: { readonly S: string } };
type ItemWrite = {
  readonly Item?: Key & { readonly kind?: { readonly S: string } };
  readonly Key?: Key;
};

/** Starts a DynamoDB that is another one, save for the faults that a test asks for. */
export async function startDynamoProxy(endpoint: string): Promise<DynamoProxy> {
  const kinds = new Set<string>();
  let choose: (write: DynamoWrite) => DynamoFault | undefined = () => undefined;
  let unread = 0;
  const agent = new Agent({ keepAlive: true });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    if (operation === 'BatchGetItem' && unread > 0) {
      unread -= 1;
      const { RequestItems } = JSON.parse(body.toString()) as { RequestItems: object };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Responses: {}, UnprocessedKeys: RequestItems }));
      return;
    }
    const write = readWrite(operation, body);
    for (const kind of write?.kinds ?? []) kinds.add(kind);
    const fault = write === undefined ? undefined : choose(write);
    if (fault === undefined || fault.applied) {
      const upstream = await forward(endpoint, request, body, agent);
      // A write that is refused anyway is refused: only one that was done may look undone.
      if (fault === undefined || upstream.status !== 200) {
        response.writeHead(upstream.status, { 'content-type': upstream.type });
        response.end(upstream.body);
        return;
      }
    }
    if (fault.answer === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, type, reason } = fault.answer;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({
        __type: `com.amazonaws.dynamodb.v20120810#${type}`,
        message: type,
        ...(reason === undefined
          ? {}
          : { CancellationReasons: (write?.kinds ?? []).map(() => ({ Code: reason })) }),
      }),
    );
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kinds,
    fail: (next) => {
      choose = next;
    },
    leaveUnread: (times) => {
      unread = times;
    },
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const singleWrites = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

function readWrite(operation: string, body: Buffer): DynamoWrite | undefined {
  if (singleWrites.has(operation)) {
    const kind = `${operation} ${kindOf(JSON.parse(body.toString()) as ItemWrite)}`;
    return { isTransaction: false, kinds: [kind], identity: body.toString() };
  }
  if (operation === 'BatchWriteItem') throw new TypeError('the proxy does not know batches');
  if (operation !== 'TransactWriteItems') return undefined;
  const { TransactItems } = JSON.parse(body.toString()) as {
    readonly TransactItems: readonly Readonly<Record<string, ItemWrite>>[];
  };
  const kinds = TransactItems.flatMap((one) =>
    Object.entries(one).map(([action, write]) => `${operation}.${action} ${kindOf(write)}`),
  );
  return { isTransaction: true, kinds, identity: JSON.stringify(TransactItems) };
}

/** The kind that an item says it is, or of which its key is. */
function kindOf({ Item, Key }: ItemWrite): string {
  if (Item?.kind !== undefined) return Item.kind.S;
  const pk = Key?.pk?.S ?? '';
  // An inquiry's items share a partition.
  const named = pk.startsWith('INQ#') ? (Key?.sk?.S ?? '') : pk;
  return named.split('#')[0]?.toLowerCase() || 'unknown';
}

function forward(
  endpoint: string,
  { headers, method, url }: IncomingMessage,
  body: Buffer,
  agent: Agent,
): Promise<{ status: number; type: string; body: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    type: string;
    body: Buffer;
  }>();
  const { host: _, connection: __, ...passed } = headers;
  const outgoing = sendRequest(
    `${endpoint}${url}`,
    { method: method ?? 'POST', headers: passed, agent },
    async (incoming) => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      resolve({
        status: incoming.statusCode ?? 500,
        type: incoming.headers['content-type'] ?? 'application/x-amz-json-1.0',
        body: Buffer.concat(parts),
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
