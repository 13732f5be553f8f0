import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import type {
  BreachReview,
  VerdictKey,
  VerdictRecord,
} from '../../../../core/inquiry/clock/verdict.ts';
import { decideAndAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { mergeInquiries } from '../../../../core/work/merge-inquiries.ts';
import {
  bpo,
  bpoB,
  deskListTerms,
  helpDeskActors,
  staffDesk,
  workStart,
} from '../../../core/help-desk.ts';
import {
  type ServiceLevelFixture,
  startServiceLevelFixture,
} from '../../../support/service-level-fixture.ts';

/** 09:00 in Tokyo on an office day. */
let nine: Instant;
const at = (minutes: number) => addSeconds(nine, minutes * 60);

let fixture: ServiceLevelFixture;
beforeAll(async () => {
  fixture = await startServiceLevelFixture();
});
afterAll(() => fixture.stop());

let weeks = 0;
/** Moves on to a day that no other test uses, so that their breaches do not mix. */
function newDay(): void {
  nine = addSeconds(workStart, weeks * 7 * 86_400);
  weeks += 1;
}

async function recordsOf(id: InquiryId, clock: ClockName): Promise<VerdictRecord[]> {
  const judged = { desk: bpo, month: nine.slice(0, 7) };
  return fixture.verdicts.readClockRecords({ inquiryId: id, clock, judged });
}

const review = (cause: string): BreachReview => ({
  ...{ cause, party: 'vendor', at: nine },
  by: { sub: helpDeskActors.lead.sub, name: 'lead' },
});

/** Adds a review to a record, in the transaction of its event. */
function addReview(id: InquiryId, key: VerdictKey, given: BreachReview, now: Instant) {
  return decideAndAppend(fixture.commandDependencies, id, deskListTerms, now, () => ({
    events: [
      {
        ...{
          v: 1,
          at: now,
          by: { kind: 'agent', sub: helpDeskActors.lead.sub, name: 'lead', role: 'lead' },
        },
        ...{ type: 'BreachReviewed', clock: key.clock, cycle: key.cycle },
        ...{ cause: given.cause, party: given.party },
      },
    ],
    verdicts: [{ key, review: given }],
  }));
}

const onlyOf = <Element>(list: readonly Element[]): Element => {
  const [one, ...more] = list;
  if (one === undefined || more.length > 0) throw new TypeError(`${list.length} and not one`);
  return one;
};

const today = () => ({ from: nine, before: at(1_440) });
const open = (limit = 100, after?: string) =>
  fixture.verdicts.listBreaches({ state: 'open', ...today() }, limit, after);
const reviewed = (limit = 100, after?: string) =>
  fixture.verdicts.listBreaches({ state: 'done', ...today() }, limit, after);
const namesOf = ({ breaches }: Awaited<ReturnType<typeof open>>) =>
  breaches.map(({ record: { verdict } }) => `${verdict.clock}-${verdict.cycle}-${verdict.run}`);

describe('the record of a clock', () => {
  it('is written with the event that breaks it, and again with the one that ends it', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    await fixture.fireAlarms(id, at(10));
    expect(await recordsOf(id, 'pickup')).toEqual([]);
    await fixture.fireAlarms(id, addSeconds(nine, 601));
    const missed = onlyOf(await recordsOf(id, 'pickup'));
    expect(missed.verdict).toMatchObject({
      ...{ inquiryId: id, clock: 'pickup', cycle: 1, run: 1, priority: 'critical', target: 600 },
      ...{ breachedAt: at(10), detectedAt: addSeconds(nine, 601) },
      judged: { desk: 'bpo', month: nine.slice(0, 7), priority: 'critical' },
    });
    expect(missed.verdict).not.toHaveProperty('verdict');
    await fixture.claim(id, 'a1', at(12));
    const ended = onlyOf(await recordsOf(id, 'pickup'));
    expect(ended.verdict).toMatchObject({ verdict: 'missed', endedAt: at(12), elapsed: 720 });
  });

  it('stands beside others when a merge writes two inquiries in one transaction', async () => {
    newDay();
    const [one, other] = await Promise.all([fixture.open(nine), fixture.open(nine)]);
    const commandContext = {
      actor: helpDeskActors.staff1,
      terms: deskListTerms,
      now: at(11),
      messageId: 'm',
    };
    const merged = await mergeInquiries(
      fixture.commandDependencies,
      one.id,
      other.id,
      commandContext,
    );
    expect(merged).toMatchObject({ inquiry: { status: 'merged' } });
    const cancelled = await recordsOf(one.id, 'resolution');
    expect(onlyOf(cancelled).verdict.verdict).toBe('cancelled');
    expect(onlyOf(await recordsOf(one.id, 'pickup')).verdict.verdict).toBe('missed');
    expect(onlyOf(await recordsOf(other.id, 'pickup')).verdict).toMatchObject({
      breachedAt: at(10),
    });
  });

  it('that another run supersedes says since when, and keeps what it said', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    const fence = await fixture.claim(id, 'a1', at(4));
    await fixture.issueCommand(id, 'a1', { command: 'release', fence }, at(4.5));
    await fixture.claim(id, 'a2', at(9));
    const [first, second] = await recordsOf(id, 'pickup');
    expect(first).toMatchObject({
      verdict: { run: 1, verdict: 'met', elapsed: 240 },
      supersededAt: at(4.5),
    });
    expect(second).toMatchObject({ verdict: { run: 2, verdict: 'met', elapsed: 510 } });
    expect(second).not.toHaveProperty('supersededAt');
  });

  it('keeps its reviews when it ends, is superseded, or is reviewed again', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    await fixture.fireAlarms(id, at(11));
    const key = onlyOf(await recordsOf(id, 'pickup')).verdict;
    await addReview(id, key, review('capacity'), at(11));
    const fence = await fixture.claim(id, 'a1', at(12));
    await addReview(id, key, review('vendor-late'), at(12.2));
    await fixture.issueCommand(id, 'a1', { command: 'release', fence }, at(12.5));
    const [first, second] = await recordsOf(id, 'pickup');
    expect(first?.reviews).toEqual([review('capacity'), review('vendor-late')]);
    expect(first).toMatchObject({ verdict: { endedAt: at(12) }, supersededAt: at(12.5) });
    expect(second).toMatchObject({ verdict: { inherited: true }, reviews: [] });
    expect(namesOf(await reviewed())).toEqual(['pickup-1-1']);
  });

  it('is written once though it is reviewed in the transaction that supersedes it', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    await fixture.fireAlarms(id, at(11));
    await fixture.claim(id, 'a1', at(12));
    const key = onlyOf(await recordsOf(id, 'pickup')).verdict;
    // The claim was never confirmed: by now the lease is lost and pickup runs again.
    const done = await addReview(id, key, review('capacity'), at(14));
    expect(done).toMatchObject({ events: [{ type: 'LeaseLost' }, { type: 'BreachReviewed' }] });
    const [first] = await recordsOf(id, 'pickup');
    expect(first).toMatchObject({ supersededAt: at(14), reviews: [review('capacity')] });
  });
});

