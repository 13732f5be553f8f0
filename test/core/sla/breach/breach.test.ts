import { describe, expect, it } from 'vitest';
import { mergeVerdictWrites, type VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import { findBreachRecord, showBreach } from '../../../../core/sla/breach/breach.ts';
import { breachScanLimit, listBreaches } from '../../../../core/sla/breach/list-breaches.ts';
import {
  bpo,
  deskListTerms,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
  staffDesk,
} from '../../help-desk.ts';
import { makeTerms } from '../../inquiry/clock/make-service-levels.ts';
import { givenUnder, type InquirySpecification } from '../../inquiry-specification.ts';

/** The records of one clock, by cycle and run, as the ledger would give them. */
function recordsOf(scenario: InquirySpecification, name: string): VerdictRecord[] {
  return mergeVerdictWrites(scenario.verdicts)
    .flatMap(({ verdict, supersededAt }) =>
      verdict?.clock === name
        ? [{ verdict, reviews: [], ...(supersededAt === undefined ? {} : { supersededAt }) }]
        : [],
    )
    .sort(({ verdict: one }, { verdict: other }) => one.cycle - other.cycle || one.run - other.run);
}

const routed = (wall: string, terms = deskListTerms) =>
  givenUnder(
    terms,
    makeReceivedEvent(parseTokyoTime(wall)),
    makeRoutedEvent(bpo, 'critical', parseTokyoTime(wall)),
  );

describe('a breach among the records of its clock', () => {
  const scenario = routed('2026-11-20 09:00')
    .when('a1', { command: 'claim' }, parseTokyoTime('2026-11-20 09:12'))
    .when('a1', { command: 'release', fence: 1 }, parseTokyoTime('2026-11-20 09:12:30'))
    .when('a2', { command: 'claim' }, parseTokyoTime('2026-11-20 09:14:30'));
  const records = recordsOf(scenario, 'pickup');

  it('is the record that was missed first, with the end of the run that went on', () => {
    const breach = findBreachRecord(records, 1);
    expect(breach?.record.verdict).toMatchObject({
      run: 1,
      breachedAt: parseTokyoTime('2026-11-20 09:10'),
    });
    expect(breach?.latest).toMatchObject({ run: 2, inherited: true });
    if (breach === undefined) return;
    expect(
      showBreach(
        breach,
        undefined,
        deskListTerms.serviceLevels,
        parseTokyoTime('2026-11-20 10:00'),
      ),
    ).toMatchObject({
      id: `${scenario.inquiry.id}.pickup.1`,
      ...{ desk: 'bpo', priority: 'critical', state: 'ended', zone: 'Asia/Tokyo' },
      ...{ target: 600, elapsed: 840, late: 240, endedAt: parseTokyoTime('2026-11-20 09:14:30') },
    });
  });

  it('is none in a cycle that was met, or that there was not', () => {
    expect(findBreachRecord(recordsOf(scenario, 'first_response'), 1)).toBeUndefined();
    expect(findBreachRecord(records, 2)).toBeUndefined();
    expect(findBreachRecord([], 1)).toBeUndefined();
  });

  it('is none in a cycle that goes on with the miss of the one before', () => {
    const continuing = routed('2026-11-20 09:00', makeTerms({ reopen: 'continue' }));
    continuing
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-20 15:00'))
      .when('lead', { command: 'reopen', reason: 'x' }, parseTokyoTime('2026-11-20 16:00'))
      .when('lead', { command: 'resolve' }, parseTokyoTime('2026-11-20 16:30'));
    const ofResolution = recordsOf(continuing, 'resolution');
    expect(ofResolution).toHaveLength(2);
    expect(findBreachRecord(ofResolution, 2)).toBeUndefined();
    expect(findBreachRecord(ofResolution, 1)?.latest).toMatchObject({
      cycle: 2,
      verdict: 'missed',
    });
  });
});

describe('a breach that runs on', () => {
  it('says how much it has used and how late it is so far', () => {
    const scenario = routed('2026-11-20 09:00');
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-20 09:11'));
    const breach = findBreachRecord(recordsOf(scenario, 'pickup'), 1);
    if (breach === undefined) throw new TypeError('it was missed');
    const { serviceLevels: levels } = deskListTerms;
    const now = parseTokyoTime('2026-11-20 09:25');
    expect(showBreach(breach, scenario.inquiry, levels, now)).toMatchObject({
      ...{ state: 'running', elapsed: 1500, late: 900 },
    });
    const unknown = showBreach(breach, undefined, levels, now);
    expect([unknown.elapsed, unknown.late]).toEqual([undefined, undefined]);
  });
});

describe('a list whose filter leaves most out', () => {
  it('ends its page when it has looked through its share, and says where it goes on', async () => {
    const scenario = routed('2026-11-20 09:00');
    scenario.whenAlarmsFire(parseTokyoTime('2026-11-20 09:11'));
    const [record] = recordsOf(scenario, 'pickup');
    if (record === undefined) throw new TypeError('it was missed');
    let seen = 0;
    const endless = {
      readClockRecords: async () => [record],
      listBreaches: async (_: unknown, limit: number) => {
        const breaches = Array.from({ length: limit }, (_one, place) => ({
          at: String(seen + place + 1),
          record,
        }));
        seen += limit;
        return { breaches, next: String(seen) };
      },
    };
    const listing = { verdicts: endless, ledger: { load: async () => scenario.loaded } };
    const now = parseTokyoTime('2026-11-20 09:12');
    const elsewhere = await listBreaches(
      listing,
      { desk: staffDesk },
      10,
      undefined,
      deskListTerms,
      now,
    );
    expect(elsewhere).toEqual({ breaches: [], next: `open ${breachScanLimit}` });
    seen = 0;
    const { breaches, next } = await listBreaches(
      listing,
      { desk: bpo },
      10,
      undefined,
      deskListTerms,
      now,
    );
    expect([breaches.length, next]).toEqual([10, 'open 10']);
  });
});
