import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestKey } from '../../adapters/dynamo/table.ts';
import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import { InquiryEvent as EventSchema } from '../../core/inquiry/events/events.ts';
import { foldEvents } from '../../core/inquiry/evolve.ts';
import { Inquiry } from '../../core/inquiry/snapshot.ts';
import type { InquiryId } from '../../core/inquiry/values/ids.ts';
import { type HelpDesk, type Json, startHelpDesk } from '../support/help-desk-host.ts';
import type { StoredItem, WholeStore } from '../support/whole-store.ts';
import { findTraces, type History, openHostStore, playHistory, taro } from './erasure-history.ts';

let desk: HelpDesk;
let store: ReturnType<typeof openHostStore>;
let history: History;
beforeAll(async () => {
  // Tuesday 10:00 in Tokyo, when every desk is open.
  desk = await startHelpDesk({ clock: { at: new Date('2026-11-24T01:00:00.000Z') } });
  store = openHostStore();
  history = await playHistory(desk);
});
afterAll(async () => {
  store?.close();
  await desk?.stop();
});

const erase = (body: object, address: string = taro.address) =>
  desk.call('lead-1', `POST /v1/people/${address}/erase`, body);

async function finish(started: Json): Promise<Json> {
  for (let minute = 0; minute < 30; minute += 1) {
    await desk.idle();
    const { body } = await desk.call('lead-1', `GET /v1/jobs/${started.body.id}`);
    if (body.state === 'done' || body.state === 'failed') return body;
    await desk.pass(61);
  }
  throw new Error('the job does not end');
}

async function readReports(asOf: string): Promise<string[]> {
  const query = `month=2026-11&asOf=${asOf}`;
  const answers = await Promise.all([
    desk.call('lead-1', `GET /v1/sla/report?${query}`),
    desk.call('lead-1', `GET /v1/sla/report?${query}&format=csv&lang=ja`),
  ]);
  return answers.map(({ body }) => (typeof body === 'string' ? body : JSON.stringify(body)));
}

/** What goes on by itself: the job that erases, and the mark of the sweep. */
const isAside = (key: string, job: string) =>
  key.startsWith(`JOB#${job}`) || key.startsWith('SWEEP');

/** What nobody but the person has: their inquiries with threads, and what is counted of their mail. */
function isOfPerson(key: string, item: StoredItem | undefined, ids: readonly string[]): boolean {
  if (key.startsWith(`SENT#${digestKey(taro.address)}`)) return true;
  if (key.startsWith('MSGID#')) return ids.includes(item?.['id']?.S ?? '');
  return ids.some((id) => key.includes(id));
}