describe('the list of breaches', () => {
  it('has each miss once, and not what goes on with an earlier one', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    await fixture.fireAlarms(id, at(11));
    expect(namesOf(await open())).toEqual(['pickup-1-1']);
    const fence = await fixture.claim(id, 'a1', at(12));
    await fixture.issueCommand(id, 'a1', { command: 'release', fence }, at(12.5));
    await fixture.claim(id, 'a2', at(14));
    expect(namesOf(await open())).toEqual(['pickup-1-1']);
    await fixture.fireAlarms(id, at(16));
    expect(namesOf(await open())).toEqual(['pickup-1-1', 'first_response-1-1']);
  });

  it('has a miss leave the open ones for the reviewed ones, and never come back', async () => {
    newDay();
    const { id } = await fixture.open(nine);
    await fixture.fireAlarms(id, at(11));
    const key = onlyOf(await recordsOf(id, 'pickup')).verdict;
    await addReview(id, key, review('capacity'), at(11));
    expect([namesOf(await open()), namesOf(await reviewed())]).toEqual([[], ['pickup-1-1']]);
    await fixture.claim(id, 'a1', at(12));
    expect([namesOf(await open()), namesOf(await reviewed())]).toEqual([[], ['pickup-1-1']]);
  });

  it('is in order over all its shards, in pages of any size, and either way', async () => {
    newDay();
    const ids: InquiryId[] = [];
    for (let one = 0; one < 14; one += 1) {
      const { id } = await fixture.open(at((one * 5) % 14));
      await fixture.fireAlarms(id, at(((one * 5) % 14) + 11));
      ids.push(id);
    }
    const all = (await open()).breaches;
    const places = all.map(({ record: { verdict: v } }) => `${v.breachedAt} ${v.inquiryId}`);
    expect(places).toHaveLength(14);
    expect(places).toEqual([...places].sort());
    for (const size of [1, 3, 14]) expect(await paged(open, size)).toEqual(all);
    for (const { record } of all) {
      const { inquiryId, breachedAt = nine } = record.verdict;
      const now = addSeconds(breachedAt, 120);
      await addReview(inquiryId, record.verdict, review('capacity'), now);
    }
    expect(await open()).toEqual({ breaches: [] });
    const done = await paged(reviewed, 4);
    expect(done.map(({ at: place }) => place)).toEqual(all.map(({ at: place }) => place).reverse());
  });

  it('gives what happened from one instant up to but not including another', async () => {
    newDay();
    for (const late of [0, 1, 2]) {
      const { id } = await fixture.open(at(late));
      await fixture.fireAlarms(id, at(late + 11));
    }
    const within = { state: 'open', from: at(11), before: at(12) } as const;
    const { breaches } = await fixture.verdicts.listBreaches(within, 100);
    expect(breaches.map(({ record }) => record.verdict.breachedAt)).toEqual([at(11)]);
  });
});

