import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { breachReviewLimit } from '../../../core/sla/breach/review-breach.ts';
import { bpo, parseTokyoTime } from '../../core/help-desk.ts';
import { type ServiceLevelRoutes, startServiceLevelRoutes } from './service-level-routes.ts';

let routes: ServiceLevelRoutes;
beforeAll(async () => {
  routes = await startServiceLevelRoutes();
});
afterAll(() => routes.stop());

const reviewInput = { cause: 'vendor-late', party: 'vendor', note: '折り返しの電話がなかった。' };

/** An inquiry whose `pickup` was missed ten minutes after it came. */
async function openMissed(wall: string, desk = 'bpo'): Promise<InquiryId> {
  const at = parseTokyoTime(wall);
  const { id } = await routes.open(at, desk);
  await routes.fireAlarms(id, addSeconds(at, 660));
  routes.setClock(addSeconds(at, 660));
  return id;
}

type Listed = Awaited<ReturnType<ServiceLevelRoutes['list']>>;
const typesOf = async (id: InquiryId) =>
  (await routes.ledger.events(id, 0, 100)).map(({ event }) => event.type);
const idsOf = ({ body }: Listed) => body.items.map(({ id }: { id: string }) => id);

describe('the list of breaches', () => {
  it('shows what was missed, by how much, and that it runs on', async () => {
    const id = await openMissed('2026-10-01 10:00');
    const { status, body } = await routes.list({ month: '2026-10' });
    expect(status).toBe(200);
    const loaded = await routes.ledger.load(id);
    expect(body).toEqual({
      items: [
        {
          id: `${id}.pickup.1`,
          inquiry: { id, number: loaded?.inquiry.number },
          ...{ clock: 'pickup', cycle: 1, desk: 'bpo', priority: 'critical', state: 'running' },
          ...{ target: 'PT10M', elapsed: 'PT11M', lateBy: 'PT1M', zone: 'Asia/Tokyo' },
          breachedAt: parseTokyoTime('2026-10-01 10:10'),
          detectedAt: parseTokyoTime('2026-10-01 10:11'),
        },
      ],
      next: null,
    });
    await routes.claim(id, 'a1', parseTokyoTime('2026-10-01 10:15'));
    const ended = await routes.list({ month: '2026-10' });
    expect(ended.body.items).toMatchObject([
      {
        state: 'ended',
        endedAt: parseTokyoTime('2026-10-01 10:15'),
        elapsed: 'PT15M',
        lateBy: 'PT5M',
      },
    ]);
  });

  it('has the unreviewed first, oldest first, and then the reviewed, newest first', async () => {
    const ids = [];
    for (const day of ['04', '05', '06', '09']) ids.push(await openMissed(`2026-11-${day} 11:00`));
    const [first, second, third, fourth] = ids.map((id) => `${id}.pickup.1`);
    for (const id of [second, fourth]) {
      expect((await routes.review(String(id), reviewInput)).status).toBe(200);
    }
    const inOrder = [first, third, fourth, second];
    const all = await routes.list({ month: '2026-11', clock: 'pickup' });
    expect(idsOf(all)).toEqual(inOrder);
    for (const limit of ['1', '3']) {
      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Listed = await routes.list({
          ...{ month: '2026-11', clock: 'pickup', limit },
          ...(cursor === null ? {} : { cursor }),
        });
        paged.push(...idsOf(page));
        cursor = page.body.next;
      } while (cursor !== null);
      expect(paged).toEqual(inOrder);
    }
    const reviewed = await routes.list({ month: '2026-11', clock: 'pickup', reviewed: 'true' });
    expect(idsOf(reviewed)).toEqual([fourth, second]);
    const open = await routes.list({ month: '2026-11', clock: 'pickup', reviewed: 'false' });
    expect(idsOf(open)).toEqual([first, third]);
  });

  it('is chosen by desk, clock, priority and the month of the desk’s own zone', async () => {
    // Still June in UTC.
    const early = await openMissed('2026-07-01 08:00');
    const late = await openMissed('2026-07-31 19:40', 'bpo-b');
    const next = await openMissed('2026-08-03 10:00');
    const of = async (query: Record<string, string>) => idsOf(await routes.list(query));
    expect(await of({ month: '2026-07' })).toEqual([`${early}.pickup.1`, `${late}.pickup.1`]);
    expect(await of({ month: '2026-08' })).toEqual([`${next}.pickup.1`]);
    expect(await of({ month: '2026-07', desk: 'bpo-b' })).toEqual([`${late}.pickup.1`]);
    expect(await of({ month: '2026-07', clock: 'resolution' })).toEqual([]);
    expect(await of({ month: '2026-07', priority: 'high' })).toEqual([]);
    expect(await of({ month: '2026-07', priority: 'critical', desk: 'bpo' })).toHaveLength(1);
  });

  it('takes a cursor only with the filter for which it was given', async () => {
    for (const day of [1, 2]) await openMissed(`2026-06-0${day} 11:00`);
    const { body } = await routes.list({ month: '2026-06', limit: '1' });
    const cursor = String(body.next);
    expect((await routes.list({ month: '2026-06', limit: '1', cursor })).status).toBe(200);
    const other = await routes.list({ month: '2026-07', limit: '1', cursor });
    expect([other.status, other.body.code]).toEqual([400, 'invalid.cursor']);
  });

  it.each(['a1', 'staff1', 'requester'])('is not for %s', async (as) => {
    expect((await routes.list({}, as)).body.code).toBe('access.forbidden');
    const id = '019a0000-0000-7000-8000-000000000001.pickup.1';
    expect((await routes.review(id, reviewInput, { as })).body.code).toBe('access.forbidden');
  });
});

