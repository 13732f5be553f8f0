import { expect, test } from 'vitest';
import { matchesEventPattern } from '../../../local/event-sources/event-pattern.ts';

const record = {
  eventName: 'INSERT',
  size: 12,
  tags: ['a', 'b'],
  dynamodb: { NewImage: { kind: { S: 'event' }, name: { S: 'Order.zip' } } },
};

test.each([
  [{ eventName: ['INSERT'] }, true],
  [{ eventName: ['MODIFY', 'REMOVE'] }, false],
  [{ dynamodb: { NewImage: { kind: { S: ['notice', 'event'] } } } }, true],
  [{ dynamodb: { NewImage: { kind: { S: ['notice'] } } } }, false],
  [{ eventName: ['INSERT'], dynamodb: { NewImage: { other: { S: ['x'] } } } }, false],
  [{ tags: ['b'] }, true],
  [{ missing: [{ exists: false }] }, true],
  [{ eventName: [{ exists: true }] }, true],
  [{ eventName: [{ prefix: 'INS' }] }, true],
  [{ dynamodb: { NewImage: { name: { S: [{ suffix: '.zip' }] } } } }, true],
  [{ dynamodb: { NewImage: { name: { S: [{ 'equals-ignore-case': 'order.ZIP' }] } } } }, true],
  [{ eventName: [{ 'anything-but': ['REMOVE', 'MODIFY'] }] }, true],
  [{ eventName: [{ 'anything-but': 'INSERT' }] }, false],
  [{ eventName: [{ 'anything-but': { prefix: 'IN' } }] }, false],
  [{ size: [{ numeric: ['>', 10, '<=', 12] }] }, true],
  [{ size: [{ numeric: ['>', 12] }] }, false],
  [{ $or: [{ eventName: ['REMOVE'] }, { size: [12] }] }, true],
  [{ $or: [{ eventName: ['REMOVE'] }, { size: [13] }] }, false],
])('the pattern %j matches: %s', (pattern, expected) => {
  expect(matchesEventPattern(pattern, record)).toBe(expected);
});

test('an operator that is not known is refused, not ignored', () => {
  expect(() => matchesEventPattern({ eventName: [{ wildcard: 'I*' }] }, record)).toThrow(
    /wildcard/,
  );
});
