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
export type ConfigKind = 'routing' | 'desks';

/** A version of the rule set, in force from when it is recorded. */
export const RuleSetVersion = defineImmediateVersion(RuleSet);
export type RuleSetVersion = z.infer<typeof RuleSetVersion>;

export type BodyOf = { readonly routing: RuleSet; readonly desks: DeskSettings };

/** A version without its document. */
export type VersionHead = Omit<RuleSetVersion, 'body'>;
export type VersionOf<Kind extends ConfigKind> = VersionHead & { readonly body: BodyOf[Kind] };

/** How a version is read back, and what was there before anybody put one. */
export const kinds: {
  readonly [Kind in ConfigKind]: {
    readonly schema: z.ZodType<VersionOf<Kind>>;
    readonly shipped: VersionOf<Kind>;
  };
} = {
  routing: {
    schema: RuleSetVersion,
    shipped: { version: 0, recordedAt: shippedDeskSettings.recordedAt, body: shippedRules },
  },
  desks: { schema: DeskSettingsVersion, shipped: shippedDeskSettings },
};

/** One step from one document to another (RFC 6902). */
export type Change =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/** What is wrong with a document, or worth a second look, and where. */
export type Remark = { readonly pointer: string; readonly detail: string };

/** What a document is, once it has been found good. */
export type Judged<Body> = { readonly body: Body; readonly warnings: readonly Remark[] };
