import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayClocks, restateClocks } from '../../../../core/inquiry/clock/replay-clocks.ts';
import type { VerdictWrite } from '../../../../core/inquiry/clock/verdict.ts';
import { shippedServiceLevels } from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { runs } from '../../../support/volumes.ts';
import {
  bpo,
  commandedInquiryId,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
} from '../../help-desk.ts';
import { given } from '../../inquiry-specification.ts';
import { generatedShippedLife, playLife } from './generated-lives.ts';
import { makePoliciesWithTargets, makeServiceLevels } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => parseTokyoTime(`2026-11-24 ${time}`);
const wednesday = (time: string) => parseTokyoTime(`2026-11-25 ${time}`);

/** Due on Wednesday at ten, and resolved an hour later; nobody noticed before. */
const missed = () =>
  given(
    makeReceivedEvent(at('09:00'), { priority: 'high' }),
    makeRoutedEvent(bpo, 'high', at('09:00')),
  ).when('lead', { command: 'resolve' }, wednesday('11:00'));

const hours = ['09:00-12:00', '13:00-17:00'];
const typhoon = {
  zone: 'Asia/Tokyo',
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
  overrides: [{ date: '2026-11-24', intervals: ['09:00-12:00'] }],
};
const until = parseTokyoTime('2026-12-01 00:00');

function resolutionOf(verdicts: readonly VerdictWrite[] | undefined) {
  return verdicts?.find(({ key }) => key.clock === 'resolution')?.verdict;
}

describe('a restatement', () => {
  it('judges the past by a calendar of today, and leaves what was recorded as it was', () => {
    const scenario = missed();
    const closed = {
      put: parseTokyoTime('2026-11-30 09:00'),
      calendars: { 'tokyo-office': typhoon },
    };
    const serviceLevels = makeServiceLevels([], [{ ...closed, from: at('00:00') }]);
    expect(resolutionOf(scenario.verdicts)).toMatchObject({ verdict: 'missed', elapsed: 9 * hour });
    expect(
      resolutionOf(
        restateClocks(commandedInquiryId, scenario.events, serviceLevels, until)?.verdicts,
      ),
    ).toMatchObject({ verdict: 'met', elapsed: 5 * hour, endedAt: wednesday('11:00') });
    expect(
      resolutionOf(replayClocks(commandedInquiryId, scenario.events, serviceLevels)?.verdicts),
    ).toEqual(resolutionOf(scenario.verdicts));
  });

  it('judges it by other targets, for which no alarm fired, and notices each miss at once', () => {
    const serviceLevels = makeServiceLevels([
      { put: until, from: at('00:00'), policies: makePoliciesWithTargets({ high: 'PT2H' }) },
    ]);
    expect(
      resolutionOf(
        restateClocks(commandedInquiryId, missed().events, serviceLevels, until)?.verdicts,
      ),
    ).toMatchObject({
      verdict: 'missed',
      breachedAt: at('11:00'),
      detectedAt: at('11:00:01'),
      late: 7 * hour,
    });
  });

  it('takes each version from when it is in force', () => {
    const serviceLevels = makeServiceLevels([
      { put: until, from: at('14:00'), policies: makePoliciesWithTargets({ high: 'PT2H' }) },
    ]);
    expect(
      resolutionOf(
        restateClocks(commandedInquiryId, missed().events, serviceLevels, until)?.verdicts,
      ),
    ).toMatchObject({ verdict: 'missed', breachedAt: at('14:00') });
  });

  it('knows nothing of what was recorded after it was made', () => {
    const early = restateClocks(
      commandedInquiryId,
      missed().events,
      shippedServiceLevels,
      wednesday('10:30'),
    );
    expect(early?.inquiry.status).toBe('queued');
    expect(resolutionOf(early?.verdicts)).toMatchObject({ breachedAt: wednesday('10:00') });
    expect(resolutionOf(early?.verdicts)).not.toHaveProperty('verdict');
  });

  it('by the service levels that were in force gives the verdicts that were recorded', () => {
    fc.assert(
      fc.property(generatedShippedLife, (lived) => {
        const { scenario, now } = playLife(lived);
        scenario.whenAlarmsFire(now);
        const restated = restateClocks(
          commandedInquiryId,
          scenario.events,
          shippedServiceLevels,
          now,
        );
        const unnoticed = (writes: readonly VerdictWrite[] | undefined) =>
          writes?.map(({ key: { clock, cycle, run }, verdict, supersededAt }) => {
            const { detectedAt: _, ...facts } = verdict ?? {};
            return { clock, cycle, run, supersededAt, facts };
          });
        expect(unnoticed(restated?.verdicts)).toEqual(unnoticed(scenario.verdicts));
      }),
      runs(40),
    );
  });
});

it('events that nothing opens are no history', () => {
  expect(replayClocks(commandedInquiryId, [], shippedServiceLevels)).toBeUndefined();
  expect(restateClocks(commandedInquiryId, [], shippedServiceLevels, until)).toBeUndefined();
});
