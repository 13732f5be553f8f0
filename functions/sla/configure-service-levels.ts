import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import { formatWebhookSecret } from '../../core/inquiry/tokens/webhook-secret.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  type ConfigureServiceLevelsDependencies,
  previewServiceLevels,
  putServiceLevels,
  type ServiceLevelDocument,
} from '../../core/sla/configuration/configure-service-levels.ts';
import {
  findVersionsInForce,
  newestVersionNumberOf,
  type ServiceLevelConfigByKind,
} from '../../core/sla/configuration/service-level-config.ts';
import * as contracts from '../contract/config/config-service-levels.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type SignedInPerson,
} from '../edge/http/http.ts';
import { toInputRefusal } from '../edge/problem/to-input-refusal.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

type Deps = ConfigureServiceLevelsDependencies & {
  readonly keys: SigningKeys;
  readonly mac: MacFunction;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
} & Omit<HttpOptions, 'routes'>;

const historyLimit = 200;
/** A preview answers within this time, with what it has found by then. */
const previewMs = 15_000;
/** The part of the function's time that is reserved for the answer. */
const reserveMs = 5_000;

/** Makes the routes by which leads read and put the calendars and policies. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.readCalendars, async ({ query, now }) => {
        const { calendars } = await deps.history.readVersions();
        const version = findVersion(calendars, query.version);
        if (isRefusal(version)) return version;
        const body = { ...viewVersion(version, calendars, now), document: version.body };
        return { status: 200, body, etag: version.version };
      }),
      defineRoute(contracts.readPolicies, async ({ query, now }) => {
        const { policies } = await deps.history.readVersions();
        const version = findVersion(policies, query.version);
        if (isRefusal(version)) return version;
        const body = { ...viewVersion(version, policies, now), document: version.body };
        return { status: 200, body, etag: version.version };
      }),
      defineRoute(
        contracts.putCalendars,
        ({ body: { document: body, ...given }, query, ...request }) =>
          putConfig(deps, query.dryRun, {
            ...request,
            ...given,
            document: { kind: 'calendars', body },
          }),
      ),
      defineRoute(
        contracts.putPolicies,
        ({ body: { document: body, ...given }, query, ...request }) =>
          putConfig(deps, query.dryRun, {
            ...request,
            ...given,
            document: { kind: 'policies', body },
          }),
      ),
      makeReadSecretRoute(deps),
    ],
  });
}

type PutConfigRequest = {
  readonly actor: SignedInPerson;
  readonly document: ServiceLevelDocument;
  readonly from?: Instant | undefined;
  readonly note?: string | undefined;
  readonly ifMatch?: number;
  readonly now: Instant;
  readonly remainingMs: number;
};

async function putConfig(deps: Deps, dryRun: 'true' | 'false', request: PutConfigRequest) {
  const { actor, document, from, note, ifMatch, now, remainingMs } = request;
  const configRequest = {
    ...{ document, by: { sub: actor.sub, name: actor.name }, now },
    ...(from === undefined ? {} : { from }),
    ...(note === undefined ? {} : { note }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
  if (dryRun === 'true') {
    const stopAt = deps.clock() + Math.min(previewMs, remainingMs - reserveMs);
    const preview = await previewServiceLevels(deps, configRequest, () => deps.clock() < stopAt);
    if (isRefusal(preview)) return toInputRefusal(preview);
    const { version, effect } = preview;
    const seen = effect.examples.map(({ inquiryId: id, number }) => recordByRole({ id, number }));
    const body = { ...viewVersionHead(version), dryRun: true as const, effect };
    return { status: 200 as const, body, seen };
  }
  const stored = await putServiceLevels(deps, configRequest);
  if (isRefusal(stored)) return toInputRefusal(stored);
  const { version, job } = stored;
  logStep(deps.logger, { step: `sla.${document.kind}-put`, version: version.version, jobId: job });
  return {
    status: 201 as const,
    body: { ...viewVersionHead(version), job: `/v1/jobs/${job}` },
    etag: version.version,
    location: `/v1/config/${document.kind}?version=${version.version}`,
    seen: [],
  };
}

function makeReadSecretRoute({ history, keys, mac }: Deps) {
  return defineRoute(contracts.readWebhookSecret, async ({ params, now }) => {
    const [inForce, ...later] = findVersionsInForce((await history.readVersions()).policies, now);
    const [found] = [inForce, ...later].flatMap(({ body }) => body.webhooks[params.webhook] ?? []);
    if (found === undefined) {
      return refuse('config.unknown-webhook', `There is no webhook ${params.webhook}.`);
    }
    const secret = formatWebhookSecret({ keys: await keys.of('webhook'), mac }, params.webhook);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { webhook: params.webhook, url: found.url, secret },
    };
  });
}

type Version = ServiceLevelConfigByKind[keyof ServiceLevelConfigByKind];

function findVersion<One extends Version>(versions: readonly [One, ...One[]], requested?: number) {
  const number = requested ?? newestVersionNumberOf(versions);
  const found = versions.find(({ version }) => version === number);
  return found ?? refuse('config.unknown-version', `There is no version ${number}.`);
}

function viewVersion(version: Version, versions: readonly [Version, ...Version[]], now: Instant) {
  return {
    ...viewVersionHead(version),
    newest: newestVersionNumberOf(versions),
    inForce: findVersionsInForce(versions, now)[0].version,
    history: versions.slice(-historyLimit).reverse().map(viewVersionHead),
  };
}

function viewVersionHead({ version, from, recordedAt, by, note }: Version) {
  return {
    ...{ version, from, recordedAt },
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
  };
}
