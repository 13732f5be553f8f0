import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import {
  decideAndAppend,
  IdempotencyConflict,
} from '../../../../core/inquiry/decide-and-append.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { isRefusal, refuse } from '../../../../core/inquiry/refusal.ts';
import type { Lease } from '../../../../core/inquiry/snapshot.ts';
import { terms } from '../../../support/inquiries.ts';
import { like, minutesLater, morning, specimen } from '../../../support/specimens.ts';
import { type LedgerWorld, loaded, startLedger } from './ledger-fixture.ts';

let world: LedgerWorld;
beforeAll(async () => {
  world = await startLedger();
});
afterAll(() => world.engines.stop());

const note = { events: [specimen('NotePosted')] };
const routed = { events: [specimen('InquiryRouted')] };
const lease: Lease = {
  agent: specimen('InquiryClaimed').agent,
  desk: specimen('InquiryClaimed').desk,
  fence: 1,
  until: minutesLater(10),
  confirmed: false,
};
const claim = {
  events: [like('InquiryClaimed', { leaseUntil: lease.until })],
  lease: { change: 'grant' as const, lease },
};

describe('a command', () => {
  test('is appended, and the inquiry comes back as it then is', async () => {
    const { id } = await world.opened(routed);
    const performed = await decideAndAppend(world.performing, id, terms, morning, () => claim);
    expect(performed).toMatchObject({ inquiry: { status: 'in_progress' }, lease });
    expect(await loaded(world.ledger, id)).toEqual({
      inquiry: !isRefusal(performed) && performed.inquiry,
      lease,
    });
  });

  test('on what does not exist is refused as unknown', async () => {
    const id = nodeRandomness.inquiryId(morning);
    expect(await decideAndAppend(world.performing, id, terms, morning, () => note)).toMatchObject({
      refused: 'access.not-found',
    });
  });

  test('that decides nothing appends nothing', async () => {
    const { id, inquiry } = await world.opened(routed);
    expect(
      await decideAndAppend(world.performing, id, terms, morning, () => ({ events: [] })),
    ).toEqual({
      inquiry,
      events: [],
    });
    expect((await loaded(world.ledger, id)).inquiry.version).toBe(inquiry.version);
  });

  test('that may not follow is refused and appends nothing', async () => {
    const { id, inquiry } = await world.opened();
    expect(await decideAndAppend(world.performing, id, terms, morning, () => claim)).toMatchObject({
      refused: 'inquiry.illegal-transition',
    });
    expect((await loaded(world.ledger, id)).inquiry).toEqual(inquiry);
  });

  test('decided from what was read before somebody else’s is decided again', async () => {
    const seen = await world.opened(routed);
    await decideAndAppend(world.performing, seen.id, terms, morning, () => note);
    const versions: number[] = [];
    const performed = await decideAndAppend(
      world.performing,
      seen.id,
      terms,
      morning,
      ({ inquiry }) => {
        versions.push(inquiry.version);
        return note;
      },
      seen,
    );
    expect(versions).toEqual([seen.inquiry.version, seen.inquiry.version + 1]);
    expect(performed).toMatchObject({ inquiry: { version: seen.inquiry.version + 2 } });
  });
});

describe('many commands at once', () => {
  test('on one inquiry land or are refused, and the version counts the events', async () => {
    const { id, inquiry } = await world.opened(routed);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        decideAndAppend(world.performing, id, terms, morning, () => note),
      ),
    );
    const refused = outcomes.filter(isRefusal);
    for (const one of refused) expect(one.refused).toBe('transient.conflict');
    const landed = outcomes.length - refused.length;
    expect(landed).toBeGreaterThanOrEqual(8);
    const events = await world.ledger.events(id, 0, 100);
    const { inquiry: stored } = await loaded(world.ledger, id);
    expect(stored.version).toBe(inquiry.version + landed);
    expect(events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: stored.version }, (_, index) => index + 1),
    );
    expect(
      foldEvents(
        id,
        events.map(({ event }) => event),
      ),
    ).toEqual(stored);
  });

  test('that claim one inquiry give it to one agent', async () => {
    const { id } = await world.opened(routed);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        decideAndAppend(world.performing, id, terms, morning, ({ inquiry }) => {
          if (inquiry.status !== 'queued') return refuse('work.already-claimed', 'it is taken');
          const agent = `operator-${index}` as Lease['agent'];
          return {
            events: [like('InquiryClaimed', { agent, leaseUntil: lease.until })],
            lease: { change: 'grant', lease: { ...lease, agent } },
          };
        }),
      ),
    );
    const winners = outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : [outcome]));
    expect(winners).toHaveLength(1);
    const stored = await loaded(world.ledger, id);
    expect(stored.lease?.agent).toBe(stored.inquiry.holder?.agent);
    expect(winners[0]?.inquiry.holder?.agent).toBe(stored.lease?.agent);
  });

  test('with one key are one', async () => {
    const { id, inquiry } = await world.opened(routed);
    const once = [{ key: `key#${id}`, value: 'done', expiresAt: minutesLater(60) }];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        decideAndAppend(world.performing, id, terms, morning, () => ({
          ...note,
          idempotencyRecords: once,
        })),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toBeInstanceOf(IdempotencyConflict);
        expect(outcome.reason.conflict).toBe('once');
      }
    }
    expect((await loaded(world.ledger, id)).inquiry.version).toBe(inquiry.version + 1);
  });
});

