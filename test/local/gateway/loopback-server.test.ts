import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as tick } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openLoopbackServer } from '../../../local/gateway/loopback-server.ts';
import { readRequest } from '../../../local/gateway/read-request.ts';

async function openServer() {
  const problems: string[] = [];
  const server = await openLoopbackServer(0, (problem) => problems.push(problem));
  onTestFinished(() => server.stop());
  return { server, problems };
}

/** Sends a request and hangs up without waiting for its answer. */
async function giveUp(port: number, request: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(request, resolve));
  await waitTicks();
  socket.destroy();
  await waitTicks();
}

/** Both ends are in this process: what one has written, the other reads in the next ticks. */
async function waitTicks(): Promise<void> {
  for (let count = 0; count < 10; count += 1) await tick();
}

test.each([
  ['while its request waits', 'GET /health HTTP/1.1\r\nhost: here\r\n\r\n'],
  ['in the middle of it', 'POST /v1 HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nhalf'],
])('a client that gives up %s is no problem of the host', async (_, request) => {
  const { server, problems } = await openServer();
  await giveUp(server.port, request);
  const answered = Promise.withResolvers<void>();
  server.serve(async (incoming, response) => {
    try {
      await readRequest(incoming, 100);
      response.end();
    } finally {
      answered.resolve();
    }
  });
  await answered.promise;
  await waitTicks();
  expect(problems).toEqual([]);
});

test('a failure is told, and answered without saying what failed', async () => {
  const { server, problems } = await openServer();
  server.serve(() => Promise.reject(new Error('the inside')));
  const response = await fetch(`http://127.0.0.1:${server.port}/path?secret=1`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('inside');
  expect(problems).toEqual(['GET /path: Error: the inside']);
});
