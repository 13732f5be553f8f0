import type { RouteContract } from '../edge/http/route-contract.ts';
import type { ProblemCode } from '../edge/problem/refusal-status.ts';

/** All codes that a route may answer with: those that it names, and those that its parts imply. */
export function problemCodesOf(contract: RouteContract): readonly ProblemCode[] {
  const { auth, method, params, query, body, bodyType, idempotent, concurrency } = contract;
  const hasInput = params !== undefined || query !== undefined || idempotent || concurrency;
  const hasBody = body !== undefined || bodyType !== undefined;
  const codes: ProblemCode[] = [
    ...codesIf(auth !== 'public', ['access.unauthenticated']),
    ...codesIf(auth === 'token', ['access.not-registered']),
    ...codesIf(auth !== 'public', ['access.forbidden']),
    ...codesIf(hasInput, ['invalid.parameter']),
    ...codesIf(query !== undefined && 'cursor' in query.shape, ['invalid.cursor']),
    ...codesIf(hasBody, ['invalid.body', 'invalid.media-type', 'invalid.too-large']),
    ...codesIf(params !== undefined && auth !== 'public', ['access.not-found']),
    ...codesIf(idempotent, ['invalid.idempotency-key']),
    ...codesIf(concurrency && !contract.refusals.includes('config.stale'), ['inquiry.stale']),
    ...contract.refusals,
    ...codesIf(method !== 'GET', ['transient.conflict']),
    ...codesIf(auth !== 'public', ['transient.audit', 'transient.timeout']),
    'transient.unavailable',
    'internal.failure',
  ];
  return [...new Set(codes)];
}

function codesIf(holds: boolean, codes: readonly ProblemCode[]): readonly ProblemCode[] {
  return holds ? codes : [];
}
