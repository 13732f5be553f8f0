import type { MetricName } from '../../../../functions/edge/telemetry/metric-names.ts';
import type { Log, LogFields, Meter } from '../../../../functions/edge/telemetry/telemetry.ts';

type LogLine = { readonly level: string; readonly message: string; readonly fields: LogFields };

/** A logger and a meter that remember what they get. */
export function makeRecordingTelemetry() {
  const lines: LogLine[] = [];
  const counts: Partial<Record<MetricName, number>> = {};
  const log = (level: string) => (message: string, fields: LogFields) => {
    lines.push({ level, message, fields });
  };
  const logger: Log = { info: log('info'), warn: log('warn'), error: log('error') };
  const meter: Meter = {
    count: (metric, value = 1) => {
      counts[metric] = (counts[metric] ?? 0) + value;
    },
    flush: () => {},
  };
  return { logger, meter, lines, counts };
}