test.each(['receipt', 'claim'] as const)(
  'a repeated %s is thrown, not tried again',
  async (kind) => {
    const { id } = await world.opened(routed);
    const decision =
      kind === 'receipt'
        ? {
            receipt: {
              id: `receipt-${id}`,
              at: morning,
              channel: 'mail' as const,
              fates: [{ fate: 'continued' as const, at: morning }],
            },
          }
        : {
            pendingClaim: {
              agent: lease.agent,
              desk: lease.desk,
              inquiryId: id,
              until: lease.until,
            },
          };
    let decided = 0;
    const run = () =>
      decideAndAppend(world.performing, id, terms, morning, () => {
        decided += 1;
        return { ...note, ...decision };
      });
    await run();
    await expect(run()).rejects.toMatchObject({ name: 'OnceTaken', conflict: kind });
    expect(decided).toBe(2);
  },
);

describe('what time has made due', () => {
  const late = minutesLater(11);

  test('is appended although the command is refused', async () => {
    const { id } = await world.opened(routed, claim);
    const seen: string[] = [];
    const performed = await decideAndAppend(world.performing, id, terms, late, (before) => {
      seen.push(before.inquiry.status, String(before.lease));
      return refuse('work.lease-lost', 'the lease has run out');
    });
    expect(performed).toMatchObject({ refused: 'work.lease-lost' });
    expect(seen).toEqual(['queued', 'undefined']);
    const stored = await loaded(world.ledger, id);
    expect(stored.inquiry).toMatchObject({ status: 'queued', queuedAt: lease.until });
    expect(stored.lease).toBeUndefined();
    const notices = await world.items(id, 'NOTICE#');
    expect(notices.map((notice) => notice['sk']?.S)).toContain(
      'NOTICE#00000004#lease-lost#sub:operator-a1',
    );
  });

  test('is appended although the command may not follow', async () => {
    const { id } = await world.opened(routed, claim);
    const wait = { events: [specimen('RequesterAwaited')] };
    expect(await decideAndAppend(world.performing, id, terms, late, () => wait)).toMatchObject({
      refused: 'inquiry.illegal-transition',
    });
    expect((await loaded(world.ledger, id)).inquiry.status).toBe('queued');
  });

  test('comes before the command in one transaction, and a new claim takes the old lease’s place', async () => {
    const { id } = await world.opened(routed, claim);
    const second = { ...lease, fence: 2, until: minutesLater(20) };
    const performed = await decideAndAppend(world.performing, id, terms, late, () => ({
      events: [like('InquiryClaimed', { at: late, fence: 2, leaseUntil: second.until })],
      lease: { change: 'grant', lease: second },
    }));
    if (isRefusal(performed)) throw new TypeError(performed.detail);
    expect(performed.events.map(({ type, at }) => [type, at])).toEqual([
      ['LeaseLost', lease.until],
      ['InquiryClaimed', late],
    ]);
    expect((await loaded(world.ledger, id)).lease).toEqual(second);
  });

  test('is appended once, however many find it due at once', async () => {
    const { id } = await world.opened(routed, claim);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        decideAndAppend(world.performing, id, terms, late, () => ({ events: [] })),
      ),
    );
    const events = await world.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'LeaseLost')).toHaveLength(1);
    expect((await loaded(world.ledger, id)).inquiry.status).toBe('queued');
  });
});
