import * as z from 'zod';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  type ConfigureRoutingDependencies,
  compareConfigVersions,
  proposeConfigVersion,
  putConfigVersion,
  type RoutingConfigInput,
  type RoutingConfigProposal,
  readConfigVersion,
} from '../../core/routing/configuration/configure-routing.ts';
import {
  type RoutingConfigHead,
  type RoutingConfigKind,
  routingConfigKinds,
} from '../../core/routing/configuration/routing-config.ts';
import * as contracts from '../contract/config/config-routing.ts';
import {
  type HttpHandler,
  type HttpOptions,
  httpHandler,
  route,
  type SignedInPerson,
} from '../edge/http/http.ts';
import { pointed } from '../edge/problem/to-input-refusal.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  DESKS: StageDesks,
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

type Deps = ConfigureRoutingDependencies & Omit<HttpOptions, 'routes'>;

type Json = Record<string, z.core.util.JSONType>;
type Diff = z.infer<(typeof contracts.diffRouting.answers)[200]>;

const historyLimit = 200;

/** Makes the routes by which leads keep the routing rules and the desk settings. */
export function makeHandler(deps: Deps): HttpHandler {
  return httpHandler({
    ...deps,
    routes: [
      route(contracts.readRouting, async ({ query }) => {
        const found = await read(deps, 'routing', query.version);
        if (isRefusal(found)) return found;
        const { version: _, ...document } = found.body;
        return {
          status: 200,
          etag: found.newest,
          body: { ...found.shown, document: document as Json },
        };
      }),
      route(contracts.readDeskSettings, async ({ query }) => {
        const found = await read(deps, 'desks', query.version);
        if (isRefusal(found)) return found;
        return { status: 200, etag: found.newest, body: { ...found.shown, document: found.body } };
      }),
      route(contracts.putRouting, ({ body: { document, note }, ...request }) =>
        put(deps, 'routing', { document }, note, request),
      ),
      route(contracts.putDeskSettings, ({ body: { document, note }, ...request }) =>
        put(deps, 'desks', { document }, note, request),
      ),
      route(contracts.restoreRouting, ({ body: { version, note }, ...request }) =>
        put(deps, 'routing', { restores: version }, note, request),
      ),
      route(contracts.restoreDeskSettings, ({ body: { version, note }, ...request }) =>
        put(deps, 'desks', { restores: version }, note, request),
      ),
      route(contracts.diffRouting, ({ query }) => compare(deps, 'routing', query)),
      route(contracts.diffDeskSettings, ({ query }) => compare(deps, 'desks', query)),
    ],
  });
}

async function read<Kind extends RoutingConfigKind>(
  deps: Deps,
  kind: Kind,
  wanted: number | undefined,
) {
  const { versions } = deps;
  const [found, heads, history] = await Promise.all([
    readConfigVersion(deps, kind, wanted),
    versions.readNewestNumbers(),
    versions.listVersions(kind, historyLimit),
  ]);
  if (isRefusal(found)) return found;
  const newest = heads[kind];
  const all =
    history.length < historyLimit
      ? [...history, headOf(routingConfigKinds[kind].shipped)]
      : history;
  return { body: found.body, newest, shown: { ...headOf(found), newest, history: all } };
}

async function put(
  deps: Deps,
  kind: RoutingConfigKind,
  given: RoutingConfigInput,
  note: string | undefined,
  request: {
    readonly actor: SignedInPerson;
    readonly query: { readonly dryRun: 'true' | 'false' };
    readonly ifMatch?: number;
    readonly now: Instant;
  },
) {
  const { actor, query, ifMatch, now } = request;
  const wanted = {
    ...{ given, by: { sub: actor.sub, name: actor.name }, now },
    ...(note === undefined ? {} : { note }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
  if (query.dryRun === 'true') {
    const shown = await proposeConfigVersion(deps, kind, wanted);
    if (isRefusal(shown)) return pointed(shown);
    return { status: 200 as const, body: { ...bodyOf(shown), dryRun: true as const } };
  }
  const done = await putConfigVersion(deps, kind, wanted);
  if (isRefusal(done)) return pointed(done);
  const { version } = done.version;
  logStep(deps.logger, { step: `routing.${kind}-put`, version });
  return {
    status: 201 as const,
    body: bodyOf(done),
    etag: version,
    location: `/v1/config/${kind}?version=${version}`,
  };
}

function bodyOf({ version, changes, warnings }: RoutingConfigProposal<RoutingConfigKind>) {
  return {
    ...headOf(version),
    // What was parsed from JSON is JSON.
    changes: changes as Diff['changes'],
    warnings: warnings.map(({ pointer, detail }) => ({ pointer, detail })),
  };
}

async function compare(
  deps: Deps,
  kind: RoutingConfigKind,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Refusal | { status: 200; body: Diff }> {
  const changes = await compareConfigVersions(deps, kind, from, to);
  if (isRefusal(changes)) return changes;
  return { status: 200, body: { from, to, changes: changes as Diff['changes'] } };
}

function headOf({ version, recordedAt, by, note, restores }: RoutingConfigHead): RoutingConfigHead {
  return {
    ...{ version, recordedAt },
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
    ...(restores === undefined ? {} : { restores }),
  };
}
