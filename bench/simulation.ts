import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../adapters/s3/content-store.ts';
import { makeDynamoClient } from '../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../adapters/sdk/s3-client.ts';
import { planAppend } from '../core/inquiry/decide-and-append.ts';
import { InquiryEvent } from '../core/inquiry/events/events.ts';
import { applyEvent } from '../core/inquiry/evolve.ts';
import { isRefusal } from '../core/inquiry/refusal.ts';
import { StageDesks } from '../core/inquiry/terms/desk.ts';
import { buildShippedTerms, type Terms } from '../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  EmailAddress,
  type InquiryId,
  type Instant,
} from '../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../core/inquiry/values/inquiry-number.ts';
import { decideRoute } from '../core/routing/decide-route.ts';
import { makeCalendarMomentLookup } from '../core/routing/rules/calendar-moment.ts';
import { compileRules } from '../core/routing/rules/compile/compile-rules.ts';
import { buildRoutingFacts } from '../core/routing/rules/routing-facts.ts';
import { shippedRules } from '../core/routing/rules/shipped-rules.ts';
import { findDescendants, readCpuSeconds } from './process-cpu.ts';
import { type SeparateHost, startSeparateHost } from './separate-host.ts';

/** The cost of routing a month's inquiries again, from the request until the job is done. */
export type SimulationMeasurement = {
  readonly rules: string;
  readonly inquiries: number;
  readonly differing: number;
  readonly milliseconds: number;
  /** Processor time of the host and its engines. */
  readonly cpuMilliseconds: number;
};

const inquiries = 10_000;
/** This many appends run in parallel, each of as many inquiries as fit in a transaction. */
const concurrency = 8;
const inquiriesPerAppend = 8;
const idleMilliseconds = 900_000;
const from = '2026-11-01T00:00:00.000Z' as Instant;
const until = '2026-11-30T00:00:00.000Z' as Instant;
const everySeconds = Math.floor((Date.parse(until) - Date.parse(from)) / 1000 / inquiries);

const matters = [
  ['VPN に接続できません', '昨夜から自宅で VPN に接続できません。再起動しても変わりません。'],
  ['パスワードを忘れました', 'ログインできないため、パスワードの再設定をお願いします。'],
  ['複合機から印刷できない', '3階の複合機で印刷すると紙づまりと表示されます。'],
  ['Outlook mailbox is full', 'I cannot send mail any more since my mailbox is full.'],
  ['至急: 画面が固まる', '会計システムの画面が固まります。月末のため至急お願いします。'],
  ['椅子の移動について', '席替えに伴い、電話機の移設をお願いしたいです。'],
] as const;

/**
 * Measures simulations of a month on a separate host, on disk: with the rules in force, by which
 * nothing differs, and with others, by which much does.
 */
export async function measureSimulation(): Promise<SimulationMeasurement[]> {
  const host = await startSeparateHost(new Date('2026-12-01T00:00:00.000Z'));
  try {
    Object.assign(process.env, host.environment);
    await writePast();
    await host.idle(idleMilliseconds);
    const { version: _, ...shipped } = shippedRules;
    const others = { ...shipped, otherwise: { ...shipped.otherwise, desk: 'staff' } };
    return [
      await measureOneSimulation(host, 'in force', {}),
      await measureOneSimulation(host, 'others', { document: others }),
    ];
  } finally {
    await host.stop();
  }
}

type JobResponse = {
  readonly state: string;
  readonly result: { readonly inquiries: number; readonly differing: number };
  readonly errors: readonly unknown[];
};

async function measureOneSimulation(
  host: SeparateHost,
  rules: string,
  rulesInput: object,
): Promise<SimulationMeasurement> {
  const headers = {
    authorization: `Bearer ${await host.token('lead-1')}`,
    'content-type': 'application/json',
  };
  const pids = [host.pid, ...(await findDescendants(host.pid))];
  const cpuBefore = await readCpuSeconds(pids);
  const startedAt = performance.now();
  const answer = await fetch(`${host.url}/v1/routing/simulate`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ from, until, ...rulesInput }),
  });
  if (answer.status !== 202) throw new Error(await answer.text());
  const location = answer.headers.get('location');
  for (;;) {
    const job = (await (await fetch(`${host.url}${location}`, { headers })).json()) as JobResponse;
    if (job.state === 'done') {
      const milliseconds = performance.now() - startedAt;
      const cpuMilliseconds = ((await readCpuSeconds(pids)) - cpuBefore) * 1000;
      return {
        ...{ rules, milliseconds, cpuMilliseconds },
        ...{ inquiries: job.result.inquiries, differing: job.result.differing },
      };
    }
    if (job.state === 'failed') throw new Error(JSON.stringify(job.errors));
    await setTimeout(50);
  }
}

