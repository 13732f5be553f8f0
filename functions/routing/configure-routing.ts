import * as z from 'zod';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
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
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type SignedInPerson,
} from '../edge/http/http.ts';
import { toInputRefusal } from '../edge/problem/to-input-refusal.ts';
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
type ConfigDiff = z.infer<(typeof contracts.diffRoutingRules.answers)[200]>;

const historyLimit = 200;

/** Makes the routes by which leads read and change the routing rules and the desk settings. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.readRoutingRules, async ({ query }) => {
        const config = await readConfig(deps, 'routing', query.version);
        if (isRefusal(config)) return config;
        const { version: _, ...document } = config.body;
        return {
          status: 200,
          etag: config.newest,
          body: { ...config.shown, document: document as Json },
        };
      }),
      defineRoute(contracts.readDeskSettings, async ({ query }) => {
        const config = await readConfig(deps, 'desks', query.version);
        if (isRefusal(config)) return config;
        return {
          status: 200,
          etag: config.newest,
          body: { ...config.shown, document: config.body },
        };
      }),
      defineRoute(contracts.putRoutingRules, ({ body: { document, note }, ...request }) =>
        putConfig(deps, 'routing', { document }, note, request),
      ),
      defineRoute(contracts.putDeskSettings, ({ body: { document, note }, ...request }) =>
        putConfig(deps, 'desks', { document }, note, request),
      ),
      defineRoute(contracts.restoreRoutingRules, ({ body: { version, note }, ...request }) =>
        putConfig(deps, 'routing', { restores: version }, note, request),
      ),
      defineRoute(contracts.restoreDeskSettings, ({ body: { version, note }, ...request }) =>
        putConfig(deps, 'desks', { restores: version }, note, request),
      ),
      defineRoute(contracts.diffRoutingRules, ({ query }) =>
        compareConfigs(deps, 'routing', query),
      ),
      defineRoute(contracts.diffDeskSettings, ({ query }) => compareConfigs(deps, 'desks', query)),
    ],
  });
}

async function readConfig<Kind extends RoutingConfigKind>(
  deps: Deps,
  kind: Kind,
  versionNumber: number | undefined,
) {
  const { versions } = deps;
  const [version, heads, history] = await Promise.all([
    readConfigVersion(deps, kind, versionNumber),
    versions.readNewestNumbers(),
    versions.listVersions(kind, historyLimit),
  ]);
  if (isRefusal(version)) return version;
  const newest = heads[kind];
  const shownHistory =
    history.length < historyLimit
      ? [...history, viewVersionHead(routingConfigKinds[kind].shipped)]
      : history;
  return {
    body: version.body,
    newest,
    shown: { ...viewVersionHead(version), newest, history: shownHistory },
  };
}

async function putConfig(
  deps: Deps,
  kind: RoutingConfigKind,
  input: RoutingConfigInput,
  note: string | undefined,
  request: {
    readonly actor: SignedInPerson;
    readonly query: { readonly dryRun: 'true' | 'false' };
    readonly ifMatch?: number;
    readonly now: Instant;
  },
) {
  const { actor, query, ifMatch, now } = request;
  const configRequest = {
    ...{ given: input, by: { sub: actor.sub, name: actor.name }, now },
    ...(note === undefined ? {} : { note }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
  if (query.dryRun === 'true') {
    const proposal = await proposeConfigVersion(deps, kind, configRequest);
    if (isRefusal(proposal)) return toInputRefusal(proposal);
    return { status: 200 as const, body: { ...viewProposal(proposal), dryRun: true as const } };
  }
  const stored = await putConfigVersion(deps, kind, configRequest);
  if (isRefusal(stored)) return toInputRefusal(stored);
  const { version } = stored.version;
  logStep(deps.logger, { step: `routing.${kind}-put`, version });
  return {
    status: 201 as const,
    body: viewProposal(stored),
    etag: version,
    location: `/v1/config/${kind}?version=${version}`,
  };
}

function viewProposal({ version, changes, warnings }: RoutingConfigProposal<RoutingConfigKind>) {
  return {
    ...viewVersionHead(version),
    // What was parsed from JSON is JSON.
    changes: changes as ConfigDiff['changes'],
    warnings: warnings.map(({ pointer, detail }) => ({ pointer, detail })),
  };
}

async function compareConfigs(
  deps: Deps,
  kind: RoutingConfigKind,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Refusal | { status: 200; body: ConfigDiff }> {
  const changes = await compareConfigVersions(deps, kind, from, to);
  if (isRefusal(changes)) return changes;
  return { status: 200, body: { from, to, changes: changes as ConfigDiff['changes'] } };
}

function viewVersionHead({
  version,
  recordedAt,
  by,
  note,
  restores,
}: RoutingConfigHead): RoutingConfigHead {
  return {
    ...{ version, recordedAt },
    ...(by === undefined ? {} : { by }),
    ...(note === undefined ? {} : { note }),
    ...(restores === undefined ? {} : { restores }),
  };
}
