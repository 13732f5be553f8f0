import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MetricName } from './metric-names.ts';
import { metricNamespace, metricService } from './metric-names.ts';

/** The fields of a log entry: codes, ids and numbers; never bodies, addresses or whole events. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The part of a logger that functions use. */
export interface Log {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** Counts things, and writes the counts out when a batch or request ends. */
export interface Meter {
  count(metric: MetricName, value?: number): void;
  flush(): void;
}

/** Makes a function's logger: one line of JSON per entry. */
export function makeLogger(): Log {
  const logger = new Logger({ serviceName: metricService });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}

/** Makes a function's metrics, in CloudWatch's embedded metric format. */
export function makeMeter(): Meter {
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService });
  return {
    count: (metric, value = 1) => metrics.addMetric(metric, MetricUnit.Count, value),
    flush: () => {
      // Publishing without metrics logs a warning.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/** A step on an inquiry's way, such as `intake.opened`. */
export type StepFields = LogFields & {
  readonly step: string;
  readonly inquiryId?: string;
  readonly number?: string;
};

/** Logs a step on an inquiry's way; the local host shows these lines to people. */
export function logStep(logger: Log, step: StepFields): void {
  logger.info('step', step);
}
