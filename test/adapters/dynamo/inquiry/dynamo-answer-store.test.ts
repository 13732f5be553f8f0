import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoAnswerStore } from '../../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { minutesAfterMorning } from '../../../support/specimens.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

let minutes = 0;
const answers = () =>
  new DynamoAnswerStore(dynamo.table, () => Date.parse(minutesAfterMorning(minutes)));

test('an answer is kept and found until it expires, and then another takes its place', async () => {
  expect(await answers().find('http#1')).toBeUndefined();
  expect(await answers().put('http#1', '{"status":201}', minutesAfterMorning(60))).toBe('kept');
  minutes = 59;
  expect(await answers().find('http#1')).toBe('{"status":201}');
  expect(await answers().put('http#1', '{"status":409}', minutesAfterMorning(99))).toBe('taken');
  minutes = 60;
  expect(await answers().find('http#1')).toBeUndefined();
  expect(await answers().put('http#1', '{"status":409}', minutesAfterMorning(99))).toBe('kept');
  expect(await answers().find('http#1')).toBe('{"status":409}');
});

test('of ten that are kept at once under one key, one is', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      answers().put('http#2', String(index), minutesAfterMorning(999)),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
  expect(await answers().find('http#2')).toBe(String(outcomes.indexOf('kept')));
});
