import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLastHost, type StageStorage } from '../../local/data-directory.ts';
import { exportStage } from '../../transfer/export-stage.ts';
import { importStage } from '../../transfer/import-stage.ts';
import type { Manifest } from '../../transfer/manifest.ts';
import { openStage } from '../../transfer/open-stage.ts';
import {
  expectOne,
  type HelpDesk,
  helpAddress,
  type Json,
  type MailboxMail,
  makeStageContext,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import { localClientConfig } from '../support/start-dynamo.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/start-receiver.ts';
import { readItems, readObjectKeys } from '../transfer/stage-fixture.ts';
import { commandInquiry } from './play-mails.ts';

const day = 86_400;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'toritsugi-restore-'));
const at = (name: string) => join(folder, name);
const data = { source: at('source'), restored: at('restored'), relayed: at('relayed') };
const exported = at('export');

const name = { ja: '委託', en: 'Outsourced' };
const differences = {
  desks: [
    { id: 'staff', kind: 'internal', mode: 'push', name },
    { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name },
    { id: 'sys', kind: 'outsourced', mode: 'push', vendor: 'vendor-s', name },
  ],
};
const restored = {
  table: {
    name: 'ledger-restored',
    streamArn:
      'arn:aws:dynamodb:ap-northeast-1:000000000000:table/ledger-restored/stream/2026-11-30T00:00:00.000',
  },
  mailBucket: 'mail-restored',
  contentBucket: 'content-restored',
};
const noNames = { table: undefined, mailBucket: undefined, contentBucket: undefined };

const longText = Array.from({ length: 4000 }, (_, line) => `${line} 行目の長い記録です。`).join(
  '\n',
);
const attachment = { filename: '記録.csv', content: Buffer.from('a,b\n1,2\n') };
const senders = {
  claimed: 'employee-1@toritsugi.example',
  waiting: 'waiting@toritsugi.example',
  long: 'long@toritsugi.example',
  queued: 'queued@toritsugi.example',
  vendor: 'vendor@toritsugi.example',
  quarantined: 'quarantined@toritsugi.example',
};
const lostMail = '<lost@client.example>';
type Case = keyof typeof senders;
const cases = Object.keys(senders) as Case[];

let receiver: WebhookReceiver;
let manifest: Manifest;
/** What the source said of each inquiry before the export. */
const before = {} as Record<Case, { inquiry: Json; messages: Json[]; mails: MailboxMail[] }>;
let fence: number;
let webhooks: Set<unknown>;

function startStage(dataDir: string, context: object): Promise<HelpDesk> {
  return startHelpDesk({
    ...{ dataDir, webhookExceptions: [receiver.origin] },
    context: makeStageContext({ ...differences, ...context }),
  });
}

/** Gives another host the signing secret, which a stage keeps when its data is restored. */
function carrySecret(to: string): void {
  copyFileSync(join(data.source, 'secrets.json'), join(to, 'secrets.json'));
}

async function transfer(args: readonly string[], killAtLine?: string) {
  const killing = ['--import', join(root, 'test/journey/kill-at-line.ts')];
  return promisify(execFile)(
    process.execPath,
    [...(killAtLine === undefined ? [] : killing), 'transfer/run-transfer.ts', ...args],
    { cwd: root, env: { ...process.env, KILL_AT_LINE: killAtLine } },
  );
}

function expectStorage(dataDir: string): StageStorage {
  const storage = readLastHost(dataDir)?.storage;
  if (storage === undefined) throw new Error('The host says nothing of its storage.');
  return storage;
}

/** Stores a mail that nobody is told of, as if its notification were lost. */
async function depositMail({ objectUrl, mailBucket }: StageStorage): Promise<void> {
  const body = `From: lost@toritsugi.example\r\nMessage-ID: ${lostMail}\r\nSubject: a\r\n\r\nb\r\n`;
  const url = `${objectUrl}/${mailBucket}/incoming/lost-mail`;
  expect((await fetch(url, { method: 'PUT', body })).status).toBe(200);
}

