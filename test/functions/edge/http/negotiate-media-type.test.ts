import { expect, it } from 'vitest';
import { negotiateMediaType } from '../../../../functions/edge/http/negotiate-media-type.ts';

const offered = ['application/json', 'text/csv'] as const;

it.each([
  [undefined, undefined],
  ['', undefined],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV; charset=utf-8', 'text/csv'],
  ['text/*', 'text/csv'],
  ['text/html, text/csv;q=0.9, */*;q=0.8', 'text/csv'],
  ['application/json, text/csv', 'application/json'],
  ['application/json;q=0.5, text/csv', 'text/csv'],
  ['text/csv;q=0, application/json', 'application/json'],
  ['text/csv;q=0', undefined],
  ['text/csv;q=..', undefined],
  ['image/png', undefined],
])('of JSON and CSV, who sends Accept %j would rather have %j', (header, type) => {
  expect(negotiateMediaType(header, offered)).toBe(type);
});
