import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Env as ReadAudit } from '../../functions/audit/read-audit.ts';
import {
  metricNames,
  metricNamespace,
  metricService,
} from '../../functions/edge/telemetry/metric-names.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import type { SharedResources } from './shared-resources.ts';

/** Who did or saw what: every function that accepts a token records it, and leads read it. */
export class Audit extends Construct {
  constructor(scope: Construct, id: string, shared: SharedResources) {
    super(scope, id);
    const { ledger, signing, api, watch, logRetention } = shared;
    const { TABLE_NAME, SIGNING_SECRET_ARN } = shared.variables;
    const readAudit = new EntryFunction<ReadAudit>(this, 'ReadAudit', {
      entry: 'functions/audit/read-audit.lambda.ts',
      environment: { TABLE_NAME, SIGNING_SECRET_ARN },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readAudit, 'agent', 'requester');
    ledger.grantAudit(readAudit);
    signing.grantUse(readAudit);
    api.addTokenRoutes(readAudit, 'GET /v1/audit');
    watch.watchFailures('audit-failing', readAudit);
    watch.addAlarm('audit-failing', {
      metric: new Metric({
        namespace: metricNamespace,
        metricName: metricNames.auditFailed,
        dimensionsMap: { service: metricService },
        statistic: Stats.SUM,
        period: Duration.minutes(5),
      }),
      above: 0,
      of: 'entries',
    });
  }
}