async function openCases(desk: HelpDesk): Promise<void> {
  const settings = {
    vendors: { 'vendor-s': { system: { url: `${receiver.origin}/hook`, keys: [{ id: 'k1' }] } } },
  };
  const rules = {
    rules: [{ id: 'system', when: { text: ['外部システム'] }, set: { desk: 'sys' } }],
    otherwise: { desk: 'bpo', priority: 'medium', category: 'other' },
  };
  for (const [kind, document] of [
    ['desks', settings],
    ['routing', rules],
  ]) {
    const put = await desk.call('lead-1', `PUT /v1/config/${kind}`, { document });
    expect(put.status).toBe(201);
  }
  const mails: Record<Case, object> = {
    claimed: { text: '印刷できません。', attachments: [attachment] },
    waiting: { text: '型番はわかりません。' },
    long: { text: longText },
    queued: { text: 'つながりません。' },
    vendor: { text: '外部システムの件です。' },
    quarantined: { text: '怪しいものです。', headers: { 'X-Test-Verdict-virus': 'fail' } },
  };
  const opened = {} as Record<Case, string>;
  for (const one of cases) {
    opened[one] = await desk.send({ from: senders[one], subject: `件名 ${one}`, ...mails[one] });
    await desk.idle();
  }
  const claim = (await desk.call('operator-a1', 'POST /v1/desks/bpo/claims', {})).body;
  const claimed = await desk.inquiryOf(opened.claimed);
  expect(claim.id).toBe(claimed.id);
  fence = claim.lease.fence;
  await commandInquiry(desk, 'operator-a1', { inquiry: claim }, 'heartbeat', { fence });
  const answer = { kind: 'public', text: '電源を入れ直してください。', fence };
  await desk.call('operator-a1', `POST /v1/inquiries/${claim.id}/messages`, answer);
  const waiting = (await desk.call('operator-a2', 'POST /v1/desks/bpo/claims', {})).body;
  const question = { message: '型番は？', fence: waiting.lease.fence };
  await commandInquiry(desk, 'operator-a2', { inquiry: waiting }, 'wait', question);
  await desk.idle();
  for (const one of cases) {
    const inquiry = await desk.inquiryOf(opened[one]);
    const messages = await desk.messagesOf(inquiry.id);
    before[one] = { inquiry, messages, mails: await desk.mailbox(senders[one]) };
  }
}

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  const source = await startStage(data.source, {});
  let isWriting = true;
  try {
    await openCases(source);
    webhooks = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    const writing = (async () => {
      for (let count = 0; isWriting; count += 1) {
        const fields = { subject: '件名', description: `書き込み ${count}` };
        await source.call('employee-2', 'POST /v1/inquiries', { form: 'general', fields });
        await source.send({ from: 'writer@toritsugi.example', subject: `${count}`, text: '本文' });
      }
    })();
    await depositMail(expectStorage(data.source));
    const stage = await openStage('export', { ...noNames, data: data.source }, {});
    expect(stage.isAtRest).toBe(false);
    manifest = await exportStage(stage, exported, { settleSeconds: 1 });
    await stage.close();
    isWriting = false;
    await writing;
  } finally {
    isWriting = false;
    await source.stop();
  }
});
afterAll(async () => {
  await receiver?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The notices of an export that are still owed, which a restored stage sends. */
async function countOwedNotices(): Promise<number> {
  const items = await readItems(exported, manifest);
  return items.filter(
    ({ kind, state }) => kind?.S === 'notice' && /pending|sending/.test(state?.S ?? ''),
  ).length;
}

/** Nobody who had got a mail before gets it again; what was owed is sent. */
async function expectNothingTwice(desk: HelpDesk, toldBefore: number): Promise<void> {
  for (const one of cases) {
    const mails = await desk.mailbox(senders[one]);
    expect(mails.map(({ headers }) => headers['subject'])).toEqual([]);
  }
  const writers = ['employee-2@toritsugi.example', 'writer@toritsugi.example'];
  const sent = await Promise.all(writers.map(desk.mailbox));
  expect(sent.flat().length).toBeLessThanOrEqual(await countOwedNotices());
  const told = receiver.received.slice(toldBefore).map(({ headers }) => headers['webhook-id']);
  expect(told.filter((id) => !webhooks.has(id))).toEqual([]);
}

describe('an export that is killed', () => {
  test('is refused', async () => {
    const to = at('killed-export');
    const args = ['export', '--to', to, '--data', data.source];
    await expect(transfer(args, 'items, as of')).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(to)).toContain('items-000001.jsonl.gz');
    await expect(transfer(['import', '--from', to, '--data', at('never')])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did not come to its end'),
    });
  });
});

