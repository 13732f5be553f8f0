import { randomUUID } from 'node:crypto';
import { DynamoAnswerStore } from '../../adapters/dynamo/dynamo-answer-store.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import type { Table } from '../../adapters/dynamo/table.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeLogger, makeMeter } from './telemetry.ts';

/** What every function's edge needs: logs, metrics and the time. */
export function wireEdge() {
  return { logger: makeLogger(), meter: makeMeter(), now: () => instantOf(Date.now()) };
}

/** What every HTTP function's edge needs besides: who may call, and what was answered before. */
export function wireHttp(table: Table) {
  return {
    ...wireEdge(),
    people: new DynamoPersonRegistry(table),
    answers: new DynamoAnswerStore(table, Date.now),
    newTraceId: randomUUID,
  };
}
