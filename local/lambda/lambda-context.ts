import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../deployment/read-functions.ts';

/**
 * Builds the second argument of a handler, with the fields that Lambda sets.
 * @param deadline when the function times out, as `performance.now()` counts
 */
export function buildLambdaContext(fn: LambdaFunction, deadline: number) {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: fn.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: fn.arn,
    memoryLimitInMB: String(fn.memoryMegabytes),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: `${day}/[$LATEST]local`,
    getRemainingTimeInMillis: () => Math.floor(Math.max(0, deadline - performance.now())),
    // Leftovers of the callback style, which handlers here do not use.
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
