import type { Instant } from '../values/ids.ts';

/** How long the same idempotency key gives the same answer. */
export const answerLifeSeconds = 86_400;

/** Where the answer to a request is kept: the key is one of subject, route and client's key. */
export type AnswerKey = {
  readonly key: string;
  readonly requestHash: string;
  readonly expiresAt: Instant;
};

/** Keeps answers as text until they expire; an expired one is as if it had never been. */
export interface AnswerStore {
  find(key: string): Promise<string | undefined>;
  /** `taken` when another answer stands under the key. */
  put(key: string, answer: string, expiresAt: Instant): Promise<'kept' | 'taken'>;
}
