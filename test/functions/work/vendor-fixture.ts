import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { deriveVendorSecrets } from '../../../core/inquiry/tokens/webhook-secret.ts';
import { VendorId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/work/serve-vendor.ts';
import { makeMemoryAuditLog } from '../../support/audit-logs.ts';
import { makeTestSigning, makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { startWorkFixture, type WorkResponse } from './work-fixture.ts';

export const stageSecret = 'a secret of the tests alone';

/** How a request of a vendor's system differs from a correct one. */
export type RequestDifferences = {
  readonly vendor?: string;
  readonly key?: string;
  /** The key that signs, where it is not the one that the request names. */
  readonly signedBy?: string;
  readonly messageId?: string;
  /** Seconds from now. */
  readonly at?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Signed in place of the body that is sent. */
  readonly signedBody?: string;
  readonly signedLine?: string;
};

/**
 * The help desk with a system of vendor A that signs with the key `k1` or `k2`, derived from the
 * stage's secret before any rotation.
 */
export async function startVendorFixture(current = stageSecret, ...earlier: readonly string[]) {
  const work = await startWorkFixture();
  const audit = makeMemoryAuditLog();
  const answers = new DynamoAnswerStore(work.engines.table, () => Date.parse(work.now()));
  const keys = makeTestSigningKeys(current, ...earlier);
  const commandDependencies = {
    ledger: work.ledger,
    random: nodeRandomness,
    pause: (milliseconds: number) => setTimeout(milliseconds),
  };
  const edge = {
    ...work.telemetry,
    ...{ audit, answers, now: work.now, newTraceId: randomUUID },
    terms: work.terms,
  };
  const handler = makeHandler({
    ...{ ...edge, ...commandDependencies },
    signatures: { terms: work.terms, keys },
    index: work.index,
    uploads: work.uploads,
    pendingClaims: work.ledger,
    deskQueue: work.deskQueue,
    clock: work.now,
    cursorKeys: keys,
  });
  const configureKeys = (states: Readonly<Record<string, 'active' | 'retired'>>, url?: string) =>
    work.configure({
      vendors: {
        'vendor-a': {
          name: { ja: '委託先A', en: 'Vendor A' },
          system: {
            keys: Object.entries(states).map(([id, state]) => ({ id, state })),
            ...(url === undefined ? {} : { url }),
          },
        },
        'vendor-b': { system: { keys: [{ id: 'k1' }] } },
      },
    });
  await configureKeys({ k1: 'active' });

  /** Sends a signed request as a vendor's system does. */
  async function askSigned(
    method: 'GET' | 'POST',
    rest: string,
    body?: object,
    otherwise: RequestDifferences = {},
  ): Promise<WorkResponse> {
    const { vendor = 'vendor-a', key = 'k1', signedBy = key, query = {} } = otherwise;
    const path = `/v1/vendors/${vendor}${rest}`;
    const search = new URLSearchParams(query).toString();
    const text = body === undefined ? '' : JSON.stringify(body);
    const { messageId = randomUUID(), at = 0 } = otherwise;
    const timestamp = String(Math.floor(Date.parse(work.now()) / 1000) + at);
    const line = otherwise.signedLine ?? `${method} ${path}${search === '' ? '' : `?${search}`}`;
    const [newest] = deriveVendorSecrets(
      await makeTestSigning('vendor', stageSecret),
      VendorId.parse(vendor),
      signedBy,
    );
    const mac = createHmac('sha256', newest as Uint8Array)
      .update(`${messageId}.${timestamp}.${line}.${otherwise.signedBody ?? text}`)
      .digest('base64');
    const [, kind = '', name = '', deed] = rest.split('/');
    const template = kind === 'desks' ? `/desks/{desk}/${deed}` : `/inquiries/{id}`;
    const last = kind === 'inquiries' && deed !== undefined ? `/${deed}` : '';
    const event = fakeGatewayEvent({
      routeKey: `${method} /v1/vendors/{vendor}${template}${last}`,
      path,
      params: { vendor, ...(kind === 'desks' ? { desk: name } : { id: name }) },
      query,
      headers: {
        'webhook-id': messageId,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${mac}`,
        'x-toritsugi-key': key,
        ...otherwise.headers,
      },
      ...(body === undefined ? {} : { body: text }),
    });
    const answer = await handler(event, fakeLambdaContext());
    const parsed = answer.body === undefined ? undefined : JSON.parse(answer.body);
    return { status: answer.statusCode, headers: answer.headers, body: parsed };
  }

  return {
    ...work,
    ...{
      askSigned,
      audit,
      answers,
      keys,
      configureKeys,
      commandDependencies,
      edge,
      mac: hmacSha256,
    },
  };
}

export type VendorFixture = Awaited<ReturnType<typeof startVendorFixture>>;
