import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import {
  decideAndAppend,
  IdempotencyConflict,
} from '../../../../core/inquiry/decide-and-append.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { isRefusal, refuse } from '../../../../core/inquiry/refusal.ts';
import type { Lease } from '../../../../core/inquiry/snapshot.ts';
import { defaultDeskTerms } from '../../../support/inquiries.ts';
import {
  minutesAfterMorning,
  readSpecimen,
  readSpecimenWith,
  specimenMorning,
} from '../../../support/specimens.ts';
import { type LedgerFixture, loadInquiry, startLedgerFixture } from './ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await startLedgerFixture();
});
afterAll(() => fixture.engines.stop());

const note = { events: [readSpecimen('NotePosted')] };
const routed = { events: [readSpecimen('InquiryRouted')] };
const lease: Lease = {
  agent: readSpecimen('InquiryClaimed').agent,
  desk: readSpecimen('InquiryClaimed').desk,
  fence: 1,
  until: minutesAfterMorning(10),
  confirmed: false,
};
const claim = {
  events: [readSpecimenWith('InquiryClaimed', { leaseUntil: lease.until })],
  lease: { change: 'grant' as const, lease },
};

describe('a command', () => {
  test('is appended, and the inquiry comes back as it then is', async () => {
    const { id } = await fixture.openInquiry(routed);
    const result = await decideAndAppend(
      fixture.commandDependencies,
      id,
      defaultDeskTerms,
      specimenMorning,
      () => claim,
    );
    expect(result).toMatchObject({ inquiry: { status: 'in_progress' }, lease });
    expect(await loadInquiry(fixture.ledger, id)).toEqual({
      inquiry: !isRefusal(result) && result.inquiry,
      lease,
    });
  });

  test('on what does not exist is refused as unknown', async () => {
    const id = nodeRandomness.inquiryId(specimenMorning);
    expect(
      await decideAndAppend(
        fixture.commandDependencies,
        id,
        defaultDeskTerms,
        specimenMorning,
        () => note,
      ),
    ).toMatchObject({
      refused: 'access.not-found',
    });
  });

  test('that decides nothing appends nothing', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    expect(
      await decideAndAppend(
        fixture.commandDependencies,
        id,
        defaultDeskTerms,
        specimenMorning,
        () => ({ events: [] }),
      ),
    ).toEqual({
      inquiry,
      events: [],
    });
    expect((await loadInquiry(fixture.ledger, id)).inquiry.version).toBe(inquiry.version);
  });

  test('that may not follow is refused and appends nothing', async () => {
    const { id, inquiry } = await fixture.openInquiry();
    expect(
      await decideAndAppend(
        fixture.commandDependencies,
        id,
        defaultDeskTerms,
        specimenMorning,
        () => claim,
      ),
    ).toMatchObject({
      refused: 'inquiry.illegal-transition',
    });
    expect((await loadInquiry(fixture.ledger, id)).inquiry).toEqual(inquiry);
  });

  test('decided from what was read before somebody else’s is decided again', async () => {
    const seen = await fixture.openInquiry(routed);
    await decideAndAppend(
      fixture.commandDependencies,
      seen.id,
      defaultDeskTerms,
      specimenMorning,
      () => note,
    );
    const versions: number[] = [];
    const result = await decideAndAppend(
      fixture.commandDependencies,
      seen.id,
      defaultDeskTerms,
      specimenMorning,
      ({ inquiry }) => {
        versions.push(inquiry.version);
        return note;
      },
      seen,
    );
    expect(versions).toEqual([seen.inquiry.version, seen.inquiry.version + 1]);
    expect(result).toMatchObject({ inquiry: { version: seen.inquiry.version + 2 } });
  });
});

