import { describe, expect, it } from 'vitest';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../../../core/inquiry/decide-continuation.ts';
import { bpo, inquiryId } from '../../work/command-scenario.ts';
import { CaseFile, shipped, tokyo } from './inquiry-scenario.ts';
import { levelsWith, standardWith } from './make-service-levels.ts';

const hour = 3600;
const at = (time: string) => tokyo(`2026-11-24 ${time}`);
const wednesday = (time: string) => tokyo(`2026-11-25 ${time}`);

/** High: to be resolved within eight office hours, which is Wednesday at ten. */
const received = () =>
  CaseFile.received(at('09:00'), { priority: 'high' }).route(bpo, 'high', at('09:00'));

const office = { zone: 'Asia/Tokyo', holidays: { feed: 'jp' as const } };
const hours = ['09:00-12:00', '13:00-17:00'];
const week = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
const closedFrom = (close: string) => ({
  ...{ ...office, week },
  overrides: [{ date: '2026-11-24', intervals: [`09:00-${close}`], note: '台風' }],
});
const withoutLunch = { ...office, week: { ...week, tue: ['09:00-17:00'] } };

function put(
  file: CaseFile,
  calendars: Parameters<typeof levelsWith>[1],
  policies: Parameters<typeof levelsWith>[0] = [],
): CaseFile {
  file.terms = { ...shipped, serviceLevels: levelsWith(policies, calendars) };
  return file;
}

describe('a calendar that changes', () => {
  const typhoon = { put: at('12:00'), calendars: { 'tokyo-office': closedFrom('12:00') } };

  it('moves the deadlines of what is open, from when it was put', () => {
    const file = put(received(), [typhoon]);
    expect(file.ring(at('12:00:01'))).toEqual(
      expect.arrayContaining(['ClocksReckoned', 'ClockBreached']),
    );
    expect(file.all('ClocksReckoned')).toMatchObject([
      { at: at('12:00'), recordedAt: at('12:00:01'), mark: { calendars: 1 } },
    ]);
    // Three hours on Tuesday, five on Wednesday.
    expect(file.clock('resolution')).toMatchObject({ dueAt: wednesday('15:00') });
    expect(file.clock('resolution').target).toMatchObject({ calendars: 1 });
  });

  it('may be in force from earlier the same day', () => {
    const early = {
      ...typhoon,
      from: at('00:00'),
      calendars: { 'tokyo-office': closedFrom('10:00') },
    };
    const file = put(received(), [early]);
    file.ring(at('12:00:01'));
    // One hour on Tuesday and seven on Wednesday.
    expect(file.clock('resolution').dueAt).toBe(wednesday('17:00'));
  });

  it('is known for its time to come as soon as it is put', () => {
    const file = put(received(), [{ ...typhoon, put: at('09:30'), from: at('15:00') }]);
    file.must('lead', { command: 'note', text: '…' }, at('09:31'));
    // Closed from three on: five hours on Tuesday.
    expect(file.clock('resolution').dueAt).toBe(wednesday('12:00'));
  });

  it('judges a deadline that falls between the edit and its recomputation', () => {
    // The first response is due at ten.
    const file = put(received(), [{ ...typhoon, put: at('09:30'), from: at('09:30') }]);
    const noon = { ...typhoon, put: at('09:40'), from: at('09:00') };
    put(file, [{ ...noon, calendars: { 'tokyo-office': { ...closedFrom('09:30') } } }]);
    file.ring(at('10:30'));
    expect(file.clock('first_response')).not.toHaveProperty('breachedAt');
    expect(file.clock('first_response').dueAt).toBe(wednesday('09:30'));
  });

  it('leaves missed what had been missed before it is in force, though nobody had noticed', () => {
    const file = put(received(), [typhoon]);
    file.ring(at('12:00:01'));
    expect(file.clock('first_response').breachedAt).toBe(at('10:00'));
  });

  it('does not let anything be missed before it was put', () => {
    const file = CaseFile.received(at('09:00'), { priority: 'critical' });
    file.route(bpo, 'critical', at('09:00'));
    // Four hours are up at two o’clock; without the break they would have been at one.
    expect(file.clock('resolution').dueAt).toBe(at('14:00'));
    put(file, [
      { put: at('13:30'), from: at('00:00'), calendars: { 'tokyo-office': withoutLunch } },
    ]).ring(at('13:30:05'));
    expect(file.clock('resolution')).toMatchObject({
      ...{ breachedAt: at('13:30'), detectedAt: at('13:30:05') },
    });
  });

  it('moves no verdict that is finished, nor a miss', () => {
    const file = received().must('lead', { command: 'reply', text: '…' }, at('09:20'));
    file.ring(at('11:00'));
    const [pickup] = file.verdicts.filter(({ key }) => key.clock === 'pickup');
    const before = file.clock('first_response');
    put(file, [{ ...typhoon, from: at('00:00') }]).ring(at('12:00'));
    expect(file.clock('first_response')).toEqual(before);
    expect(file.verdictOf('pickup', 1)).toMatchObject({
      ...{ breachedAt: pickup?.verdict?.breachedAt, detectedAt: pickup?.verdict?.detectedAt },
    });
    expect(file.clock('pickup').breachedAt).toBe(at('09:30'));
  });

  it('does not reach what is paused before it runs on', () => {
    const file = received()
      .must('a1', { command: 'claim' }, at('09:00'))
      .keepLease(at('10:00'))
      .must('a1', { command: 'wait', fence: 1 }, at('09:30'));
    put(file, [typhoon]).ring(at('12:30'));
    expect(file.clock('resolution')).not.toHaveProperty('dueAt');
    file.must('a1', { command: 'resume' }, wednesday('09:00'));
    expect(file.clock('resolution').dueAt).toBe(tokyo('2026-11-26 09:30'));
  });

  it('is put once for each inquiry: ringing again reckons nothing', () => {
    const file = put(received(), [typhoon]);
    file.ring(at('12:05'));
    expect(file.ring(at('12:05'))).toEqual([]);
    expect(file.all('ClocksReckoned')).toHaveLength(1);
  });
});