describe('a stage under other names', () => {
  let desk: HelpDesk;
  let told: number;

  beforeAll(async () => {
    const context = makeStageContext({ ...differences, restored });
    const stage = await openStage('import', { ...noNames, data: data.restored }, {}, context);
    expect([stage.table.name, stage.buckets.names]).toEqual([
      restored.table.name,
      { mail: restored.mailBucket, content: restored.contentBucket },
    ]);
    await importStage(stage, exported);
    const again = await exportStage(stage, at('again'), { atRest: true });
    expect([again.items.count, again.items.digest]).toEqual([
      manifest.items.count,
      manifest.items.digest,
    ]);
    expect([again.objects.count, again.objects.bytes]).toEqual([
      manifest.objects.count,
      manifest.objects.bytes,
    ]);
    await stage.close();
    carrySecret(data.restored);
    told = receiver.received.length;
    desk = await startStage(data.restored, { restored });
    await desk.idle();
  });
  afterAll(() => desk?.stop());

  test('has nothing sent or told again, not even once the alarms of what was owed have fired', async () => {
    await expectNothingTwice(desk, told);
    await desk.pass(180);
    await expectNothingTwice(desk, told);
    expect(receiver.received.length).toBe(told);
  });

  test('shows its inquiries as they were, with bodies that are too long for the table', async () => {
    for (const one of cases) {
      const { inquiry, messages } = before[one];
      const { body } = await desk.call('lead-1', `GET /v1/inquiries/${inquiry.id}`);
      expect(body).toMatchObject({ number: inquiry.number, status: inquiry.status });
      expect(await desk.messagesOf(inquiry.id)).toEqual(messages);
    }
    const keys = await readObjectKeys(exported, manifest);
    const { id } = before.long.inquiry;
    expect(keys).toContainEqual(expect.stringContaining(`content body/${id}/`));
    expect(before.long.messages[0]?.text).toBe(longText);
  });

  test('gives out its attachments', async () => {
    const { inquiry, messages } = before.claimed;
    const file = expectOne<Json>(messages[0]?.attachments);
    const route = `GET /v1/inquiries/${inquiry.id}/attachments/${file.id}`;
    const { body: link } = await desk.call('lead-1', route);
    const download = await fetch(link.url);
    expect(await download.text()).toBe(attachment.content.toString());
  });

  test('lets a holder go on under the same fence, and others claim what waits', async () => {
    const { inquiry } = before.claimed;
    await commandInquiry(desk, 'operator-a1', { inquiry }, 'heartbeat', { fence });
    const { body } = await desk.call('operator-a2', 'POST /v1/desks/bpo/claims', {});
    expect(body.id).toBe(before.long.inquiry.id);
    await commandInquiry(desk, 'operator-a2', { inquiry: body }, 'release', {
      fence: body.lease.fence,
    });
  });

  test('continues an old thread by a reply, in the restored resources', async () => {
    const { inquiry, mails } = before.claimed;
    const last = mails.at(-1);
    const reply = await desk.send({
      ...{ from: senders.claimed, to: last?.headers['reply-to'] ?? helpAddress },
      ...{ subject: String(last?.headers['subject']), text: 'まだです。' },
    });
    await desk.receiptOf(reply);
    expect((await desk.inquiryOf(reply)).id).toBe(inquiry.id);
  });

  test('releases a mail from quarantine, whose bytes are in the bucket', async () => {
    const { id } = before.quarantined.inquiry;
    const { body } = await desk.call('lead-1', 'GET /v1/quarantine');
    expect(body.items.map((one: Json) => one.id)).toContain(id);
    await desk.call('lead-1', `POST /v1/quarantine/${id}/release`, {});
    await desk.idle();
    expect((await desk.messagesOf(id)).map(({ text }) => text)).toEqual(['怪しいものです。']);
  });

  test('takes in a mail that had no fate yet', async () => {
    expect(await desk.receiptsOf(lostMail)).toEqual([]);
    await desk.pass(1000);
    expect(expectOne(await desk.receiptsOf(lostMail)).fates).toHaveLength(1);
  });

  test("fires what time alone makes due: clocks, and a requester's reminder", async () => {
    await desk.pass(3 * day + 1);
    expect(await desk.eventsOf(before.queued.inquiry.id)).toContain('ClockWarned');
    const mails = await desk.mailbox(senders.waiting);
    expect(mails).toHaveLength(1);
  });

  test("uses nothing of the stage's own resources", async () => {
    const { dynamoUrl: endpoint } = expectStorage(data.restored);
    const client = new DynamoDBClient({ ...localClientConfig, endpoint });
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const own = expectOne(TableNames.filter((table) => table !== restored.table.name));
    const { Count } = await client.send(new ScanCommand({ TableName: own, Select: 'COUNT' }));
    client.destroy();
    expect(Count).toBe(0);
  });
});

describe('a stage whose events are all relayed anew', () => {
  let desk: HelpDesk;
  let told: number;

  beforeAll(async () => {
    const args = ['import', '--from', exported, '--data', data.relayed];
    await expect(transfer(args, 'Items: 1 of')).rejects.toMatchObject({ signal: 'SIGKILL' });
    const { stdout } = await transfer(args);
    expect(stdout).toContain('An import that was interrupted is continued.');
    expect(stdout).toContain('are verified.');
    carrySecret(data.relayed);
    told = receiver.received.length;
    desk = await startStage(data.relayed, {});
    await desk.idle();
  });
  afterAll(() => desk?.stop());

  test('has nothing sent twice, and a vendor is told again under the same id only', async () => {
    expect(receiver.received.length).toBeGreaterThan(told);
    await expectNothingTwice(desk, told);
    await desk.pass(180);
    await expectNothingTwice(desk, told);
  });

  test('leaves its inquiries as they were', async () => {
    for (const one of cases) {
      const { inquiry } = before[one];
      const { body } = await desk.call('lead-1', `GET /v1/inquiries/${inquiry.id}`);
      expect([body.status, body.messages]).toEqual([inquiry.status, inquiry.messages]);
    }
  });
});
