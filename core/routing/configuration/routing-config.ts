import type * as z from 'zod';
import { defineImmediateVersion } from '../../inquiry/terms/config-version.ts';
import {
  type DeskSettings,
  DeskSettingsVersion,
  shippedDeskSettings,
} from '../../inquiry/terms/desk-settings.ts';
import { RuleSet } from '../rules/rule-set.ts';
import { shippedRules } from '../rules/shipped-rules.ts';

/** The kinds of routing configuration; each is one document with versions. */
export type RoutingConfigKind = 'routing' | 'desks';

/** A version of the rule set, in force from when it is recorded. */
export const RuleSetVersion = defineImmediateVersion(RuleSet);
export type RuleSetVersion = z.infer<typeof RuleSetVersion>;

export type RoutingConfigByKind = { readonly routing: RuleSet; readonly desks: DeskSettings };

/** A version without its document. */
export type RoutingConfigHead = Omit<RuleSetVersion, 'body'>;
export type RoutingConfigVersion<Kind extends RoutingConfigKind> = RoutingConfigHead & {
  readonly body: RoutingConfigByKind[Kind];
};

/** The schema of a stored version, and the shipped version in force before anybody puts one. */
export const routingConfigKinds: {
  readonly [Kind in RoutingConfigKind]: {
    readonly schema: z.ZodType<RoutingConfigVersion<Kind>>;
    readonly shipped: RoutingConfigVersion<Kind>;
  };
} = {
  routing: {
    schema: RuleSetVersion,
    shipped: { version: 0, recordedAt: shippedDeskSettings.recordedAt, body: shippedRules },
  },
  desks: { schema: DeskSettingsVersion, shipped: shippedDeskSettings },
};

/** One operation of a JSON Patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/** A fault in a document or a warning about it, with a pointer to it. */
export type ConfigRemark = { readonly pointer: string; readonly detail: string };

/** A document that passed its checks. */
export type AcceptedConfig<Body> = {
  readonly body: Body;
  readonly warnings: readonly ConfigRemark[];
};
