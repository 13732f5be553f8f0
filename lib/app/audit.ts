import { Construct } from 'constructs';
import type { Env as ReadAudit } from '../../functions/audit/read-audit.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import type { SharedResources } from './shared-resources.ts';

/** Who did or saw what: every function that accepts a token records it, and leads read it. */
export class Audit extends Construct {
  constructor(scope: Construct, id: string, shared: SharedResources) {
    super(scope, id);
    const { ledger, signing, api, logRetention } = shared;
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
  }
}