describe('a person who asks to be forgotten', () => {
  let dryRun: Json;
  let before: WholeStore;
  let reports: string[];
  let asOf: string;
  let withdrawn: string;

  it('is everywhere, to begin with', async () => {
    asOf = desk.host.clock.date().toISOString();
    before = await store.read();
    reports = await readReports(asOf);
    const kinds = new Set((await findTraces(before)).map((trace) => trace.split(/[#/]/)[0]));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['AUDIT', 'INQ', 'PERSON', 'content', 'mail']),
    );
  });

  it('is listed by a dry run, which changes nothing', async () => {
    const started = await erase({ mode: 'erase', dryRun: true, reference: 'APPI-33/7' });
    expect(started).toMatchObject({ status: 202, body: { kind: 'person-erasure' } });
    dryRun = await finish(started);
    expect(dryRun).toMatchObject({
      state: 'done',
      result: { dryRun: true, reference: 'APPI-33/7' },
    });
    const { inquiries, found } = dryRun.result;
    const numbers = (list: Json[]) => list.map(({ number }) => number).sort();
    expect(numbers(inquiries.own)).toEqual(numbers([...history.own]));
    expect(numbers(inquiries.part)).toEqual(numbers([history.part, history.mentioning]));
    expect(found).toMatchObject({ snapshot: 6, person: 2, attachment: expect.any(Number) });
    const after = await store.read();
    for (const [key, item] of before.items) {
      if (!isAside(key, started.body.id)) expect([key, after.items.get(key)]).toEqual([key, item]);
    }
    expect([...after.objects].sort()).toEqual([...before.objects].sort());
    expect(
      (await findTraces(after)).filter((trace) => trace.startsWith(`JOB#${started.body.id}`)),
    ).toEqual([]);
  });

  it.each([
    ['with an unknown mode', { mode: 'forget' }, 400, 'invalid.body'],
    ['with an unknown field', { mode: 'erase', force: true }, 400, 'invalid.body'],
    ['with words in the reference', { mode: 'erase', reference: '山田' }, 400, 'invalid.body'],
  ])('is not erased %s', async (_, body, status, code) => {
    expect(await erase(body)).toMatchObject({ status, body: { code } });
  });

  it('is not erased while an inquiry is open, which the answer names', async () => {
    const form = { form: 'general', fields: { subject: '件名', description: 'まだです。' } };
    const opened = await desk.call(desk.signIn(taro.sub), 'POST /v1/inquiries', form);
    await desk.idle();
    const refused = await erase({ mode: 'erase' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'people.open-inquiries' } });
    expect(refused.body.detail).toContain(opened.body.number);
    withdrawn = opened.body.id;
    await desk.call('lead-1', `POST /v1/inquiries/${withdrawn}/withdraw`, {});
    await desk.idle();
  });

  it('is found nowhere afterwards, and others as they were', async () => {
    const untouched = await store.read();
    const started = await erase({ mode: 'erase', reference: 'APPI-35/8' });
    expect(started.status).toBe(202);
    const job = await finish(started);
    expect(job).toMatchObject({ state: 'done', result: { mode: 'erase', reference: 'APPI-35/8' } });
    const after = await store.read();
    expect(await findTraces(after)).toEqual([]);
    expect(JSON.stringify(job)).not.toMatch(/yamada|山田/);

    const traces = await findTraces(untouched);
    const named = new Set(traces.map((trace) => trace.slice(0, trace.lastIndexOf(': '))));
    const ids = [...history.own.map(({ id }) => id), withdrawn];
    const isTheirs = (key: string, item?: StoredItem) =>
      named.has(key) || isOfPerson(key, item, ids) || isAside(key, started.body.id);
    for (const [key, item] of untouched.items) {
      if (!isTheirs(key, item)) expect([key, after.items.get(key)]).toEqual([key, item]);
    }
    for (const [key, bytes] of untouched.objects) {
      if (!isTheirs(key)) expect([key, after.objects.get(key)]).toEqual([key, bytes]);
    }
    const { pseudonym } = job.result;
    expect(await desk.mailbox(`${pseudonym}@erased.invalid`)).toEqual([]);
    const own = (await desk.call('lead-1', `GET /v1/inquiries/${history.own[0].id}`)).body;
    expect(own.requester).toMatchObject({ name: pseudonym });
    expect(own.number).toBe(history.own[0].number);
  });

  it('leaves the month’s report as it was, byte by byte', async () => {
    expect(await readReports(asOf)).toEqual(reports);
    expect(reports[0]).toContain('"cycles"');
  });

  it('leaves events that parse, and fold to the snapshots', async () => {
    const { items } = await store.read();
    for (const { id } of [...history.own, history.part, history.mentioning]) {
      const data = (key: string) =>
        JSON.parse(items.get(`INQ#${id} ${key}`)?.['data']?.S ?? 'null');
      const events = [...items]
        .filter(([key]) => key.startsWith(`INQ#${id} EVT#`))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, item]) => EventSchema.parse(JSON.parse(item['data']?.S ?? 'null')));
      const folded = foldEvents(id as InquiryId, events as InquiryEvent[]);
      expect(Inquiry.parse(data('SNAPSHOT'))).toEqual(folded);
    }
  });

  it('begins anew when they write again', async () => {
    const [{ id, number }] = history.own as [Json];
    const again = await desk.send({
      ...{ from: taro.address, subject: `Re: [${number}] VPN`, text: 'また困っています。' },
    });
    await desk.idle();
    const { id: fresh, links = [] } = await desk.inquiryOf(again);
    expect(fresh).not.toBe(id);
    expect(links).toEqual([]);
  });

  it('is known to the audit by the reference alone', async () => {
    const { body } = await desk.call('lead-1', 'GET /v1/audit?action=erase-person');
    expect(body.items.map(({ object }: Json) => object)).toContain('APPI-35/8');
    expect(JSON.stringify(body.items)).not.toMatch(/yamada|山田/);
  });
});