/** Writes inquiries as intake, routing and a desk would, each resolved within half an hour. */
async function writePast(): Promise<void> {
  const table = { client: makeDynamoClient(), name: process.env['TABLE_NAME'] ?? '' };
  const content = new S3ContentStore(makeS3Client(), process.env['CONTENT_BUCKET'] ?? '');
  const ledger = new DynamoInquiryLedger(table, content);
  const terms = buildShippedTerms(StageDesks.parse(process.env['DESKS']));
  const rules = compileRules(shippedRules);
  const groups = Array.from(
    { length: inquiries / inquiriesPerAppend },
    (_, group) => group,
  ).values();

  async function write(): Promise<void> {
    // The writers share one iterator, so each inquiry is written by one of them.
    for (const group of groups) {
      const pendingAppends = Array.from({ length: inquiriesPerAppend }, (_, place) =>
        makeInquiryLife(group * inquiriesPerAppend + place, rules, terms),
      );
      const outcome = await ledger.append(...pendingAppends);
      if (!outcome.appended) throw new Error(`inquiries were not written: ${outcome.conflict}`);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, write));
}

function makeInquiryLife(index: number, rules: ReturnType<typeof compileRules>, terms: Terms) {
  const at = addSeconds(from, index * everySeconds);
  const id = nodeRandomness.inquiryId(at);
  const received = makeReceivedEvent(index, at);
  const events = [
    received,
    makeRoutedEvent(id, received, rules, terms),
    makeResolvedEvent(addSeconds(at, 1_800)),
  ];
  const pendingAppend = planAppend(id, undefined, { events }, terms, addSeconds(at, 1_800));
  if (isRefusal(pendingAppend)) throw new Error(pendingAppend.detail);
  const fates = [{ fate: 'opened' as const, inquiryId: id, at }];
  return { ...pendingAppend, receipt: { id: `mail-${id}`, at, channel: 'mail' as const, fates } };
}

function makeReceivedEvent(index: number, at: Instant): InquiryEvent {
  const address = EmailAddress.parse(`employee-${index % 500}@toritsugi.example`);
  const requester = { address, name: `社員 ${index}` };
  const [subject, text] = matters[index % matters.length] ?? matters[0];
  const message = { id: nodeRandomness.id(at), kind: 'requester', from: requester, subject };
  return InquiryEvent.parse({
    ...{ v: 1, at, by: { kind: 'requester', ...requester }, type: 'InquiryReceived' },
    number: makeInquiryNumber(nodeRandomness.bytes(7)),
    received: {
      ...{ channel: 'mail', requester, participants: [], subject, language: 'ja' },
      ...{ automated: false, acknowledge: false, source: {}, links: [], receivedAt: at },
      message: { ...message, text: `${text}（${index}）\n${text.repeat(5)}`, attachments: [] },
      announceAt: addSeconds(at, 60),
    },
  });
}

function makeRoutedEvent(
  id: InquiryId,
  received: InquiryEvent,
  rules: ReturnType<typeof compileRules>,
  terms: Terms,
): InquiryEvent {
  if (received.type !== 'InquiryReceived') throw new TypeError('nothing opens it');
  const at = addSeconds(received.at, 1);
  const observed = { desks: {} };
  const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
  const inquiry = applyEvent(id, undefined, received);
  const facts = buildRoutingFacts(inquiry, received.received.message, { at, calendar, observed });
  const decision = decideRoute({ id, route: rules.route(facts), observed, at }, terms);
  if (decision === undefined) throw new TypeError('there are no desks');
  return decision.event;
}

/** The dates keep it from being closed during the measurement. */
function makeResolvedEvent(at: Instant): InquiryEvent {
  const later = addSeconds(at, 90 * 86_400);
  return InquiryEvent.parse({
    ...{ v: 1, at, by: { kind: 'system', part: 'work' }, type: 'InquiryResolved' },
    ...{ silent: true, closeAt: later, reopenUntil: later },
  });
}
