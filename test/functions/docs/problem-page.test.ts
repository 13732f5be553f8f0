import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { refusalCodes } from '../../../core/inquiry/refusal.ts';
import { renderProblemPage } from '../../../functions/docs/problem-page.ts';
import { problemCodes, problemSlugOf } from '../../../functions/edge/problem/refusal-status.ts';

const file = readFileSync(new URL('../../../docs/problems.md', import.meta.url), 'utf8');

/** The fragments that GitHub makes of headings. */
function slugsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^## (.+)$/gm)].map((match) =>
    String(match[1])
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('has one section for each code, under the fragment that problems link to', () => {
  expect(slugsOf(file)).toEqual(problemCodes.map(problemSlugOf));
  expect(problemCodes).toEqual(expect.arrayContaining([...refusalCodes]));
  expect(new Set(problemCodes.map(problemSlugOf)).size).toBe(problemCodes.length);
});

it('says what the page of the API says', () => {
  expect(file).toBe(renderProblemPage());
});
