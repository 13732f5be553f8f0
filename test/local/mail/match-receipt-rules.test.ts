import { expect, test } from 'vitest';
import { matchReceiptRules } from '../../../local/mail/match-receipt-rules.ts';

const rule = (...recipients: string[]) => ({ recipients, scan: true, deposits: [] });

test.each([
  [['help@a.example'], 'Help@A.example', true],
  [['help@a.example'], 'help+token@a.example', true],
  [['help@a.example'], 'helper@a.example', false],
  [['help+token@a.example'], 'help@a.example', false],
  [['help+token@a.example'], 'help+token@a.example', true],
  [['a.example'], 'any@a.example', true],
  [['a.example'], 'any@b.a.example', false],
  [['.a.example'], 'any@b.a.example', true],
  [['.a.example'], 'any@a.example', false],
  [[], 'any@where.example', true],
])('a rule for %j takes %s: %s', (recipients, address, expected) => {
  expect(matchReceiptRules([rule(...recipients)], [address])).toHaveLength(expected ? 1 : 0);
});

test('each rule takes the recipients that are its own', () => {
  const rules = [rule('a@a.example'), rule('b@a.example'), rule('c@a.example')];
  expect(
    matchReceiptRules(rules, ['a@a.example', 'b@a.example']).map(({ recipients }) => recipients),
  ).toEqual([['a@a.example'], ['b@a.example']]);
});
