import type * as z from 'zod';
import type { InputError } from '../problem/problem-details.ts';
import { RefusalError } from './exchange.ts';

type InputPart = InputError['in'];

const errorLimit = 50;

/** Checks a part of the request against its schema; refuses with a pointer to each fault. */
export function validateInput(part: InputPart, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues
    .flatMap((issue) => inputErrorsOf(part, issue))
    .slice(0, errorLimit);
  throw new RefusalError(
    part === 'body' ? 'invalid.body' : 'invalid.parameter',
    `The ${part} does not fit what this route takes; see errors.`,
    errors,
  );
}

function inputErrorsOf(part: InputPart, issue: z.core.$ZodIssue): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: part,
      pointer: formatJsonPointer([...issue.path, key]),
      detail: 'is not known here',
    }));
  }
  return [{ in: part, pointer: formatJsonPointer(issue.path), detail: issue.message }];
}

/**
 * Writes a path as a JSON pointer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
export function formatJsonPointer(path: readonly PropertyKey[]): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