describe('policies that change', () => {
  const four = standardWith({ high: 'PT4H' });
  const two = standardWith({ high: 'PT2H' });

  it('hold what is open from when they were put, and missed is not before', () => {
    const file = put(received(), [], [{ put: at('13:30'), policies: two }]);
    file.ring(at('13:30'));
    expect(file.clock('resolution')).toMatchObject({
      ...{ breachedAt: at('13:30'), target: { seconds: 2 * hour, policies: 1 } },
    });
  });

  it('hold it from when they come into force, which is an alarm', () => {
    const file = put(received(), [], [{ put: at('09:30'), from: at('15:00'), policies: four }]);
    file.must('lead', { command: 'note', text: '…' }, at('09:40'));
    expect(file.clock('resolution').dueAt).toBe(wednesday('10:00'));
    expect(file.inquiry.levels).toEqual({
      ...{ policies: 0, known: 1, calendars: 0, reckonAt: at('15:00') },
    });
    file.ring(at('14:59:59'));
    expect(file.alarm).toBe(at('15:00'));
    file.ring(at('15:00'));
    expect(file.clock('resolution').breachedAt).toBe(at('15:00'));
    expect(file.inquiry.levels).toEqual({ policies: 1, known: 1, calendars: 0 });
  });

  it('are reckoned each from its own instant, though both are noticed later', () => {
    const file = put(
      received(),
      [{ put: at('14:00'), calendars: { 'tokyo-office': closedFrom('14:00') } }],
      [{ put: at('13:30'), policies: two }],
    );
    file.ring(at('16:00'));
    expect(file.all('ClocksReckoned').map((event) => [event.at, event.mark])).toEqual([
      [at('13:30'), { policies: 1, known: 1, calendars: 0 }],
      [at('14:00'), { policies: 1, known: 1, calendars: 1 }],
    ]);
    expect(file.clock('resolution').breachedAt).toBe(at('13:30'));
  });

  it('come after calendars that were put before them', () => {
    const file = put(
      received(),
      [{ put: at('13:30'), calendars: { 'tokyo-office': closedFrom('13:30') } }],
      [{ put: at('14:00'), policies: two }],
    );
    file.ring(at('16:00'));
    expect(file.all('ClocksReckoned').map((event) => event.at)).toEqual([at('13:30'), at('14:00')]);
  });

  it('leave missed what was missed before, though nobody had noticed', () => {
    const relaxed = standardWith({ critical: 'PT16H' });
    const critical = () =>
      CaseFile.received(at('09:00'), { priority: 'critical' }).route(bpo, 'critical', at('09:00'));
    // Due at two o’clock.
    const later = put(critical(), [], [{ put: at('14:30'), policies: relaxed }]);
    later.ring(at('16:00'));
    expect(later.clock('resolution').breachedAt).toBe(at('14:00'));
    const before = put(
      critical(),
      [],
      [{ put: at('14:30'), from: at('08:00'), policies: relaxed }],
    );
    before.ring(at('16:00'));
    expect(before.clock('resolution')).not.toHaveProperty('breachedAt');
  });

  it('of which a later one takes the place before it is in force never come into force', () => {
    const levels = levelsWith([
      { put: at('09:10'), from: at('15:00'), policies: two },
      { put: at('09:20'), from: at('14:00'), policies: four },
    ]);
    expect(levels.versionsAt(at('09:30'))).toMatchObject({ policies: 0, reckonAt: at('14:00') });
    expect(levels.versionsAt(at('14:00'))).toEqual({ policies: 2, known: 2, calendars: 0 });
    expect(levels.versionsAt(at('16:00'))).toMatchObject({ policies: 2 });
  });

  it('say what a warning is too, and repeat none that has come', () => {
    const file = received();
    file.ring(at('14:30'));
    put(file, [], [{ put: at('14:40'), policies: standardWith({ high: 'PT16H' }) }]);
    file.ring(tokyo('2026-11-26 12:00'));
    expect(
      file
        .all('ClockWarned')
        .flatMap(({ clock, percent }) => (clock === 'resolution' ? percent : [])),
    ).toEqual([50, 75]);
  });

  it('are of no concern to what is resolved until it is reopened', () => {
    const file = received().must('lead', { command: 'resolve' }, at('10:00'));
    put(file, [], [{ put: at('11:00'), policies: two }]);
    expect(file.ring(at('12:00'))).toEqual([]);
    file.must('requester', { command: 'reopen', reason: '…' }, at('13:00'));
    expect(file.clock('resolution')).toMatchObject({ cycle: 2, dueAt: at('15:00') });
    expect(file.inquiry.levels).toMatchObject({ policies: 1 });
  });
});

it('what was put after the levels were read is not undone: the append is to be tried again', () => {
  const file = put(
    received(),
    [],
    [{ put: at('09:30'), policies: standardWith({ high: 'PT2H' }) }],
  );
  file.ring(at('09:31'));
  const note = buildReopenedEvent(
    file.inquiry,
    { kind: 'system', part: 'work' },
    shipped,
    at('09:31'),
  );
  expect(
    planAppend(inquiryId, file.loaded, { events: [note] }, shipped, at('09:31')),
  ).toMatchObject({
    refused: 'transient.conflict',
  });
});

it('beyond the years that a calendar knows a clock has no deadline, and nothing throws', () => {
  const file = CaseFile.received(tokyo('2044-12-30 16:00'), { priority: 'low' });
  file.route(bpo, 'low', tokyo('2044-12-30 16:00'));
  expect(file.clock('resolution')).not.toHaveProperty('dueAt');
  file.ring(tokyo('2045-03-01 10:00'));
  file.must('lead', { command: 'resolve' }, tokyo('2045-03-01 10:00'));
  expect(file.clock('resolution')).toMatchObject({ verdict: 'met' });
  expect(file.clock('resolution')).not.toHaveProperty('elapsed');
});
