import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tableKeys } from '../../../../adapters/dynamo/table.ts';
import { decideDueAlarms } from '../../../../core/inquiry/decide-and-append.ts';
import type { LeaseChange } from '../../../../core/inquiry/ports.ts';
import type { Lease } from '../../../../core/inquiry/snapshot.ts';
import { Sub } from '../../../../core/inquiry/values/ids.ts';
import { defaultDeskTerms } from '../../../support/inquiries.ts';
import { minutesAfterMorning, readSpecimen, readSpecimenWith } from '../../../support/specimens.ts';
import {
  type LedgerFixture,
  loadInquiry,
  planAppendOrThrow,
  startLedgerFixture,
} from './ledger-fixture.ts';

let fixture: LedgerFixture;
beforeAll(async () => {
  fixture = await startLedgerFixture();
});
afterAll(() => fixture.engines.stop());

const lease: Lease = {
  agent: Sub.parse('operator-a1'),
  desk: readSpecimen('InquiryClaimed').desk,
  fence: 1,
  until: minutesAfterMorning(10),
  confirmed: false,
};
const grant: LeaseChange = { change: 'grant', lease };
const note = [readSpecimen('NotePosted')];
const routed = { events: [readSpecimen('InquiryRouted')] };
const claim = {
  events: [
    readSpecimenWith('InquiryClaimed', { at: minutesAfterMorning(0), leaseUntil: lease.until }),
  ],
  lease: grant,
};

const held = () => fixture.openInquiry(routed, claim);

async function outcome(
  of: Awaited<ReturnType<typeof held>>,
  change: LeaseChange,
  minutes = 0,
): Promise<string> {
  const decision = { events: note, lease: change };
  const answer = await fixture.ledger.append(
    planAppendOrThrow(of.id, of, decision, minutesAfterMorning(minutes)),
  );
  return answer.appended ? 'appended' : answer.conflict;
}

const leaseOf = async (of: Awaited<ReturnType<typeof held>>) =>
  (await loadInquiry(fixture.ledger, of.id)).lease;

describe('a lease', () => {
  test('is granted, read with its inquiry, and sets the inquiry’s alarm', async () => {
    const claimed = await held();
    expect(claimed.lease).toEqual(lease);
    const snapshot = await fixture.readItem(tableKeys.snapshot(claimed.id));
    expect(snapshot?.['alSk']?.S).toBe(`${lease.until}#${claimed.id}`);
  });

  test('is not granted while another lives, and is when that has run out', async () => {
    const claimed = await held();
    const next: LeaseChange = {
      change: 'grant',
      lease: { ...lease, fence: 2, until: minutesAfterMorning(20) },
    };
    expect(await outcome(claimed, next, 9)).toBe('lease');
    expect(await leaseOf(claimed)).toEqual(lease);
    expect(await outcome(claimed, next, 10)).toBe('appended');
    expect((await leaseOf(claimed))?.fence).toBe(2);
  });

  test('ends with its fence, and not with another', async () => {
    const claimed = await held();
    expect(await outcome(claimed, { change: 'end', fence: 2 })).toBe('lease');
    expect(await outcome(claimed, { change: 'end', fence: 1 })).toBe('appended');
    expect(await leaseOf(claimed)).toBeUndefined();
  });

  test('expires when it has run out, and not before', async () => {
    const claimed = await held();
    const at = (minutes: number): LeaseChange => ({
      change: 'expire',
      fence: 1,
      by: minutesAfterMorning(minutes),
    });
    expect(await outcome(claimed, at(9))).toBe('lease');
    expect(await outcome(claimed, at(10))).toBe('appended');
    expect(await leaseOf(claimed)).toBeUndefined();
  });

  test('is held by who has its fence, until it runs out', async () => {
    const hold = (fence: number, minutes: number): LeaseChange => ({
      change: 'hold',
      fence,
      at: minutesAfterMorning(minutes),
    });
    const claimed = await held();
    expect(await outcome(claimed, hold(2, 0))).toBe('lease');
    expect(await outcome(claimed, hold(1, 10))).toBe('lease');
    expect(await outcome(claimed, hold(1, 9))).toBe('appended');
    expect(await leaseOf(claimed)).toEqual(lease);
  });
});

describe('a heartbeat', () => {
  test('prolongs the lease, confirms it and touches nothing else', async () => {
    const claimed = await held();
    const until = minutesAfterMorning(25);
    expect(await fixture.ledger.prolong(claimed.id, lease, minutesAfterMorning(9), until)).toBe(
      true,
    );
    const { inquiry, lease: prolonged } = await loadInquiry(fixture.ledger, claimed.id);
    expect(prolonged).toEqual({ ...lease, until, confirmed: true });
    expect(inquiry).toEqual(claimed.inquiry);
  });

  test.each([
    ['comes when the lease has run out', lease, 10],
    ['has an old fence', { ...lease, fence: 2 }, 1],
    ['is another agent’s', { ...lease, agent: Sub.parse('operator-a2') }, 1],
  ])('that %s prolongs nothing', async (_, given, minutes) => {
    const claimed = await held();
    const { id } = claimed;
    expect(
      await fixture.ledger.prolong(
        id,
        given,
        minutesAfterMorning(minutes),
        minutesAfterMorning(99),
      ),
    ).toBe(false);
    expect(await leaseOf(claimed)).toEqual(lease);
  });
});

describe('the alarm of a claim', () => {
  test('that was prolonged after it was read loses nothing', async () => {
    const seen = await held();
    await fixture.ledger.prolong(seen.id, lease, minutesAfterMorning(9), minutesAfterMorning(25));
    const fired = decideDueAlarms(seen, defaultDeskTerms, minutesAfterMorning(10));
    expect(fired.events).toMatchObject([{ type: 'LeaseLost' }]);
    expect(await fixture.ledger.append(planAppendOrThrow(seen.id, seen, fired))).toEqual({
      appended: false,
      conflict: 'lease',
    });
  });

  test('whose living lease was not seen loses nothing', async () => {
    const { id, inquiry } = await held();
    const fired = decideDueAlarms({ inquiry }, defaultDeskTerms, minutesAfterMorning(1));
    expect(fired.events).toMatchObject([{ type: 'LeaseLost' }]);
    expect(await fixture.ledger.append(planAppendOrThrow(id, { inquiry }, fired))).toEqual({
      appended: false,
      conflict: 'lease',
    });
  });

  test('without any lease ends the claim', async () => {
    const { id, inquiry } = await fixture.openInquiry(routed, { events: claim.events });
    const fired = decideDueAlarms({ inquiry }, defaultDeskTerms, minutesAfterMorning(1));
    expect(await fixture.ledger.append(planAppendOrThrow(id, { inquiry }, fired))).toEqual({
      appended: true,
    });
    expect((await loadInquiry(fixture.ledger, id)).inquiry.status).toBe('queued');
  });
});
