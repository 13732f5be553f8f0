import type { AuditEntry } from '../../../core/access/audit-entry.ts';
import { makeHandler } from '../../../functions/audit/read-audit.ts';
import { makeSigningKeys } from '../../../functions/edge/signing-keys.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { startWorkFixture } from '../work/work-fixture.ts';

/** The functions of `work` on the embedded engines, with the audit that they write. */
export async function startAuditFixture() {
  const work = await startWorkFixture();
  const audit = makeAuditLog(work.engines.table);
  const read = makeHandler({
    ...work.telemetry,
    people: work.people,
    audit,
    archive: audit,
    ledger: work.ledger,
    cursorKeys: makeSigningKeys(async () => ({ current: 'a secret of the tests alone' })),
    now: work.now,
    newTraceId: () => 'trace-of-the-reader',
  });

  /** Asks for the audit; as the lead unless told otherwise. */
  async function ask(
    query: Readonly<Record<string, string>> = {},
    { as = 'lead', headers = {} }: { as?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    const event = fakeGatewayEvent({ routeKey: 'GET /v1/audit', sub: as, query, headers });
    const {
      statusCode: status,
      headers: given,
      body: text = '',
    } = await read(event, fakeLambdaContext());
    return { status, headers: given, text };
  }

  /** The recorded entries except those of reading the audit, oldest first. */
  async function readRecorded(query: Readonly<Record<string, string>> = {}): Promise<AuditEntry[]> {
    const { status, text } = await ask(query);
    if (status !== 200) throw new TypeError(text);
    const { items } = JSON.parse(text) as { items: AuditEntry[] };
    return items.filter(({ action }) => action !== 'read-audit').reverse();
  }

  return { work, ask, readRecorded };
}

export type AuditFixture = Awaited<ReturnType<typeof startAuditFixture>>;
