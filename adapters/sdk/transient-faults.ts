import { TransientError } from '../../core/inquiry/transient-error.ts';

/** What the SDK's errors have in common, as far as it is read here. */
type SdkError = Error & {
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  $retryable?: { readonly throttling?: boolean };
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
};

/** A client's middleware stack, whatever its service. */
type MiddlewareStack = {
  add(middleware: (next: NextStep) => NextStep, options: object): void;
};
type NextStep = (step: object) => Promise<object>;

/** A write to an item that a transaction is just changing, or the same transaction still at work. */
const conflictNames = new Set(['TransactionConflictException', 'TransactionInProgressException']);

const throttlingNames = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Reasons for which DynamoDB cancels a transaction though nothing in it is wrong. */
const throttlingReasons = new Set([
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
]);

/** Reasons that the caller reads as a lost race: it has to read again before it repeats. */
const raceReasons = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

const networkNames = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Decides for all calls of a client what is repeated, and how a fault is reported that outlasts it.
 *
 * The SDK repeats throttling, failures of the service and lost connections a few times, at random
 * growing intervals; here it also repeats a single write to an item that a transaction holds, and a
 * transaction that was throttled. A repeated transaction has the token of the first, so DynamoDB
 * does not apply it twice. What fails even then is thrown as a `TransientError`; a transaction that
 * lost a race is not repeated and reaches the caller as it is.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function handleTransientFaults<Client extends { readonly middlewareStack: object }>(
  client: Client,
): Client {
  // The services' stacks differ only in the types of their inputs and outputs.
  const stack = client.middlewareStack as MiddlewareStack;
  stack.add(
    (next) => async (step) => {
      try {
        return await next(step);
      } catch (error) {
        if (error instanceof Error) markRepeatable(error);
        throw error;
      }
    },
    // Inside the SDK's own repetition, which comes first in this step.
    { step: 'finalizeRequest', priority: 'low', name: 'markRepeatable' },
  );
  stack.add(
    (next) => async (step) => {
      try {
        return await next(step);
      } catch (error) {
        const code = error instanceof Error ? transientCodeOf(error) : undefined;
        if (code === undefined) throw error;
        throw new TransientError(code, (error as Error).name, { cause: error });
      }
    },
    { step: 'initialize', priority: 'high', name: 'reportTransientFault' },
  );
  return client;
}

function markRepeatable(error: SdkError): void {
  if (conflictNames.has(error.name)) error.$retryable ??= {};
  else if (isThrottledTransaction(error)) error.$retryable ??= { throttling: true };
}

function transientCodeOf(error: SdkError): TransientError['code'] | undefined {
  if (conflictNames.has(error.name)) return 'transient.conflict';
  const isTransient =
    throttlingNames.has(error.name) ||
    isThrottledTransaction(error) ||
    error.$fault === 'server' ||
    (error.$metadata?.httpStatusCode ?? 0) >= 500 ||
    networkNames.has(error.name) ||
    (typeof error.code === 'string' && networkCodes.has(error.code));
  return isTransient ? 'transient.unavailable' : undefined;
}

function isThrottledTransaction({ name, CancellationReasons = [] }: SdkError): boolean {
  if (name !== 'TransactionCanceledException') return false;
  const reasons = CancellationReasons.flatMap(({ Code }) => Code ?? []);
  return (
    reasons.some((reason) => throttlingReasons.has(reason)) &&
    !reasons.some((reason) => raceReasons.has(reason))
  );
}
