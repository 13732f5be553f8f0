import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp } from '../../lib/make-app.ts';
import { mergeStage, type StageTemplate } from '../../lib/stage-template.ts';

export interface SynthesizedResource {
  readonly id: string;
  readonly Type: string;
  // The properties of any type of resource: each test knows which it looks at.
  // biome-ignore lint/suspicious/noExplicitAny: a template has no one shape
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

const cdk = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  readonly context: { readonly stages: Readonly<Record<string, object>> };
};

/** The stages of `cdk.json`, one of them with differences. */
export function stagesWith(stage: string, differences: object): Record<string, object> {
  const { stages } = cdk.context;
  return { ...stages, [stage]: { ...stages[stage], ...differences } };
}

type Template = StageTemplate<Omit<SynthesizedResource, 'id'>>;
type Synthesis = { readonly template: Template; readonly exports: readonly string[] };

/** By stage and differences: a synthesis takes a second, and the files of a worker share them. */
const templates = new Map<string, Synthesis>();

function synthesize(stage: string, differences: object): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'toritsugi-lib-'));
  try {
    const stages = stagesWith(stage, differences);
    const context = { stage, stages, publicUrl: `https://${stage}.toritsugi.example` };
    const assembly = makeApp({ outdir, bundling: false, context }).synth();
    const outputs = assembly.stacks.flatMap(({ template }) =>
      Object.values<{ Export?: { Name: string } }>(template.Outputs ?? {}),
    );
    return {
      template: mergeStage(assembly, stage),
      exports: outputs.flatMap(({ Export }) => (Export === undefined ? [] : [Export.Name])),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A synthesized stage, to be asked for the resources of all its stacks. */
export class SynthesizedStage {
  readonly template: Template;
  /** The names under which its stacks export what others use. */
  readonly exports: readonly string[];

  /** @param differences of the stage from what `cdk.json` says of it */
  constructor(stage: string, differences: object = {}) {
    const name = JSON.stringify([stage, differences]);
    const synthesis = templates.get(name) ?? synthesize(stage, differences);
    templates.set(name, synthesis);
    this.template = synthesis.template;
    this.exports = synthesis.exports;
  }

  resourcesOfType(type: string): SynthesizedResource[] {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, ...resource }));
  }

  onlyResourceOfType(type: string): SynthesizedResource {
    const [first, ...others] = this.resourcesOfType(type);
    if (first === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
    return first;
  }

  get functions(): SynthesizedResource[] {
    return this.resourcesOfType('AWS::Lambda::Function');
  }

  /** The function of a use case, such as `work/claim-inquiry`. */
  functionOf(useCase: string): SynthesizedResource {
    const found = this.functions.find((fn) => useCaseOf(fn) === useCase);
    if (found === undefined) throw new Error(`no function ${useCase}`);
    return found;
  }

  /** The function that a mapping from this source invokes. */
  readerOf(sourceId: string): string | undefined {
    const mapping = this.resourcesOfType('AWS::Lambda::EventSourceMapping').find(
      (one) => targetOf(one.Properties.EventSourceArn) === sourceId,
    );
    const fn = this.functions.find((one) => one.id === targetOf(mapping?.Properties.FunctionName));
    return fn && useCaseOf(fn);
  }
}

export function entryOf(fn: SynthesizedResource): string {
  return String(fn.Metadata?.['toritsugi:entry']);
}

export function useCaseOf(fn: SynthesizedResource): string {
  return entryOf(fn)
    .replace(/^functions\//, '')
    .replace(/\.lambda\.ts$/, '');
}

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
export function targetOf(intrinsic: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (intrinsic ?? {}) as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
  };
  return Ref ?? attribute?.[0];
}
