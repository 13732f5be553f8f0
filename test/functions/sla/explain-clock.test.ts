import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { bpo, parseTokyoTime, staffDesk } from '../../core/help-desk.ts';
import { type ServiceLevelRoutes, startServiceLevelRoutes } from './service-level-routes.ts';

let routes: ServiceLevelRoutes;
beforeAll(async () => {
  routes = await startServiceLevelRoutes();
});
afterAll(() => routes.stop());

const at = (wall: string) => parseTokyoTime(`2026-11-24 ${wall}`);

/** An inquiry that came at ten to a vendor's desk and was claimed there. */
async function openClaimed(): Promise<InquiryId> {
  const { id } = await routes.open(at('10:00'));
  await routes.claim(id, 'a1', at('10:05'));
  return id;
}

describe('the account of a clock', () => {
  it('is told in instants, durations and the time of its zone', async () => {
    const id = await openClaimed();
    routes.setClock(at('13:30'));
    const { status, body } = await routes.explain(id, 'resolution', { as: 'staff1' });
    expect(status).toBe(200);
    const number = (await routes.ledger.load(id))?.inquiry.number;
    expect(body).toEqual({
      ...{ inquiry: { id, number }, clock: 'resolution', cycle: 1, run: 1, state: 'running' },
      ...{ asOf: at('13:30'), startedAt: at('10:00'), carried: 'PT0S', elapsed: 'PT2H30M' },
      stretches: [
        { from: at('10:00'), to: at('12:00'), state: 'counting', counted: 'PT2H' },
        { from: at('12:00'), to: at('13:00'), state: 'out-of-hours', counted: 'PT0S' },
        { from: at('13:00'), to: at('13:30'), state: 'counting', counted: 'PT30M' },
      ],
      target: {
        ...{ duration: 'PT4H', priority: 'critical', policy: 'standard', policies: 0 },
        ...{ calendar: 'tokyo-office', calendars: 0, countFrom: at('10:00'), since: at('10:00') },
      },
      deadline: { at: at('15:00'), zone: 'Asia/Tokyo', local: '2026-11-24T15:00:00+09:00' },
      warnings: [{ percent: 50, at: at('12:00') }],
      nextWarning: { percent: 75, at: at('14:00') },
      ...{ pauses: [], retargeted: 0 },
    });
    const byNumber = await routes.explain(String(number), 'resolution', { as: 'staff1' });
    expect(byNumber.body).toEqual(body);
  });

  it('counts what nobody has recorded yet, and records nothing', async () => {
    const id = await openClaimed();
    const before = await routes.ledger.load(id);
    routes.setClock(at('10:30'));
    const { body } = await routes.explain(id, 'first_response', { as: 'a1' });
    expect(body.breach).toEqual({ at: at('10:15'), lateBy: 'PT15M' });
    expect(await routes.ledger.load(id)).toEqual(before);
  });

  it('is of the cycle that is asked for', async () => {
    const id = await openClaimed();
    await routes.issueCommand(id, 'lead', { command: 'resolve' }, at('10:06'));
    await routes.issueCommand(id, 'lead', { command: 'reopen', reason: 'まだです。' }, at('11:00'));
    routes.setClock(at('11:10'));
    const first = await routes.explain(id, 'resolution', { query: { cycle: '1' } });
    expect(first.body).toMatchObject({ state: 'ended', verdict: 'met', elapsed: 'PT6M' });
    const second = await routes.explain(id, 'resolution');
    expect(second.body).toMatchObject({ cycle: 2, state: 'running', elapsed: 'PT10M' });
    const third = await routes.explain(id, 'resolution', { query: { cycle: '3' } });
    expect([third.status, third.body.code]).toEqual([404, 'sla.unknown-clock']);
  });
});

describe('who may ask', () => {
  it('are agents of the desk, staff and leads', async () => {
    const id = await openClaimed();
    routes.setClock(at('10:06'));
    const explainAs = async (as: string) => {
      const { status, body } = await routes.explain(id, 'pickup', { as });
      return [status, body.code];
    };
    for (const as of ['a1', 'a2', 'staff1', 'lead'])
      expect(await explainAs(as)).toEqual([200, undefined]);
    expect(await explainAs('requester')).toEqual([403, 'access.forbidden']);
    expect(await explainAs('b1')).toEqual([404, 'access.not-found']);
  });

  it('are no longer the operators of a desk that once had it', async () => {
    const id = await openClaimed();
    await routes.issueCommand(id, 'staff1', { command: 'transfer', desk: staffDesk }, at('10:06'));
    routes.setClock(at('10:07'));
    const { status, body } = await routes.explain(id, 'resolution', { as: 'a1' });
    expect([status, body.code]).toEqual([403, 'access.forbidden']);
  });

  it('are operators only about what their own desk has agreed to, and the promises', async () => {
    const { id } = await routes.open(at('10:00'), 'staff');
    await routes.issueCommand(id, 'staff1', { command: 'transfer', desk: bpo }, at('10:02'));
    routes.setClock(at('10:03'));
    const explainAs = async (as: string, clock: string, cycle: string) =>
      (await routes.explain(id, clock, { as, query: { cycle } })).status;
    expect(await explainAs('a1', 'pickup', '1')).toBe(404);
    expect(await explainAs('staff1', 'pickup', '1')).toBe(200);
    expect(await explainAs('a1', 'pickup', '2')).toBe(200);
    expect(await explainAs('a1', 'resolution', '1')).toBe(200);
  });

  it('learn nothing of what there is not', async () => {
    const missing = '019a0000-0000-7000-8000-00000000dead';
    const { body } = await routes.explain(missing, 'resolution');
    expect(body.code).toBe('access.not-found');
    const lunch = await routes.explain(missing, 'lunch');
    expect([lunch.status, lunch.body.code]).toEqual([400, 'invalid.parameter']);
  });
});
