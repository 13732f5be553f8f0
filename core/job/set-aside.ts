import { TransientError } from '../inquiry/transient-error.ts';
import type { SetAsideInquiry } from './job.ts';

/** An inquiry of a batch whose turn threw. */
export type InquiryFailure = SetAsideInquiry & { readonly error: unknown };

/**
 * Selects what a batch sets aside; throws the first error when the batch is to be repeated.
 *
 * Nothing is set aside for a store's trouble, which passes, or when all of several fail: then it is
 * not they.
 */
export function selectSetAside(
  failures: readonly InquiryFailure[],
  batchSize: number,
  maySetAside: boolean,
): SetAsideInquiry[] {
  const [first] = failures;
  if (first === undefined) return [];
  const transient = failures.find(({ error }) => isTransient(error));
  const isGeneral = batchSize > 1 && failures.length === batchSize;
  if (transient !== undefined || isGeneral || !maySetAside) throw (transient ?? first).error;
  return failures.map(({ error: _, ...inquiry }) => inquiry);
}

export function isTransient(error: unknown): boolean {
  return error instanceof TransientError;
}
