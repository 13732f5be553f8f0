import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AccessRecord } from '../../../core/access/access-record.ts';
import { IdempotencyConflict } from '../../../core/inquiry/decide-and-append.ts';
import {
  type AnswerKey,
  type AnswerStore,
  answerLifeSeconds,
} from '../../../core/inquiry/outbox/answer-store.ts';
import type { IdempotencyRecord } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import type { InputRefusal } from '../problem/problem-details.ts';
import { toCanonicalJson } from './canonical-json.ts';
import {
  type AnyRouteResult,
  type GatewayResponse,
  makeRefusalError,
  RefusalError,
} from './exchange.ts';
import { buildResponse } from './http-response.ts';

/** An answer kept for a repeated request; `requestHash` tells whether it is the same request. */
const StoredAnswer = z.strictObject({
  requestHash: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  /** What it showed; it shows it again. */
  seen: z.array(AccessRecord).readonly().optional(),
});
type StoredAnswer = z.infer<typeof StoredAnswer>;

/** An answer with what it shows. */
export type HandledRequest = {
  readonly answer: GatewayResponse;
  readonly seen?: readonly AccessRecord[] | undefined;
  readonly repeated?: true;
};

/** Makes the key under which an answer is kept: subject, route and the client's key together. */
export function deriveIdempotencyKey(request: {
  readonly sub: string;
  readonly routeKey: string;
  readonly idempotencyKey: string;
  readonly params: unknown;
  readonly query: unknown;
  /** Parsed JSON, or bytes. */
  readonly body: unknown;
  readonly now: Instant;
}): AnswerKey {
  const { sub, routeKey, idempotencyKey, params, query, body, now } = request;
  const content = body instanceof Uint8Array ? digest(body) : body;
  return {
    key: `http#${digest(JSON.stringify([sub, routeKey, idempotencyKey]))}`,
    requestHash: digest(toCanonicalJson([params, query, content ?? null])),
    expiresAt: addSeconds(now, answerLifeSeconds),
  };
}

/**
 * What a command hands to the ledger as `once`, so that its answer is kept by its own transaction;
 * undefined where the caller gave no key. The handler then returns the same result as `stored`.
 */
export function buildAnswerRecord(
  key: AnswerKey | undefined,
  result: AnyRouteResult,
): IdempotencyRecord | undefined {
  if (key === undefined) return undefined;
  const value = serializeAnswer(key, { answer: buildResponse(result), seen: result.seen });
  return { key: key.key, value, expiresAt: key.expiresAt };
}

/**
 * Performs a request whose repetition gives the same answer and has no second effect.
 *
 * Of two that run at once, the one whose answer is stored first is answered to both.
 */
export async function performIdempotently(
  answerKey: AnswerKey,
  answers: AnswerStore,
  perform: () => Promise<AnyRouteResult | InputRefusal>,
): Promise<HandledRequest> {
  const earlier = await answers.find(answerKey.key);
  if (earlier !== undefined) return replayAnswer(earlier, answerKey);
  try {
    const result = await perform();
    if (isRefusal(result)) {
      // The same request, running beside this one, may have done it meanwhile.
      const winner = await answers.find(answerKey.key);
      if (winner === undefined) throw makeRefusalError(result);
      return replayAnswer(winner, answerKey);
    }
    const answered = { answer: buildResponse(result), seen: result.seen };
    // A claim's 204 says that there was nothing just then, which the next try may find changed.
    if (result.stored || result.status === 204) return answered;
    const stored = serializeAnswer(answerKey, answered);
    const kept = await answers.put(answerKey.key, stored, answerKey.expiresAt);
    const winner = kept === 'taken' ? await answers.find(answerKey.key) : undefined;
    return winner === undefined ? answered : replayAnswer(winner, answerKey);
  } catch (error) {
    const taken = error instanceof IdempotencyConflict && error.conflict === 'once';
    // Without an answer under this key, it was a key of the command's own that was taken.
    const winner = taken ? await answers.find(answerKey.key) : undefined;
    if (winner === undefined) throw error;
    return replayAnswer(winner, answerKey);
  }
}

function replayAnswer(text: string, key: AnswerKey): HandledRequest {
  const stored = StoredAnswer.parse(JSON.parse(text));
  if (stored.requestHash !== key.requestHash) {
    throw new RefusalError(
      'invalid.idempotency-key',
      'This Idempotency-Key was used with another request within the last 24 hours.',
    );
  }
  const answer = {
    statusCode: stored.status,
    headers: { ...stored.headers, 'idempotency-replayed': 'true' },
    ...(stored.body === null ? {} : { body: stored.body }),
  };
  return { answer, seen: stored.seen, repeated: true };
}

function serializeAnswer(key: AnswerKey, { answer, seen }: HandledRequest): string {
  return JSON.stringify({
    requestHash: key.requestHash,
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.body ?? null,
    ...(seen === undefined ? {} : { seen }),
  } satisfies StoredAnswer);
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
