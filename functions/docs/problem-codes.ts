import type { Contract } from '../edge/http/route-contract.ts';
import type { ProblemCode } from '../edge/problem/refusal-status.ts';

/** All codes with which a route may answer: those that it names, and those that its parts bring. */
export function codesOf(contract: Contract): readonly ProblemCode[] {
  const { auth, method, params, query, body, bodyType, idempotent, concurrency } = contract;
  const hasInput = params !== undefined || query !== undefined || idempotent || concurrency;
  const hasBody = body !== undefined || bodyType !== undefined;
  const codes: ProblemCode[] = [
    ...when(auth !== 'public', ['access.unauthenticated']),
    ...when(auth === 'token', ['access.not-registered']),
    ...when(auth !== 'public', ['access.forbidden']),
    ...when(hasInput, ['invalid.parameter']),
    ...when(query !== undefined && 'cursor' in query.shape, ['invalid.cursor']),
    ...when(hasBody, ['invalid.body', 'invalid.media-type', 'invalid.too-large']),
    ...when(params !== undefined && auth !== 'public', ['access.not-found']),
    ...when(idempotent, ['invalid.idempotency-key']),
    ...when(concurrency && !contract.refusals.includes('config.stale'), ['inquiry.stale']),
    ...contract.refusals,
    ...when(method !== 'GET', ['transient.conflict']),
    ...when(auth !== 'public', ['transient.audit', 'transient.timeout']),
    'internal.failure',
  ];
  return [...new Set(codes)];
}

function when(holds: boolean, codes: readonly ProblemCode[]): readonly ProblemCode[] {
  return holds ? codes : [];
}
