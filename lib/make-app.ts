import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { AppStack } from './app/app-stack.ts';
import { DataStack } from './data/data-stack.ts';
import { EntryFunction } from './entry-function.ts';
import { StageContext } from './stage-context.ts';
import type { NamedStage } from './stage-stack.ts';
import { WatchStack } from './watch/watch-stack.ts';

const AppContext = z.looseObject({
  /** The name of one stage; without it, all stages that deploy. */
  stage: z.string().optional(),
  stages: z.record(z.string(), z.unknown()),
  publicUrl: z.string().optional(),
});

/**
 * Makes the CDK app: for each stage the stacks `toritsugi-<stage>-data`, `-app` and `-watch`.
 *
 * Reads `cdk.json` itself, so that the app is the same with and without the CLI; what the CLI or
 * `context` says takes precedence. With `bundling: false` no esbuild runs, no entry file is read
 * and the template is not validated.
 */
export function makeApp(options?: {
  outdir?: string;
  bundling?: boolean;
  context?: Record<string, unknown>;
}): App {
  const bundling = options?.bundling ?? true;
  const defaults = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'));
  const app = new App({
    ...(options?.outdir === undefined ? {} : { outdir: options.outdir }),
    analyticsReporting: false,
    // Only what is deployed is validated: it would take most of the local host's start.
    builtinCloudFormationValidation: bundling,
    treeMetadata: bundling,
    context: {
      ...defaults.context,
      ...options?.context,
      // The permission ledger names resources by their construct path; the CLI would set it too.
      'aws:cdk:enable-path-metadata': true,
      ...(bundling ? {} : { 'aws:cdk:bundling-stacks': [] }),
    },
  });
  const context = AppContext.parse({
    stage: app.node.tryGetContext('stage'),
    stages: app.node.tryGetContext('stages'),
    publicUrl: app.node.tryGetContext('publicUrl'),
  });
  const names = context.stage === undefined ? ['dev', 'prod'] : [context.stage];
  for (const name of names) {
    const stageJson = z.looseObject({}).safeParse(context.stages[name]);
    if (!stageJson.success) throw new Error(`cdk.json has no stage ${name}`);
    const stage = StageContext.parse({
      ...stageJson.data,
      ...(context.publicUrl === undefined ? {} : { publicUrl: context.publicUrl }),
    });
    makeStage(app, { name, ...stage });
  }
  return app;
}

function makeStage(app: App, stage: NamedStage): void {
  const { watch } = new WatchStack(app, stage);
  const data = new DataStack(app, stage, watch);
  const running = new AppStack(app, stage, data, watch);
  watch.complete(
    [data, running]
      .flatMap((stack) => stack.node.findAll())
      .filter((construct) => construct instanceof EntryFunction),
  );
}
