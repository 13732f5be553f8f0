import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import {
  databaseFile,
  putThing,
  sequenceNumbers,
  startEngine,
  THINGS,
  tableNamed,
} from './start-engine.ts';

/** Makes all records of the stream so far 25 hours old, also while the engine runs. */
function ageRecords(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('UPDATE _stream_records SET created_at = created_at - 25 * 3600');
  database.close();
}

describe("a stream's records", () => {
  test('go a few at a time with each write once they are a day old', async () => {
    const file = databaseFile();
    const engine = await startEngine(file);
    for (const pk of 'abcdefgh') await putThing(engine, pk);
    ageRecords(file);
    await putThing(engine, 'i');
    const few = await sequenceNumbers(engine);
    expect(few.length).toBeGreaterThan(1);
    expect(few.length).toBeLessThan(9);
    expect(few.at(-1)).toBe(9);
    await putThing(engine, 'j');
    await putThing(engine, 'k');
    expect(await sequenceNumbers(engine)).toEqual([9, 10, 11]);
  });

  test('stay for a day, and the newest for as long as it is that', async () => {
    const file = databaseFile();
    const first = await startEngine(file);
    for (const pk of 'abc') await putThing(first, pk);
    ageRecords(file);
    await first.stop();

    const second = await startEngine(file);
    expect(await sequenceNumbers(second)).toEqual([1, 2, 3]);
    await putThing(second, 'd');
    await putThing(second, 'e');
    expect(await sequenceNumbers(second)).toEqual([4, 5]);
  });

  test("are not trimmed by another table's writes", async () => {
    const file = databaseFile();
    const others = tableNamed('others');
    const engine = await startEngine(file, [THINGS, others]);
    await engine.call('DynamoDB_20120810.PutItem', {
      TableName: 'others',
      Item: { pk: { S: 'a' }, sk: { S: 'it' } },
    });
    await putThing(engine, 'a');
    ageRecords(file);
    await putThing(engine, 'b');
    expect(await sequenceNumbers(engine)).toEqual([2]);
    expect(await sequenceNumbers(engine, others)).toEqual([1]);
  });

  test('are trimmed amid many writers and readers, none of which fails or misses one', async () => {
    const file = databaseFile();
    const engine = await startEngine(file);
    for (let index = 0; index < 100; index += 1) await putThing(engine, `old ${index}`);
    ageRecords(file);
    const written = Array.from({ length: 60 }, (_, index) => 101 + index);
    const follow = async () => {
      const read: number[] = [];
      // A reader whose next record was trimmed goes on at the oldest one left.
      while (read.at(-1) !== 160)
        read.push(...(await sequenceNumbers(engine, THINGS, read.at(-1) ?? 100)));
      return read;
    };
    const [read] = await Promise.all([
      follow(),
      ...written.map((number) => putThing(engine, `new ${number}`)),
    ]);
    expect(read).toEqual(written);
    expect(await sequenceNumbers(engine)).toEqual(written);
  });
});