describe('a review', () => {
  it('stands in the audit trail and in the list', async () => {
    const id = await openMissed('2026-05-11 10:00');
    const { status, body } = await routes.review(`${id}.pickup.1`, reviewInput);
    expect(status).toBe(200);
    const review = {
      ...reviewInput,
      by: { sub: 'lead', name: 'lead' },
      at: parseTokyoTime('2026-05-11 10:11'),
    };
    expect(body).toMatchObject({ id: `${id}.pickup.1`, review });
    const [event] = (await routes.ledger.events(id, 0, 100)).slice(-1);
    expect(event?.event).toMatchObject({
      ...{ type: 'BreachReviewed', clock: 'pickup', cycle: 1, ...reviewInput },
      by: { kind: 'agent', sub: 'lead', role: 'lead' },
    });
    const { body: listed } = await routes.list({ month: '2026-05', reviewed: 'true' });
    expect(listed.items).toEqual([body]);
  });

  it('counts instead of the one before, which is kept', async () => {
    const id = await openMissed('2026-05-12 10:00');
    await routes.review(`${id}.pickup.1`, reviewInput);
    const again = { cause: 'capacity', party: 'us' };
    const { body } = await routes.review(`${id}.pickup.1`, again);
    expect(body.review).toMatchObject(again);
    expect(body.review).not.toHaveProperty('note');
    const judged = { desk: bpo, month: '2026-05' };
    const records = await routes.verdicts.readClockRecords({
      inquiryId: id,
      clock: 'pickup',
      judged,
    });
    expect(records[0]?.reviews.map(({ cause }) => cause)).toEqual(['vendor-late', 'capacity']);
  });

  it('under the same key is given once, and answered the same', async () => {
    const id = await openMissed('2026-05-13 10:00');
    const headers = { 'idempotency-key': 'review-1' };
    const first = await routes.review(`${id}.pickup.1`, reviewInput, { headers });
    const again = await routes.review(`${id}.pickup.1`, reviewInput, { headers });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await typesOf(id)).filter((type) => type === 'BreachReviewed')).toHaveLength(1);
    const other = await routes.review(
      `${id}.pickup.1`,
      { ...reviewInput, party: 'us' },
      { headers },
    );
    expect([other.status, other.body.code]).toEqual([422, 'invalid.idempotency-key']);
  });

  it('is possible in a cycle long past, and of an inquiry that is closed', async () => {
    const id = await openMissed('2026-05-14 10:00');
    const at = (wall: string) => parseTokyoTime(`2026-05-14 ${wall}`);
    await routes.issueCommand(id, 'lead', { command: 'resolve' }, at('10:12'));
    await routes.issueCommand(id, 'lead', { command: 'reopen', reason: 'まだです。' }, at('10:20'));
    await routes.claim(id, 'a1', at('10:21'));
    await routes.issueCommand(id, 'lead', { command: 'resolve' }, at('10:22'));
    await routes.issueCommand(id, 'lead', { command: 'close' }, at('10:23'));
    routes.setClock(at('10:30'));
    const { status, body } = await routes.review(`${id}.pickup.1`, reviewInput);
    expect([status, body.cycle, body.state]).toEqual([200, 1, 'ended']);
    const second = await routes.review(`${id}.pickup.2`, reviewInput);
    expect([second.status, second.body.code]).toEqual([404, 'sla.unknown-breach']);
  });

  it('counts for the run that goes on, whose end is shown', async () => {
    const id = await openMissed('2026-05-15 10:00');
    const at = (wall: string) => parseTokyoTime(`2026-05-15 ${wall}`);
    const fence = await routes.claim(id, 'a1', at('10:12'));
    await routes.issueCommand(id, 'a1', { command: 'release', fence }, at('10:12:30'));
    await routes.claim(id, 'a2', at('10:14:30'));
    routes.setClock(at('10:15'));
    const { body } = await routes.review(`${id}.pickup.1`, reviewInput);
    expect(body).toMatchObject({ state: 'ended', elapsed: 'PT14M', endedAt: at('10:14:30') });
  });

  it('refuses a cause that is none of the policies in force, and says where', async () => {
    const id = await openMissed('2026-05-18 10:00');
    const { status, body } = await routes.review(`${id}.pickup.1`, {
      ...reviewInput,
      cause: 'fate',
    });
    expect([status, body.code]).toEqual([400, 'invalid.body']);
    expect(body.errors).toMatchObject([{ in: 'body', pointer: '/cause' }]);
    expect(await typesOf(id)).not.toContain('BreachReviewed');
  });

  it('refuses what was not missed, what there is not, and what is no id', async () => {
    const id = await openMissed('2026-05-19 10:00');
    for (const [breach, status, code] of [
      [`${id}.resolution.1`, 404, 'sla.unknown-breach'],
      [`${id}.pickup.2`, 404, 'sla.unknown-breach'],
      [`${id}.next_response.1`, 404, 'sla.unknown-breach'],
      ['019a0000-0000-7000-8000-00000000dead.pickup.1', 404, 'sla.unknown-breach'],
      [`${id}.pickup`, 400, 'invalid.parameter'],
      [`${id}.lunch.1`, 400, 'invalid.parameter'],
      [`${id}.pickup.1.1`, 400, 'invalid.parameter'],
    ] as const) {
      const { status: answered, body } = await routes.review(breach, reviewInput);
      expect([answered, body.code], breach).toEqual([status, code]);
    }
  });

  it('is refused when there have been too many', async () => {
    const id = await openMissed('2026-05-20 10:00');
    for (let one = 0; one < breachReviewLimit; one += 1)
      await routes.review(`${id}.pickup.1`, reviewInput);
    const { status, body } = await routes.review(`${id}.pickup.1`, reviewInput);
    expect([status, body.code]).toEqual([409, 'sla.reviewed-out']);
  });

  it('of two given at once is kept twice', async () => {
    const id = await openMissed('2026-05-21 10:00');
    const answers = await Promise.all(
      ['us', 'vendor'].map((party) => routes.review(`${id}.pickup.1`, { ...reviewInput, party })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await typesOf(id)).filter((type) => type === 'BreachReviewed')).toHaveLength(2);
  });
});
