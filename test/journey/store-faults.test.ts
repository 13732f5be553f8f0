import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DynamoFault, DynamoWrite } from '../support/start-dynamo-proxy.ts';
import { volume } from '../support/volumes.ts';
import { playDayWithFaults } from './play-store-faults.ts';

type Day = Awaited<ReturnType<typeof playDayWithFaults>>;

const refuse = (status: number, type: string, applied = false): DynamoFault => ({
  applied,
  answer: { status, type },
});
const cancel = (reason: string): DynamoFault => ({
  applied: false,
  answer: { status: 400, type: 'TransactionCanceledException', reason },
});

/** What DynamoDB answers to a single write, and to a transaction, in each trouble. */
const faults: Readonly<Record<string, (write: DynamoWrite) => DynamoFault>> = {
  'a transaction on the same item': ({ isTransaction }) =>
    isTransaction ? cancel('TransactionConflict') : refuse(400, 'TransactionConflictException'),
  'a failure after the write': () => refuse(500, 'InternalServerError', true),
  'a throttled key': ({ isTransaction }) =>
    isTransaction
      ? cancel('ThrottlingError')
      : refuse(400, 'ProvisionedThroughputExceededException'),
  'a throttled table': ({ isTransaction }) =>
    isTransaction ? cancel('ProvisionedThroughputExceeded') : refuse(400, 'ThrottlingException'),
  'a throttled account': () => refuse(400, 'RequestLimitExceeded'),
  'a failure before the write': () => refuse(500, 'InternalServerError'),
  'a lost connection before the write': () => ({ applied: false, answer: 'reset' }),
  'a lost connection after the write': () => ({ applied: true, answer: 'reset' }),
};

/** The SDK tries three times: after one fault it gets through, after three its caller hears of it. */
const troubles = [3, 1].flatMap((times) =>
  Object.entries(faults).map(([name, faultOf]) => ({ name, faultOf, times })),
);

let quietDay: Day;
beforeAll(async () => {
  quietDay = await playDayWithFaults(undefined);
});

describe('a day on which the first write of each kind meets', () => {
  // Each fault three times in a row; with one fault each, which passed too, it takes twice as long.
  test.each(troubles.slice(0, volume({ small: 2, whole: 8 })))(
    '$name, $times in a row, ends as any other, and clients heard of nothing worse than 503',
    async (trouble) => {
      const day = await playDayWithFaults(trouble);
      expect(day.state).toEqual(quietDay.state);
      expect(day.numbers).toBe(0);
      const failures = day.answers.filter(({ status }) => status >= 500);
      for (const { status, body, headers } of failures) {
        expect([status, body.code]).toEqual([503, expect.stringMatching(/^transient\./)]);
        expect(headers.get('retry-after')).toBe('1');
      }
      expect([...day.hitKinds].sort()).toEqual([...day.kinds].sort());
      expect([...day.hitKinds].sort()).toEqual([...quietDay.kinds].sort());
    },
  );
});

describe('the writes of that day', () => {
  const sources = globSync('adapters/**/*.ts').map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  );

  test('are of every kind of item that adapters write', () => {
    const kinds = sources.flatMap(([, text]) =>
      [...text.matchAll(/kind: \{ S: '([\w-]+)' \}/g)].map(([, kind]) => kind),
    );
    const written = new Set([...quietDay.kinds].map((kind) => kind.split(' ')[1]));
    expect([...new Set(kinds)].filter((kind) => !written.has(kind))).toEqual([]);
  });

  test('are made by every file of adapters that writes', () => {
    const writing =
      /new (Put|Update|Delete|TransactWrite)Items?Command\(|(?<!function )(writeUnlessRaced|writeTransaction)\(/;
    const files = sources
      .filter(([, text]) => writing.test(text))
      .map(([file]) => file)
      // A mail about a job needs a job in trouble: job-faults.test.ts.
      .filter((file) => !file.endsWith('/dynamo-job-notices.ts'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !quietDay.writers.has(file))).toEqual([]);
    for (const [file, text] of sources) {
      expect([file, text]).toEqual([file, expect.not.stringMatching(/BatchWriteItem|PartiQL/)]);
    }
  });
});
