import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The part of a CDK app that synthesis needs; aws-cdk-lib itself stays with `lib`. */
interface AppModule {
  makeApp(options: { outdir: string; bundling: boolean; context: Record<string, unknown> }): {
    synth(): {
      readonly stacksRecursively: readonly { stackName: string; template: unknown }[];
    };
  };
}

/**
 * Writes the templates of an app to a file, in its own process: so the CDK's memory is freed, and
 * the engines start on the other core in the meantime.
 */
async function synthesize(appPath: string, context: string, target: string): Promise<void> {
  const { makeApp } = (await import(pathToFileURL(appPath).href)) as AppModule;
  const outdir = await mkdtemp(join(tmpdir(), 'toritsugi-synth-'));
  try {
    const app = makeApp({ outdir, bundling: false, context: JSON.parse(context) });
    const stacks = app
      .synth()
      .stacksRecursively.map(({ stackName, template }) => ({ name: stackName, template }));
    await writeFile(target, JSON.stringify(stacks));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

const [appPath, context, target] = process.argv.slice(2);
if (appPath === undefined || context === undefined || target === undefined) {
  throw new Error('usage: node local/deployment/synthesize.ts <app module> <context> <target>');
}
await synthesize(appPath, context, target);
