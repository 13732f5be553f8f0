import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoInquiryIndex } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { StoredImports } from '../../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import type { Person } from '../../../core/access/person.ts';
import { makeSigningKeys } from '../../../functions/edge/signing-keys.ts';
import { makeHandler } from '../../../functions/people/maintain-registry.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import type { StartedEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { importDesks, leadPerson, startImportFixture } from '../job/import-fixture.ts';

export type RegistryRequest = {
  /** The caller; the lead unless told otherwise. */
  readonly by?: Person;
  readonly body?: object | string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The routes of the registry on the engines, with a few people registered. */
export async function startRegistryRoutes(engines: StartedEngines) {
  const parts = await startImportFixture(engines);
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    env: { DESKS: importDesks },
    terms: new DynamoTerms(engines.table, importDesks),
    people: parts.people,
    index: new DynamoInquiryIndex(engines.table),
    imports: new StoredImports(parts.jobs, parts.content, nodeRandomness, 'people-import'),
    cursorKeys: makeSigningKeys(async () => ({ current: 'a secret of the tests alone' })),
    answers: new DynamoAnswerStore(engines.table, () => parts.clock.at),
    now: parts.now,
    audit: makeAuditLog(engines.table),
    newTraceId: () => 'trace-1',
  });

  async function ask(routeKey: string, { by = leadPerson, body, ...rest }: RegistryRequest = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const event = fakeGatewayEvent({
      routeKey,
      ...(by.sub === undefined ? {} : { sub: by.sub }),
      ...(body === undefined ? {} : { body: text }),
      ...rest,
    });
    const answer = await handler(event, fakeLambdaContext());
    return { ...answer, body: JSON.parse(answer.body ?? 'null') };
  }

  return { ...parts, ask };
}
