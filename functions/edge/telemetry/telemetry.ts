import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import {
  type Capability,
  failedMetric,
  failureMetrics,
  type MetricName,
  metricNamespace,
} from './metric-names.ts';

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

/** Makes a function's logger: one line of JSON per entry, which names the stage as `service`. */
export function makeLogger(): Log {
  const logger = new Logger();
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    warn: (message, fields) => logger.warn(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}

/**
 * Makes a function's metrics, in CloudWatch's embedded metric format. Failures are counted for their
 * capability as well.
 */
export function makeMeter(capability: Capability): Meter {
  const metrics = new Metrics({ namespace: metricNamespace });
  const failures = new Map<Capability, number>();
  return {
    count: (metric, value = 1) => {
      metrics.addMetric(metric, MetricUnit.Count, value);
      const owner = failureMetrics.get(metric);
      if (owner === undefined) return;
      const failing = owner === 'own' ? capability : owner;
      failures.set(failing, (failures.get(failing) ?? 0) + value);
    },
    flush: () => {
      // Publishing without metrics logs a warning.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      for (const [failing, count] of failures) {
        const ofCapability = metrics.singleMetric();
        ofCapability.addDimension('capability', failing);
        ofCapability.addMetric(failedMetric, MetricUnit.Count, count);
      }
      failures.clear();
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
