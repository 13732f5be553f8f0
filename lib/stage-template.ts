import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { StackPart } from './stage-stack.ts';

interface Template {
  readonly Resources?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
}

/** What all stacks of a stage hold, as if they were one. */
export interface StageTemplate<Resource> {
  readonly Resources: Readonly<Record<string, Resource>>;
  /** By logical id. */
  readonly parts: ReadonlyMap<string, StackPart>;
}

const parts: readonly StackPart[] = ['data', 'app', 'watch'];

/**
 * Puts the templates of a stage's stacks together: what one imports is replaced by what the other
 * exports.
 *
 * Throws when two stacks use one logical id, or one imports what none exports.
 */
export function mergeStage<Resource>(
  assembly: CloudAssembly,
  stage: string,
): StageTemplate<Resource> {
  const templates = parts.map((part) => {
    const { template } = assembly.getStackByName(`toritsugi-${stage}-${part}`);
    return [part, template as Template] as const;
  });
  const exported = new Map(
    templates.flatMap(([, { Outputs = {} }]) =>
      Object.values(Outputs).map(({ Export, Value }) => [Export?.Name, Value] as const),
    ),
  );
  const resources = new Map<string, Resource>();
  const partOf = new Map<string, StackPart>();
  for (const [part, { Resources = {} }] of templates) {
    for (const [id, resource] of Object.entries(Resources)) {
      if (resources.has(id)) throw new Error(`Two stacks of ${stage} have a ${id}`);
      resources.set(id, resolveImports(resource, exported) as Resource);
      partOf.set(id, part);
    }
  }
  return { Resources: Object.fromEntries(resources), parts: partOf };
}

function resolveImports(value: unknown, exported: ReadonlyMap<unknown, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveImports(item, exported));
  if (typeof value !== 'object' || value === null) return value;
  const name = (value as Record<string, unknown>)['Fn::ImportValue'];
  if (name !== undefined) {
    if (!exported.has(name)) throw new Error(`No stack exports ${String(name)}`);
    return exported.get(name);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveImports(item, exported)]),
  );
}
