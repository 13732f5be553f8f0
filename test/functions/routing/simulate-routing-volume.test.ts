import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InquiryId, instantOf } from '../../../core/inquiry/values/ids.ts';
import { deskList } from '../../core/help-desk.ts';
import { volume } from '../../support/volumes.ts';
import { novemberRange, startSimulationFixture } from './simulation-fixture.ts';

const count = volume({ small: 60, whole: 10_000 });
/** As many as one batch of the routing queue has. */
const together = 10;

const otherwise = { desk: 'bpo', priority: 'low', category: 'general' };
const rules = [
  { id: 'vpn', when: { words: ['vpn'] }, set: { category: 'network', desk: 'bpo-b' } },
  { id: 'urgent', when: { text: ['至急'] }, set: { priority: 'high' } },
];
const texts = ['VPN につながりません', '印刷できません', '至急お願いします', '席を替えたい'];

describe(`a simulation of ${count} inquiries of a month`, () => {
  let fixture: Awaited<ReturnType<typeof startSimulationFixture>>;
  const ids: InquiryId[] = [];

  beforeAll(async () => {
    fixture = await startSimulationFixture();
    await fixture.putRules(rules, otherwise);
    const [from, until] = [Date.parse(novemberRange.from), Date.parse(novemberRange.until)];
    for (let start = 0; start < count; start += together) {
      const at = instantOf(from + Math.floor(((until - from) * start) / count));
      const opened = await Promise.all(
        Array.from({ length: Math.min(together, count - start) }, async (_, index) => {
          const id = await fixture.open(`${texts[(start + index) % texts.length]}`, [], {
            receivedAt: at,
          });
          await fixture.receive(id, at);
          return id;
        }),
      );
      await fixture.router(deskList, at).deliver(...opened);
      ids.push(...opened);
    }
  });
  afterAll(() => fixture?.stop());

  it('differs in nothing by what is in force', async () => {
    const { summary, rows } = await fixture.simulate(novemberRange);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({ inquiries: count, differing: 0, unrouted: 0, missing: 0 });
    expect(summary.desks).toContainEqual({ old: 'bpo-b', new: 'bpo-b', count: count / 4 });
    expect(summary.desks).toContainEqual({ old: 'bpo', new: 'bpo', count: (3 * count) / 4 });
  });

  it('finds each that other rules send elsewhere, and counts them', async () => {
    const changed = rules.map((rule) =>
      rule.id === 'vpn' ? { ...rule, set: { category: 'network', desk: 'staff' } } : rule,
    );
    const { summary, rows } = await fixture.simulate({
      ...novemberRange,
      document: { rules: changed, otherwise },
    });
    const moved = ids.filter((_, index) => index % texts.length === 0);
    expect(new Set(rows.map(({ inquiry }) => inquiry.id))).toEqual(new Set(moved));
    expect(rows).toHaveLength(moved.length);
    expect(rows.every(({ new: anew }) => anew.desk === 'staff')).toBe(true);
    expect(summary).toMatchObject({ inquiries: count, differing: moved.length });
    expect(summary.desks).toContainEqual({ old: 'bpo-b', new: 'staff', count: moved.length });
  });
});