describe('many commands at once', () => {
  test('on one inquiry land or are refused, and the version counts the events', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        decideAndAppend(
          fixture.commandDependencies,
          id,
          defaultDeskTerms,
          specimenMorning,
          () => note,
        ),
      ),
    );
    const refused = outcomes.filter(isRefusal);
    for (const one of refused) expect(one.refused).toBe('transient.conflict');
    const landed = outcomes.length - refused.length;
    expect(landed).toBeGreaterThanOrEqual(8);
    const events = await fixture.ledger.events(id, 0, 100);
    const { inquiry: stored } = await loadInquiry(fixture.ledger, id);
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
    const { id } = await fixture.openInquiry(routed);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        decideAndAppend(
          fixture.commandDependencies,
          id,
          defaultDeskTerms,
          specimenMorning,
          ({ inquiry }) => {
            if (inquiry.status !== 'queued') return refuse('work.already-claimed', 'it is taken');
            const agent = `operator-${index}` as Lease['agent'];
            return {
              events: [readSpecimenWith('InquiryClaimed', { agent, leaseUntil: lease.until })],
              lease: { change: 'grant', lease: { ...lease, agent } },
            };
          },
        ),
      ),
    );
    const winners = outcomes.flatMap((outcome) => (isRefusal(outcome) ? [] : [outcome]));
    expect(winners).toHaveLength(1);
    const stored = await loadInquiry(fixture.ledger, id);
    expect(stored.lease?.agent).toBe(stored.inquiry.holder?.agent);
    expect(winners[0]?.inquiry.holder?.agent).toBe(stored.lease?.agent);
  });

  test('with one key are one', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed);
    const idempotencyRecords = [
      { key: `key#${id}`, value: 'done', expiresAt: minutesAfterMorning(60) },
    ];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        decideAndAppend(fixture.commandDependencies, id, defaultDeskTerms, specimenMorning, () => ({
          ...note,
          idempotencyRecords,
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
    expect((await loadInquiry(fixture.ledger, id)).inquiry.version).toBe(inquiry.version + 1);
  });
});

test.each(['receipt', 'claim'] as const)(
  'a repeated %s is thrown, not tried again',
  async (kind) => {
    const { id } = await fixture.openInquiry(routed);
    const decision =
      kind === 'receipt'
        ? {
            receipt: {
              id: `receipt-${id}`,
              at: specimenMorning,
              channel: 'mail' as const,
              fates: [{ fate: 'continued' as const, at: specimenMorning }],
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
      decideAndAppend(fixture.commandDependencies, id, defaultDeskTerms, specimenMorning, () => {
        decided += 1;
        return { ...note, ...decision };
      });
    await run();
    await expect(run()).rejects.toMatchObject({ name: 'IdempotencyConflict', conflict: kind });
    expect(decided).toBe(2);
  },
);

describe('what time has made due', () => {
  const late = minutesAfterMorning(11);

  test('is appended although the command is refused', async () => {
    const { id } = await fixture.openInquiry(routed, claim);
    const seen: string[] = [];
    const result = await decideAndAppend(
      fixture.commandDependencies,
      id,
      defaultDeskTerms,
      late,
      (before) => {
        seen.push(before.inquiry.status, String(before.lease));
        return refuse('work.lease-lost', 'the lease has run out');
      },
    );
    expect(result).toMatchObject({ refused: 'work.lease-lost' });
    expect(seen).toEqual(['queued', 'undefined']);
    const stored = await loadInquiry(fixture.ledger, id);
    expect(stored.inquiry).toMatchObject({ status: 'queued', queuedAt: lease.until });
    expect(stored.lease).toBeUndefined();
    const notices = await fixture.readItems(id, 'NOTICE#');
    expect(notices.map((notice) => notice['sk']?.S)).toContain(
      'NOTICE#00000004#lease-lost#sub:operator-a1',
    );
  });

  test('is appended although the command may not follow', async () => {
    const { id } = await fixture.openInquiry(routed, claim);
    const wait = { events: [readSpecimen('RequesterAwaited')] };
    expect(
      await decideAndAppend(fixture.commandDependencies, id, defaultDeskTerms, late, () => wait),
    ).toMatchObject({
      refused: 'inquiry.illegal-transition',
    });
    expect((await loadInquiry(fixture.ledger, id)).inquiry.status).toBe('queued');
  });

  test('comes before the command in one transaction, and a new claim takes the old lease’s place', async () => {
    const { id } = await fixture.openInquiry(routed, claim);
    const second = { ...lease, fence: 2, until: minutesAfterMorning(20) };
    const result = await decideAndAppend(
      fixture.commandDependencies,
      id,
      defaultDeskTerms,
      late,
      () => ({
        events: [
          readSpecimenWith('InquiryClaimed', { at: late, fence: 2, leaseUntil: second.until }),
        ],
        lease: { change: 'grant', lease: second },
      }),
    );
    if (isRefusal(result)) throw new TypeError(result.detail);
    expect(result.events.map(({ type, at }) => [type, at])).toEqual([
      ['LeaseLost', lease.until],
      ['InquiryClaimed', late],
    ]);
    expect((await loadInquiry(fixture.ledger, id)).lease).toEqual(second);
  });

  test('is appended once, however many find it due at once', async () => {
    const { id } = await fixture.openInquiry(routed, claim);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        decideAndAppend(fixture.commandDependencies, id, defaultDeskTerms, late, () => ({
          events: [],
        })),
      ),
    );
    const events = await fixture.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'LeaseLost')).toHaveLength(1);
    expect((await loadInquiry(fixture.ledger, id)).inquiry.status).toBe('queued');
  });
});
