import * as z from 'zod';
import { DeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { Instant } from '../../../core/inquiry/values/ids.ts';
import { defineContract } from '../../edge/http/route-contract.ts';
import {
  ConfigVersionQuery,
  configDefaults,
  makeDryRunQuery,
  NoteInput,
  versionHeadFields,
} from './config-schemas.ts';

const versionFields = {
  ...versionHeadFields,
  recordedAt: Instant.meta({ description: 'When it was put, and from when it is in force.' }),
  restores: z.int().optional().meta({ description: 'The version whose document it brings back.' }),
};
const RoutingVersionView = z.strictObject(versionFields).meta({ id: 'RoutingConfigVersion' });

const ConfigRemarkView = z
  .strictObject({
    pointer: z.string().meta({ description: 'Into the document.' }),
    detail: z.string(),
  })
  .meta({ id: 'ConfigRemark' });

const path = z.string().meta({ description: 'A JSON pointer.' });
const ChangeView = z
  .discriminatedUnion('op', [
    z.strictObject({ op: z.literal('add'), path, value: z.json() }),
    z.strictObject({ op: z.literal('replace'), path, value: z.json() }),
    z.strictObject({ op: z.literal('remove'), path }),
    z.strictObject({ op: z.literal('move'), from: path, path }),
  ])
  .meta({
    id: 'ConfigChange',
    description: 'A step from one document to the other (RFC 6902), each after the one before.',
  });

/** The use case checks the document, since a body's schema could not point at each fault. */
const RuleSetDocument = z.record(z.string(), z.json()).meta({
  id: 'RuleSetDocument',
  description:
    'A rule set without its `version`, as docs/rule-set.schema.json describes it: `rules`, `otherwise`, and optionally `services`, `lists` and `matrix`.',
});
const DesksDocument = z.record(z.string(), z.json()).meta({
  id: 'DeskSettingsDocument',
  description: 'Desk settings: `desks`, `pools` and `vendors`, as a reading of them shows.',
});

const query = makeDryRunQuery('judges it, shows what it would change,');

function makeVersionSchema<Body extends z.ZodType>(document: Body) {
  return z.strictObject({
    ...versionFields,
    document,
    newest: z.int().meta({ description: 'The version in force, whose ETag a PUT may name.' }),
    history: z
      .array(RoutingVersionView)
      .meta({ description: 'The newest 200 that were put, newest first.' }),
  });
}

const proposalFields = {
  ...versionFields,
  changes: z.array(ChangeView),
  warnings: z.array(ConfigRemarkView),
};
const putAnswers = {
  200: z
    .strictObject({ ...proposalFields, dryRun: z.literal(true) })
    .meta({ id: 'RoutingConfigPreview' }),
  201: z.strictObject(proposalFields).meta({ id: 'RoutingConfigPut' }),
};

const readDefaults = {
  ...configDefaults,
  query: ConfigVersionQuery,
  method: 'GET',
  audit: { action: 'read-config', what: 'none', object: { in: 'query', field: 'version' } },
  refusals: ['config.unknown-version'],
  concurrency: false,
} as const;
const putDefaults = {
  ...configDefaults,
  method: 'PUT',
  audit: { action: 'put-config', what: 'none' },
  query,
  bodyLimitBytes: 2_097_152,
  answers: putAnswers,
  refusals: ['config.stale', 'invalid.too-large'],
  concurrency: true,
} as const;
const diffDefaults = {
  ...configDefaults,
  method: 'GET',
  audit: { action: 'compare-config', what: 'none', object: { in: 'query', field: 'to' } },
  query: z.strictObject({
    from: z.coerce.number().int().min(0),
    to: z.coerce.number().int().min(0),
  }),
  answers: {
    200: z
      .strictObject({ from: z.int(), to: z.int(), changes: z.array(ChangeView) })
      .meta({ id: 'RoutingConfigDiff' }),
  },
  refusals: ['config.unknown-version'],
  concurrency: false,
} as const;
const restoreDefaults = {
  ...configDefaults,
  method: 'POST',
  audit: { action: 'restore-config', what: 'none', object: { in: 'body', field: 'version' } },
  query,
  body: z.strictObject({ version: z.int().min(0), note: NoteInput }),
  answers: putAnswers,
  refusals: ['config.stale', 'config.unknown-version', 'invalid.too-large'],
  concurrency: true,
} as const;

const restoreText =
  'The document of an earlier version becomes a new version, judged by what there is now: what it names may be gone.';

export const readRoutingRules = defineContract({
  ...readDefaults,
  path: '/v1/config/routing',
  summary: { en: 'Read the routing rules and their versions', ja: '振り分けルールの参照' },
  answers: { 200: makeVersionSchema(RuleSetDocument).meta({ id: 'RuleSetVersion' }) },
});

export const putRoutingRules = defineContract({
  ...putDefaults,
  path: '/v1/config/routing',
  summary: { en: 'Put a new version of the routing rules', ja: '振り分けルールの更新' },
  description:
    'The whole rule set, which is in force within five seconds everywhere. One with a fault is refused whole, with a pointer to each fault; what can never be reached, or is always overridden, is warned of.',
  body: z.strictObject({ document: RuleSetDocument, note: NoteInput }),
});

export const diffRoutingRules = defineContract({
  ...diffDefaults,
  path: '/v1/config/routing/diff',
  summary: { en: 'Compare two versions of the routing rules', ja: '振り分けルールの比較' },
});

export const restoreRoutingRules = defineContract({
  ...restoreDefaults,
  path: '/v1/config/routing/restore',
  summary: { en: 'Return to earlier routing rules', ja: '振り分けルールの復元' },
  description: restoreText,
});

export const readDeskSettings = defineContract({
  ...readDefaults,
  path: '/v1/config/desks',
  summary: { en: 'Read the desk settings and their versions', ja: '窓口設定の参照' },
  answers: { 200: makeVersionSchema(DeskSettings).meta({ id: 'DeskSettingsVersion' }) },
});

export const putDeskSettings = defineContract({
  ...putDefaults,
  path: '/v1/config/desks',
  summary: { en: 'Put new desk settings', ja: '窓口設定の更新' },
  description:
    "Attributes of the stage's desks, contracts of the outsourced ones, pools, and what each vendor is shown; in force at once. Desks themselves and their queues come of the stage.",
  body: z.strictObject({ document: DesksDocument, note: NoteInput }),
});

export const diffDeskSettings = defineContract({
  ...diffDefaults,
  path: '/v1/config/desks/diff',
  summary: { en: 'Compare two versions of the desk settings', ja: '窓口設定の比較' },
});

export const restoreDeskSettings = defineContract({
  ...restoreDefaults,
  path: '/v1/config/desks/restore',
  summary: { en: 'Return to earlier desk settings', ja: '窓口設定の復元' },
  description: restoreText,
});