describe('an agent who has left', () => {
  const agent = { address: 'staff-2@toritsugi.example', sub: 'demo-staff-2' };
  const answer = 'ドライバーを更新してください。';
  let name: string;
  let inquiry: string;

  it('is not erased while they work here, nor while a chain would call them', async () => {
    const refused = await erase({ mode: 'anonymize' }, agent.address);
    expect(refused).toMatchObject({ status: 409, body: { code: 'people.not-offboarded' } });
    const self = await erase({ mode: 'anonymize' }, 'lead-1@toritsugi.example');
    expect(self).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });

    const { body: policies, headers } = await desk.call('lead-1', 'GET /v1/config/policies');
    const { document } = policies;
    const called = { to: 'address', address: 'boss@partner.example' };
    document.chains[0].steps[0].tell.push(called);
    const sending = { headers: { 'if-match': headers.get('etag') ?? '' } };
    const put = await desk.call('lead-1', 'PUT /v1/config/policies', { document }, sending);
    expect(put.status).toBe(201);
    const named = await erase({ mode: 'erase' }, called.address);
    expect(named).toMatchObject({ status: 409, body: { code: 'people.still-named' } });
    expect(named.body.detail).toContain(document.chains[0].id);
  });

  it('leaves their answers, and nobody’s name', async () => {
    for (const [who, presence] of Object.entries({
      ...{ 'staff-1': 'away', 'lead-1': 'away', 'staff-2': 'present' },
    })) {
      await desk.call(who, 'PUT /v1/agents/me/presence', { presence });
    }
    const { body: agents } = await desk.call('lead-1', 'GET /v1/agents');
    ({ name } = agents.items.find(({ sub }: Json) => sub === agent.sub));
    const form = { form: 'general', fields: { subject: '印刷', description: '遅いです。' } };
    inquiry = (await desk.call('employee-1', 'POST /v1/inquiries', form)).body.id;
    await desk.idle();
    await desk.call('lead-1', `POST /v1/inquiries/${inquiry}/transfer`, { desk: 'staff' });
    await desk.idle();
    const text = `${answer}\n${name} ${agent.address}`;
    const posted = { kind: 'public', text };
    const reply = await desk.call('staff-2', `POST /v1/inquiries/${inquiry}/messages`, posted);
    expect(reply.status).toBe(201);
    await desk.idle();
    const offboarded = await desk.call('lead-1', `POST /v1/agents/${agent.sub}/offboard`, {
      note: `${name}は異動`,
    });
    expect((await finish(offboarded)).result.agent.name).toBe(name);

    const job = await finish(await erase({ mode: 'anonymize' }, agent.address));
    expect(job).toMatchObject({ state: 'done', result: { found: { audit: expect.any(Number) } } });
    const { pseudonym } = job.result;
    const { items, objects } = await store.read();
    const all = JSON.stringify([...items]) + JSON.stringify([...objects.keys()]);
    for (const needle of [agent.address, `"${agent.sub}"`, `#${agent.sub}`, name]) {
      expect(all).not.toContain(needle);
    }
    const messages = await desk.messagesOf(inquiry);
    expect(messages.find(({ text: one }) => one.startsWith(answer))).toMatchObject({
      from: { name: pseudonym },
    });
    const result = await desk.call('lead-1', `GET /v1/jobs/${offboarded.body.id}`);
    expect(result.body.result.agent).toMatchObject({ sub: pseudonym, name: pseudonym });
    const audit = await desk.call('lead-1', `GET /v1/audit?actor=${pseudonym}`);
    expect(audit.body.items.map(({ action }: Json) => action)).toContain('reply');
  });
});
