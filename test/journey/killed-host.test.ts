import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Json,
  makeMessageId,
  spawnHelpDesk,
  stripBrackets,
  waitUntil,
} from '../support/help-desk-host.ts';

type Desk = Awaited<ReturnType<typeof spawnHelpDesk>>;

const count = 45;
const mails = Array.from({ length: count }, (_, index) => ({
  from: `sender-${index}@toritsugi.example`,
  subject: `件名 ${index}`,
  text: `お問い合わせ ${index}`,
  messageId: makeMessageId(),
  date: new Date(0),
}));

let dataDir: string;
let desk: Desk | undefined;
let held: Json;
/** The mails that were accepted with 250 before the kill, and the forms answered with 201. */
let taken: string[];
let forms: string[];

/** Sends what is still to be sent over eight connections until the server is gone. */
async function sendAll(
  to: Desk,
  pending: typeof mails,
  onAccepted: (sofar: number) => void = () => {},
): Promise<string[]> {
  const rest = [...pending];
  const accepted: string[] = [];
  async function sendRest(): Promise<void> {
    for (let mail = rest.shift(); mail !== undefined; mail = rest.shift()) {
      const messageId = await to.send(mail).catch(() => undefined);
      if (messageId === undefined) return;
      accepted.push(messageId);
      onAccepted(accepted.length);
    }
  }
  await Promise.all(Array.from({ length: 8 }, sendRest));
  return accepted;
}

async function submitForms(to: Desk): Promise<string[]> {
  const opened: string[] = [];
  for (;;) {
    const fields = { subject: '件名', description: `フォーム ${opened.length}` };
    const form = { form: 'general', fields };
    const answer = await to.call('employee-2', 'POST /v1/inquiries', form).catch(() => undefined);
    if (answer?.status !== 201) return opened;
    opened.push(answer.body.id);
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'toritsugi-killed-'));
  const first = await spawnHelpDesk(dataDir);
  desk = first;
  await first.send({ from: 'held@toritsugi.example', subject: '件名', text: '先に引き受けます。' });
  held = (await first.call('operator-a1', 'POST /v1/desks/bpo/claims?wait=10', {})).body;
  const fence = held.lease.fence;
  await first.call('operator-a1', `POST /v1/inquiries/${held.id}/heartbeat`, { fence });
  const submitting = submitForms(first);
  taken = await sendAll(first, mails, (sofar) => {
    if (sofar === count / 3) void first.kill();
  });
  await first.kill();
  forms = await submitting;
  desk = await spawnHelpDesk(dataDir);
});
afterAll(async () => {
  await desk?.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

function running(): Desk {
  if (desk === undefined) throw new Error('The host was not started.');
  return desk;
}

test('what was accepted before the kill gets its fate after it, and nothing is doubled', async () => {
  expect(taken.length).toBeGreaterThanOrEqual(count / 3);
  expect(taken.length).toBeLessThan(count);
  const fated = await waitUntil(async () => {
    const receipts = await running().receipts();
    const known = new Set(receipts.map(({ messageId }) => messageId));
    return taken.every((messageId) => known.has(stripBrackets(messageId))) ? receipts : undefined;
  });
  for (const messageId of taken) {
    const own = fated.filter((one) => one.messageId === stripBrackets(messageId));
    expect(own.map(({ fate, fates }) => [fate, fates.length])).toEqual([['opened', 1]]);
  }
  expect(fated.filter(({ channel }) => channel === 'form').map(({ id }) => id)).toEqual(
    expect.arrayContaining(forms),
  );
});

test('who heard no 250 sends again, and each mail is one inquiry at its desk', async () => {
  const pending = mails.filter(({ messageId }) => !taken.includes(messageId));
  expect(await sendAll(running(), pending)).toHaveLength(pending.length);
  const opened = await waitUntil(async () => {
    const receipts = await running().receipts();
    const known = receipts.filter(({ fate, channel }) => fate === 'opened' && channel === 'mail');
    return known.length > count ? known : undefined;
  });
  expect(opened).toHaveLength(count + 1);
  expect(new Set(opened.map(({ messageId }) => messageId)).size).toBe(count + 1);
  expect(new Set(opened.map(({ inquiryId }) => inquiryId)).size).toBe(count + 1);
  for (const { inquiryId } of opened) {
    const { body } = await waitUntil(async () => {
      const read = await running().call('lead-1', `GET /v1/inquiries/${inquiryId}`);
      return read.body.status === 'new' ? undefined : read;
    });
    expect(body).toMatchObject({ desk: 'bpo', messages: 1 });
  }
  // An acknowledgement may have been under way when the host was killed; none is sent twice. One
  // sent after all of them arrives after them.
  const last = 'last@toritsugi.example';
  await running().send({ from: last, subject: '件名', text: '最後です。' });
  await waitUntil(async () => (await running().mailbox(last))[0]);
  for (const { from } of mails) {
    expect((await running().mailbox(from)).length).toBeLessThan(2);
  }
});

test('what waited is offered again, and what was claimed is still held', async () => {
  const again = await running().call('operator-a1', `GET /v1/inquiries/${held.id}`);
  expect(again.body).toMatchObject({ status: 'in_progress', lease: { fence: held.lease.fence } });
  const { body } = await running().call('lead-1', 'GET /v1/desks/bpo/worklist?limit=100');
  expect(body.items.length).toBeGreaterThanOrEqual(count + forms.length);
  const next = await running().call('operator-a2', 'POST /v1/desks/bpo/claims?wait=5', {});
  expect(next.body.id).toBe(body.items[0].id);
});
