import type { MiddlewareObj } from '@middy/core';
import type { Meter } from './telemetry.ts';

/** Writes out what was counted, however the invocation ends. */
export function makeMetricsMiddleware(meter: Meter): MiddlewareObj {
  const flush = () => meter.flush();
  return { after: flush, onError: flush };
}
