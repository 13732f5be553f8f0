import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantOf } from '../../../core/inquiry/values/ids.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { startWorkFixture, type WorkFixture } from './work-fixture.ts';

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
});
afterAll(() => work.stop());

/** Withdraws what the test before left waiting. */
beforeEach(async () => {
  for (const { id } of await work.index.listWaiting(work.deskOf('bpo').id, 100)) {
    await work.command('lead', id, 'resolve', { silent: true });
  }
  for (;;) {
    const message = await work.deskQueue.receiveNext(work.deskOf('bpo'), 0);
    if (message === undefined) break;
    await work.deskQueue.acknowledge(work.deskOf('bpo'), message);
  }
  // By then nobody has an unconfirmed claim any more.
  work.later(120);
});

const minutesAgo = (minutes: number) => instantOf(Date.parse(work.now()) - minutes * 60_000);

describe('claiming the next inquiry of a desk', () => {
  it('gives what the worklist shows on top, one after the other', async () => {
    await work.open({ priority: 'low', receivedAt: minutesAgo(60) });
    await work.open({ priority: 'medium', receivedAt: minutesAgo(30) });
    await work.open({ priority: 'critical', receivedAt: minutesAgo(1) });
    await work.open({ priority: 'medium', receivedAt: minutesAgo(40) });
    const worklist = await work.ask({
      as: 'a1',
      route: 'GET /v1/desks/{desk}/worklist',
      params: { desk: 'bpo' },
    });
    const shown: string[] = worklist.body.items.map(({ id }: { id: string }) => id);
    const claimed: string[] = [];
    for (const _ of shown) {
      const { body } = await work.claimNext('a1');
      claimed.push(body.id);
      await work.command('a1', body.id, 'heartbeat', { fence: body.lease.fence });
    }
    expect(claimed).toEqual(shown);
    expect(worklist.body.items.map(({ priority }: { priority: string }) => priority)).toEqual([
      'critical',
      'medium',
      'medium',
      'low',
    ]);
  });

  it('answers with the inquiry and its lease', async () => {
    const { id, number } = await work.open();
    const claimed = await work.claimNext('a1');
    expect(claimed).toMatchObject({
      status: 200,
      headers: { etag: '"3"' },
      body: { id, number, status: 'in_progress', agent: { sub: 'a1' }, lease: { fence: 1 } },
    });
    expect(claimed.body.commands).toContain('resolve');
  });

  it('answers 204 when nothing waits', async () => {
    expect(await work.claimNext('a1')).toMatchObject({ status: 204, body: undefined });
  });

  it('gives an agent their own unconfirmed claim when they ask again, and then the next', async () => {
    await work.open();
    await work.open();
    const first = await work.claimNext('a1');
    const again = await work.claimNext('a1');
    expect(again.body).toMatchObject({ id: first.body.id, lease: first.body.lease });
    await work.command('a1', first.body.id, 'heartbeat', { fence: first.body.lease.fence });
    const next = await work.claimNext('a1');
    expect(next.status).toBe(200);
    expect(next.body.id).not.toBe(first.body.id);
  });

  it('gives an agent who asks twice at once the same inquiry twice', async () => {
    await work.open();
    await work.open();
    const both = await Promise.all([work.claimNext('a1'), work.claimNext('a1')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0]?.body.id).toBe(both[1]?.body.id);
  });

  it('gives one inquiry that ten agents want at once to one of them', async () => {
    const operators = await tenOperators();
    const { id } = await work.open();
    const answers = await Promise.all(operators.map((sub) => work.claimNext(sub)));
    const given = answers.filter(({ status }) => status === 200);
    expect(given.map(({ body }) => body.id)).toEqual([id]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(9);
    const events = await work.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'InquiryClaimed')).toHaveLength(1);
  });

  it('gives ten agents who ask at once ten different inquiries', async () => {
    const operators = await tenOperators();
    for (const _ of operators) await work.open();
    const answers = await Promise.all(operators.map((sub) => work.claimNext(sub)));
    expect(answers.map(({ status }) => status)).toEqual(operators.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(10);
  });

  it('waits for a message about what comes, past a message about what is gone', async () => {
    const bpo = work.deskOf('bpo');
    const gone = await work.open();
    await work.command('lead', gone.id, 'resolve', { silent: true });
    await work.deskQueue.announce(bpo, [gone.id]);
    const waiting = work.claimNext('a1', 'bpo', 10);
    // It has taken the first message off the queue and waits again.
    await expect.poll(() => work.deskQueue.depth(bpo)).toBe(0);
    const { id } = await work.open();
    await work.deskQueue.announce(bpo, [id]);
    const claimed = await waiting;
    expect(claimed).toMatchObject({ status: 200, body: { id } });
    expect(await work.deskQueue.depth(bpo)).toBe(0);
  });

  it('takes one message off the queue for each claim from the worklist', async () => {
    const bpo = work.deskOf('bpo');
    const opened = [await work.open(), await work.open()];
    await work.deskQueue.announce(
      bpo,
      opened.map(({ id }) => id),
    );
    await work.claimNext('a1');
    expect(await work.deskQueue.depth(bpo)).toBe(1);
  });

  it('gives the same answer to the same Idempotency-Key', async () => {
    await work.open();
    await work.open();
    const headers = { 'idempotency-key': 'claim-1' };
    const first = await work.claimNext('a1', 'bpo', 0, headers);
    await work.command('a1', first.body.id, 'heartbeat', { fence: first.body.lease.fence });
    const again = await work.claimNext('a1', 'bpo', 0, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is not for desks that the agent does not work, and unknown ones are not shown', async () => {
    expect((await work.claimNext('a1', 'bpo-b')).body.code).toBe('work.unknown-desk');
    expect((await work.claimNext('a1', 'nowhere')).body.code).toBe('work.unknown-desk');
    expect((await work.claimNext('staff1', 'bpo')).body.code).toBe('access.forbidden');
    expect((await work.claimNext('requester')).body.code).toBe('access.forbidden');
  });
});

describe('claiming a chosen inquiry', () => {
  it('gives it to one of ten agents, and tells the others who was faster', async () => {
    const operators = await tenOperators();
    const { id, number } = await work.open();
    const answers = await Promise.all(operators.map((sub) => work.command(sub, number, 'claim')));
    const given = answers.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    expect(given[0]?.body.id).toBe(id);
    const others = answers.filter(({ status }) => status === 409);
    expect(others.map(({ body }) => body.code)).toEqual(Array(9).fill('work.already-claimed'));
  });

  it('gives who has it the lease that they have', async () => {
    const { id } = await work.open();
    const first = await work.command('a1', id, 'claim');
    const again = await work.command('a1', id, 'claim');
    expect(again).toMatchObject({ status: 200, body: { lease: first.body.lease } });
  });

  it('is refused to other vendors as if there were no such inquiry', async () => {
    const { id } = await work.open();
    expect(await work.command('b1', id, 'claim')).toMatchObject({ status: 404 });
  });
});

describe('an agent who vanishes', () => {
  it('loses the lease; the inquiry waits again, and a late write is refused', async () => {
    const { id } = await work.open();
    const first = await work.claimNext('a1');
    work.later(90);
    const second = await work.command('a2', id, 'claim');
    expect(second).toMatchObject({ status: 200, body: { lease: { fence: 2 } } });
    const { fence } = first.body.lease;
    const late = await work.command('a1', id, 'messages', {
      kind: 'public',
      text: '直りました。',
      fence,
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'work.lease-lost' } });
    const beat = await work.command('a1', id, 'heartbeat', { fence });
    expect(beat).toMatchObject({ status: 409, body: { code: 'work.lease-lost' } });
    const types = (await work.ledger.events(id, 0, 100)).map(({ event }) => event.type);
    expect(types.slice(2)).toEqual(['InquiryClaimed', 'LeaseLost', 'InquiryClaimed']);
  });
});

/** Registers ten operators of the desk `bpo`. */
async function tenOperators(): Promise<string[]> {
  const { a1 } = helpDeskActors;
  const subs = Array.from({ length: 10 }, (_, at) => `crowd-${at}`);
  for (const sub of subs) {
    const address = `${sub}@vendor-a.example` as typeof a1.address;
    await work.put({ ...a1, sub: sub as typeof a1.sub, address, name: sub });
  }
  return subs;
}
