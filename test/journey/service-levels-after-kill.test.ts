import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, spawnHelpDesk, waitUntil } from '../support/help-desk-host.ts';
import {
  computeClockTimeAfter,
  findClockView,
  ordinaryText,
  outageText,
  tokyoDate,
  urgentText,
} from './service-level-steps.ts';

type Desk = Awaited<ReturnType<typeof spawnHelpDesk>>;

const lead = 'lead-1@toritsugi.example';
/** Due while the host is down: a first response in an hour, pickups in half an hour. */
const texts = [outageText, outageText, urgentText, urgentText, ordinaryText];

let dataDir: string;
let desk: Desk;
let inquiries: Json[];
let again: Date;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'toritsugi-levels-'));
  desk = await spawnHelpDesk(dataDir, tokyoDate('2026-11-24 10:00'));
  await desk.call('lead-1', 'PUT /v1/agents/me/presence', { presence: 'away' });
  const sent = await Promise.all(
    texts.map((text, index) =>
      desk.send({ from: `sender-${index}@toritsugi.example`, subject: `件名 ${index}`, text }),
    ),
  );
  inquiries = await Promise.all(
    sent.map((messageId) =>
      waitUntil(async () => {
        const inquiry = await desk.inquiryOf(messageId).catch(() => undefined);
        return inquiry?.clocks?.some(({ clock }: Json) => clock === 'pickup') ? inquiry : undefined;
      }),
    ),
  );
  await desk.kill();
  again = tokyoDate('2026-11-24 11:05');
  desk = await spawnHelpDesk(dataDir, again);
});
afterAll(async () => {
  await desk?.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The breaches while the host was down, as they were due before. */
function findDueMeanwhile(): { id: string; breachedAt: string }[] {
  return inquiries.flatMap(({ id, clocks }) =>
    (clocks as Json[])
      .filter(({ state, dueAt }) => state === 'running' && dueAt < again.toISOString())
      .map(({ clock, cycle, dueAt }) => ({ id: `${id}.${clock}.${cycle}`, breachedAt: dueAt })),
  );
}

test('what fell due while the host was down fires once it is back, by its own deadline', async () => {
  const expected = findDueMeanwhile();
  expect(expected).toHaveLength(8);
  const items = await waitUntil(async () => {
    const { body } = await desk.call('lead-1', 'GET /v1/sla/breaches?limit=100');
    return body.items.length >= expected.length ? (body.items as Json[]) : undefined;
  });
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(items.map(({ id, breachedAt }) => ({ id, breachedAt })).sort(byId)).toEqual(
    expected.sort(byId),
  );
  expect(items.every(({ detectedAt }) => detectedAt >= again.toISOString())).toBe(true);
  for (const { id } of inquiries) {
    const types = await desk.eventsOf(id);
    const breached = items.filter(({ inquiry }) => inquiry.id === id);
    expect(types.filter((type) => type === 'ClockBreached')).toHaveLength(breached.length);
  }
  expect(
    findClockView(inquiries[4], 'pickup').dueAt > computeClockTimeAfter(again.toISOString(), 0),
  ).toBe(true);
});

test('the lead is told of each, late as they are', async () => {
  for (const { number } of inquiries.slice(0, 4)) {
    const breachSubjects = await waitUntil(async () => {
      const mails = await desk.mailbox(lead);
      const subjects = mails.map(({ headers }) => String(headers['subject']));
      const own = subjects.filter((subject) => subject.startsWith(`[${number}] 期限超過`));
      return own.length >= 2 ? own : undefined;
    });
    expect(breachSubjects.map((subject) => /【(.+)】/.exec(subject)?.[1]).sort()).toEqual([
      '初回応答',
      '着手',
    ]);
  }
});
