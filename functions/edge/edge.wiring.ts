import { randomUUID } from 'node:crypto';
import { DynamoAuditLog } from '../../adapters/dynamo/audit/dynamo-audit-log.ts';
import { DynamoTerms } from '../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import type { Desk } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import { epochMilliseconds, now } from './clock.wiring.ts';
import type { Capability } from './telemetry/metric-names.ts';
import { makeLogger, makeMeter } from './telemetry/telemetry.ts';

/** What every function's edge needs: logs, metrics and the time. */
export function wireEdge(capability: Capability) {
  return { logger: makeLogger(), meter: makeMeter(capability), now };
}

/**
 * What every HTTP function's edge needs besides: the registry of people, the stored answers and the
 * audit log.
 */
export function wireHttp(capability: Capability, table: DynamoTable) {
  return {
    ...wireEdge(capability),
    people: new DynamoPersonRegistry(table),
    answers: new DynamoAnswerStore(table, epochMilliseconds),
    audit: new DynamoAuditLog(table, nodeRandomness),
    newTraceId: randomUUID,
  };
}

/** The policies, calendars and desks in force, which every decision needs. */
export function wireTerms(
  table: DynamoTable,
  env: { readonly DESKS: readonly Desk[] },
): TermsInForce {
  return new DynamoTerms(table, env.DESKS);
}
