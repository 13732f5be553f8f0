import type * as z from 'zod';
import { defineImmediateVersion } from '../../inquiry/terms/config-version.ts';
import {
  type DeskSettings,
  DeskSettingsVersion,
  shippedDeskSettings,
} from '../../inquiry/terms/desk-settings.ts';
import { RuleSet } from '../rules/rule-set.ts';
import { shippedRules } from '../rules/shipped-rules.ts';

/** The kinds of configuration that routing stands on; each is one document with versions. */
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

/** How a version is read back, and what was there before anybody put one. */
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

/** One step from one document to another (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/** What is wrong with a document, or worth a second look, and where. */
export type ConfigRemark = { readonly pointer: string; readonly detail: string };

/** What a document is, once it has been found good. */
export type AcceptedConfig<Body> = {
  readonly body: Body;
  readonly warnings: readonly ConfigRemark[];
};