async function paged(list: typeof open, size: number) {
  const all: Awaited<ReturnType<typeof open>>['breaches'] = [];
  let after: string | undefined;
  do {
    const page = await list(size, after);
    expect(page.breaches.length).toBeLessThanOrEqual(size);
    all.push(...page.breaches);
    after = page.next;
  } while (after !== undefined);
  return all;
}

describe('the records of a month', () => {
  it('are those of the desk at which each was judged, over all shards', async () => {
    newDay();
    const month = nine.slice(0, 7);
    const ids = [];
    for (let one = 0; one < 12; one += 1) {
      const { id } = await fixture.open(nine, 'bpo-b');
      await fixture.claim(id, 'b1', at(1));
      ids.push(id);
    }
    const { id: moved } = await fixture.open(nine, 'bpo-b');
    await fixture.issueCommand(moved, 'staff1', { command: 'transfer', desk: staffDesk }, at(2));
    const ofB = await ofMonth(month, bpoB);
    expect(
      ofB
        .filter(({ clock }) => clock === 'pickup')
        .map(({ inquiryId }) => inquiryId)
        .sort(),
    ).toEqual([...ids, moved].sort());
    expect(new Set(ofB.map(({ judged }) => judged.desk))).toEqual(new Set(['bpo-b']));
    expect(await ofMonth(month, staffDesk)).toEqual([]);
  });

  it('of an inquiry that came to no desk stand under none', async () => {
    newDay();
    const { id } = await fixture.open(nine, null);
    await fixture.fireAlarms(id, at(16));
    const month = nine.slice(0, 7);
    const records = await ofMonth(month, undefined);
    expect(records.filter(({ inquiryId }) => inquiryId === id)).toMatchObject([
      { clock: 'first_response', judged: { month, priority: 'critical' } },
    ]);
  });
});

async function ofMonth(month: string, desk: typeof bpo | undefined) {
  const found = [];
  for await (const page of fixture.verdicts.readMonth(month, desk)) {
    found.push(...page.map(({ verdict }) => verdict));
  }
  return found;
}
