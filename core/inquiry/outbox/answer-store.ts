import type { Instant } from '../values/ids.ts';

/** How long the same idempotency key gives the same answer. */
export const answerLifeSeconds = 86_400;

/**
 * Where the answer to a request is kept: `key` is made of the subject, the route and the client's
 * key.
 */
export type AnswerKey = {
  readonly key: string;
  readonly requestHash: string;
  readonly expiresAt: Instant;
};

/** Keeps answers as text until they expire; an expired one counts as absent. */
export interface AnswerStore {
  find(key: string): Promise<string | undefined>;
  /** `taken` when the key already has another answer. */
  put(key: string, answer: string, expiresAt: Instant): Promise<'kept' | 'taken'>;
}
