import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SecretsManagerKeys } from '../../../adapters/secrets/secrets-manager-keys.ts';

const arn = 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:signing-AbCdEf';
let secretString: string | undefined;
let requests: unknown[] = [];

// No embedded engine speaks Secrets Manager, so this server answers its one call over real HTTP.
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  requests.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  response.statusCode = secretString === undefined ? 400 : 200;
  response.end(
    JSON.stringify(
      secretString === undefined
        ? { __type: 'ResourceNotFoundException', Message: 'no such secret' }
        : { ARN: arn, Name: 'signing', SecretString: secretString },
    ),
  );
});
let client: SecretsManagerClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});
beforeEach(() => {
  requests = [];
  secretString = JSON.stringify({ current: 'a'.repeat(32), previous: 'b'.repeat(32) });
});

it('reads all texts of the secret, once for calls at the same time', async () => {
  const keys = new SecretsManagerKeys(client, arn, () => 0);
  const [one, two] = await Promise.all([keys.read(), keys.read()]);
  expect(one).toEqual({ current: 'a'.repeat(32), previous: 'b'.repeat(32) });
  expect(two).toEqual(one);
  expect(requests).toEqual([{ SecretId: arn }]);
});

it('notices a rotation after five minutes', async () => {
  let now = 0;
  const keys = new SecretsManagerKeys(client, arn, () => now);
  await keys.read();
  secretString = JSON.stringify({ current: 'c'.repeat(32) });
  now = 299_999;
  expect((await keys.read()).current).toBe('a'.repeat(32));
  now = 300_000;
  expect(await keys.read()).toEqual({ current: 'c'.repeat(32) });
});

it('goes on with what it has when the secret cannot be read, and fails when it has nothing', async () => {
  let now = 0;
  const keys = new SecretsManagerKeys(client, arn, () => now);
  await keys.read();
  secretString = undefined;
  now = 300_000;
  expect((await keys.read()).current).toBe('a'.repeat(32));
  await expect(new SecretsManagerKeys(client, arn).read()).rejects.toThrow('no such secret');
});

it.each(['a bare text which is secret', '{"current":"short"}', '{"other":"text text text text"}'])(
  'refuses the secret %j without quoting it',
  async (text) => {
    secretString = text;
    const failure = new SecretsManagerKeys(client, arn).read();
    await expect(failure).rejects.toThrow();
    await expect(failure).rejects.not.toThrow(/bare text|"short"|text text/);
  },
);
