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

/** An answer stored for repeated requests; `requestHash` tells whether it is the same request. */
const StoredAnswer = z.strictObject({
  requestHash: z.string(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  /** What the answer discloses, again with each repetition. */
  seen: z.array(AccessRecord).readonly().optional(),
});
type StoredAnswer = z.infer<typeof StoredAnswer>;

/** An answer with what it discloses. */
export type HandledRequest = {
  readonly answer: GatewayResponse;
  readonly seen?: readonly AccessRecord[] | undefined;
  readonly repeated?: true;
};

/** Derives the key that an answer is stored under from subject, route and the client's key. */
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
 * Builds the idempotency record by which a command stores its answer in its own transaction;
 * undefined when the caller sent no key. The handler then returns the same result as `stored`.
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
 * Performs a request so that a repetition gets the same answer and has no second effect.
 *
 * Two that run at once both get the answer that is stored first.
 */
export async function performIdempotently(
  answerKey: AnswerKey,
  answers: AnswerStore,
  perform: () => Promise<AnyRouteResult | InputRefusal>,
): Promise<HandledRequest> {
  const storedAnswer = await answers.find(answerKey.key);
  if (storedAnswer !== undefined) return replayAnswer(storedAnswer, answerKey);
  try {
    const result = await perform();
    if (isRefusal(result)) {
      // The same request may have been performed concurrently.
      const winner = await answers.find(answerKey.key);
      if (winner === undefined) throw makeRefusalError(result);
      return replayAnswer(winner, answerKey);
    }
    const handled = { answer: buildResponse(result), seen: result.seen };
    // A claim's 204 says that nothing waited just then; the next try may find something.
    if (result.stored || result.status === 204) return handled;
    const serialized = serializeAnswer(answerKey, handled);
    const putOutcome = await answers.put(answerKey.key, serialized, answerKey.expiresAt);
    const winner = putOutcome === 'taken' ? await answers.find(answerKey.key) : undefined;
    return winner === undefined ? handled : replayAnswer(winner, answerKey);
  } catch (error) {
    const isDuplicate = error instanceof IdempotencyConflict && error.conflict === 'once';
    // Without an answer under this key, the conflict was about another key of the command.
    const winner = isDuplicate ? await answers.find(answerKey.key) : undefined;
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
