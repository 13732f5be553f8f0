import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayClocks, restateClocks } from '../../../../core/inquiry/clock/replay-clocks.ts';
import type { VerdictWrite } from '../../../../core/inquiry/clock/verdict.ts';
import { shippedServiceLevels } from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { bpo, inquiryId } from '../../work/command-scenario.ts';
import { live, unchangedLife } from './generated-lives.ts';
import { CaseFile, tokyo } from './inquiry-scenario.ts';
import { levelsWith, standardWith } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => tokyo(`2026-11-24 ${time}`);
const wednesday = (time: string) => tokyo(`2026-11-25 ${time}`);

/** Due on Wednesday at ten, and resolved an hour later; nobody noticed before. */
const missed = () =>
  CaseFile.received(at('09:00'), { priority: 'high' })
    .route(bpo, 'high', at('09:00'))
    .must('lead', { command: 'resolve' }, wednesday('11:00'));

const hours = ['09:00-12:00', '13:00-17:00'];
const typhoon = {
  zone: 'Asia/Tokyo',
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
  overrides: [{ date: '2026-11-24', intervals: ['09:00-12:00'] }],
};
const until = tokyo('2026-12-01 00:00');

function resolutionOf(verdicts: readonly VerdictWrite[] | undefined) {
  return verdicts?.find(({ key }) => key.clock === 'resolution')?.verdict;
}

describe('a restatement', () => {
  it('judges the past by a calendar of today, and leaves what was recorded as it was', () => {
    const file = missed();
    const closed = { put: tokyo('2026-11-30 09:00'), calendars: { 'tokyo-office': typhoon } };
    const levels = levelsWith([], [{ ...closed, from: at('00:00') }]);
    expect(resolutionOf(file.verdicts)).toMatchObject({ verdict: 'missed', elapsed: 9 * hour });
    expect(
      resolutionOf(restateClocks(inquiryId, file.events, levels, until)?.verdicts),
    ).toMatchObject({
      ...{ verdict: 'met', elapsed: 5 * hour, endedAt: wednesday('11:00') },
    });
    expect(resolutionOf(replayClocks(inquiryId, file.events, levels)?.verdicts)).toEqual(
      resolutionOf(file.verdicts),
    );
  });

  it('judges it by other targets, which no alarm rang for, and notices each miss at once', () => {
    const levels = levelsWith([
      { put: until, from: at('00:00'), policies: standardWith({ high: 'PT2H' }) },
    ]);
    expect(
      resolutionOf(restateClocks(inquiryId, missed().events, levels, until)?.verdicts),
    ).toMatchObject({
      verdict: 'missed',
      breachedAt: at('11:00'),
      detectedAt: at('11:00:01'),
      late: 7 * hour,
    });
  });

  it('takes each version from when it is in force', () => {
    const levels = levelsWith([
      { put: until, from: at('14:00'), policies: standardWith({ high: 'PT2H' }) },
    ]);
    expect(
      resolutionOf(restateClocks(inquiryId, missed().events, levels, until)?.verdicts),
    ).toMatchObject({ verdict: 'missed', breachedAt: at('14:00') });
  });

  it('knows nothing of what was recorded after it was made', () => {
    const early = restateClocks(
      inquiryId,
      missed().events,
      shippedServiceLevels,
      wednesday('10:30'),
    );
    expect(early?.inquiry.status).toBe('queued');
    expect(resolutionOf(early?.verdicts)).toMatchObject({ breachedAt: wednesday('10:00') });
    expect(resolutionOf(early?.verdicts)).not.toHaveProperty('verdict');
  });

  it('by the levels that were in force all the while gives the verdicts that were recorded', () => {
    fc.assert(
      fc.property(unchangedLife, (lived) => {
        const { file, now } = live(lived);
        file.ring(now);
        const restated = restateClocks(inquiryId, file.events, shippedServiceLevels, now);
        const unnoticed = (writes: readonly VerdictWrite[] | undefined) =>
          writes?.map(({ key: { clock, cycle, run }, verdict, supersededAt }) => {
            const { detectedAt: _, ...facts } = verdict ?? {};
            return { clock, cycle, run, supersededAt, facts };
          });
        expect(unnoticed(restated?.verdicts)).toEqual(unnoticed(file.verdicts));
      }),
      { numRuns: 80 },
    );
  });
});

it('events that nothing opens are no history', () => {
  expect(replayClocks(inquiryId, [], shippedServiceLevels)).toBeUndefined();
  expect(restateClocks(inquiryId, [], shippedServiceLevels, until)).toBeUndefined();
});
