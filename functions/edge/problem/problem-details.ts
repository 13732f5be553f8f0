import * as z from 'zod';
import type { Refusal } from '../../../core/inquiry/refusal.ts';
import { type ProblemCode, problemTable, problemTypeOf } from './refusal-status.ts';

/** One fault of an input; `pointer` is a JSON pointer (RFC 6901) into its part. */
export const InputError = z
  .strictObject({
    in: z.enum(['body', 'query', 'path', 'header']),
    pointer: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'InputError' });
export type InputError = z.infer<typeof InputError>;

/** A refusal that can point at the input's faults. */
export type InputRefusal = Refusal & { readonly errors?: readonly InputError[] };

/**
 * Problem details.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const ProblemDetails = z
  .strictObject({
    type: z.string().meta({ description: "The code's section on the page of this API." }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The path that was asked for.' }),
    code: z.string().meta({ description: 'For programs: dotted, stable.' }),
    traceId: z.string().meta({ description: 'Names this request in our logs.' }),
    errors: z.array(InputError).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

export function buildProblemDetails(
  problem: { code: ProblemCode; detail: string; errors?: readonly InputError[] | undefined },
  request: { instance: string; traceId: string },
): ProblemDetails {
  const { status, title } = problemTable[problem.code];
  return {
    type: problemTypeOf(problem.code),
    title,
    status,
    detail: problem.detail,
    instance: request.instance,
    code: problem.code,
    traceId: request.traceId,
    ...(problem.errors?.length ? { errors: [...problem.errors] } : {}),
  };
}
