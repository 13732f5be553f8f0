import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { specimenInquiryId } from '../../../support/specimens.ts';
import { fakeLambdaContext } from '../http/fake-gateway-event.ts';

/** The consumers, and a batch that each would handle. */
const inquiry = { inquiryId: specimenInquiryId };
const jobId = '0199a0c5-77aa-7d21-8f00-3b8c1d2e4f55';
const answersArn = 'arn:aws:sqs:ap-northeast-1:111122223333:answers';
const consumers: Readonly<Record<string, () => object>> = {
  'intake/process-mail': () => readSpecimenFile('sqs-intake'),
  'intake/quarantine-mail': () => readSpecimenFile('sqs-intake'),
  'job/run-erasure': () => makeBatch({ jobId }),
  'job/run-job': () => makeBatch({ jobId }),
  'notice/record-bounce': () => makeBatch(readSpecimenFile('ses-bounce')),
  'notice/send-notice': () =>
    makeBatch(
      { ...inquiry, notice: '00000001#reply#hanako@toritsugi.example' },
      { jobId, notice: '00000009#stuck#leads' },
    ),
  'relay/relay-events': () => readSpecimenFile('dynamodb-stream'),
  'routing/route-inquiry': () => makeBatch(inquiry),
  'sla/fire-alarm': () => makeBatch({ ...inquiry, alarmAt: '2026-11-24T01:00:00.000Z' }),
  'vendor/notify-vendor': () => makeBatch(inquiry),
  'work/assign-inquiry': () => makeBatch(inquiry),
  'work/perform-vendor-command': () => makeBatch({ id: 'a-1', ...inquiry, command: 'claim' }),
};
const schedules = [
  'intake/reconcile-mail',
  'people/end-inquiries',
  'sla/sweep-alarms',
  'work/announce-waiting',
];

type Handler = (event: unknown, context: Context) => Promise<unknown>;

let server: Server;
let requests = 0;
beforeAll(async () => {
  // Nothing of AWS does anything.
  server = createServer((_, response) => {
    requests += 1;
    response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'InternalServerError', message: 'down' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const name = { ja: '窓口', en: 'desk' };
  const queueUrl = `${url}/queue`;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    TABLE_NAME: 'table',
    MAIL_BUCKET: 'mail',
    CONTENT_BUCKET: 'content',
    SIGNING_SECRET_ARN: 'arn',
    MAIL_DOMAIN: 'toritsugi.example',
    HELP_ADDRESS: 'help@toritsugi.example',
    PUBLIC_URL: 'https://desk.toritsugi.example',
    CLOSED_INQUIRY_DAYS: '365',
    CONFIGURATION_SET: 'sending',
    MAIL_POLICY: JSON.stringify({ ownDomains: ['toritsugi.example'] }),
    DESKS: JSON.stringify([
      { id: 'staff', kind: 'internal', mode: 'push', name, queueUrl },
      { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name, queueUrl },
    ]),
    ANSWER_QUEUES: JSON.stringify([[answersArn, 'bpo']]),
    ...Object.fromEntries(
      ['ROUTING', 'NOTICE', 'ALARM', 'JOB', 'INTAKE', 'ERASURE'].map((one) => [
        `${one}_QUEUE_URL`,
        queueUrl,
      ]),
    ),
  };
  for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function loadHandler(entry: string): Promise<Handler> {
  const path = `../../../../functions/${entry}.lambda.ts`;
  const { handler } = (await import(path)) as { readonly handler: Handler };
  return handler;
}

describe('while AWS answers nothing but failures', () => {
  test.each(Object.keys(consumers))('%s answers "done" to nothing', async (entry) => {
    const before = requests;
    const handler = await loadHandler(entry);
    const batch = consumers[entry]?.() as { readonly Records: readonly object[] };
    const answer = (await handler(batch, fakeLambdaContext(60_000))) as {
      readonly batchItemFailures: readonly object[];
    };
    // A stream's batch is acknowledged up to the first failure, a queue's one by one.
    const expected = entry === 'relay/relay-events' ? 1 : batch.Records.length;
    expect(answer.batchItemFailures).toHaveLength(expected);
    expect(requests).toBeGreaterThan(before);
  });

  test.each(schedules)('%s counts as failed', async (entry) => {
    const handler = await loadHandler(entry);
    const tick = { time: '2026-11-24T01:00:00Z' };
    await expect(handler(tick, fakeLambdaContext(60_000))).rejects.toThrow();
  });

  test('these are all consumers and schedules there are', () => {
    const found = globSync('functions/*/*.ts').filter((file) => {
      const isEntry = !file.endsWith('.lambda.ts') && !file.endsWith('-handler.ts');
      // The worker of erasures is that of all jobs.
      const makes = /\bmake(Queue|Stream|Schedule|Mail)Handler\(|export \{ makeHandler \} from/;
      return isEntry && makes.test(readFileSync(file, 'utf8'));
    });
    const names = found.map((file) => file.replace(/^functions\/|\.ts$/g, ''));
    expect(names.sort()).toEqual([...Object.keys(consumers), ...schedules].sort());
  });
});

function readSpecimenFile(name: string): object {
  return JSON.parse(readFileSync(`events/aws/${name}.json`, 'utf8'));
}

function makeBatch(...messages: readonly object[]): object {
  return {
    Records: messages.map((message, index) => ({
      messageId: `059f36b4-87a3-44ab-83d2-66197583000${index}`,
      receiptHandle: 'handle',
      body: JSON.stringify(message),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1795316400000' },
      eventSourceARN: answersArn,
    })),
  };
}
