import * as z from 'zod';

/** One resource of a synthesized stack, as in its template. */
export interface StackResource {
  readonly stack: string;
  /** The logical id, unique within its stack. */
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
}

export interface StackTemplate {
  readonly name: string;
  readonly template: {
    readonly Resources?: Record<string, TemplateResource>;
    readonly Parameters?: Record<string, { readonly Default?: unknown }>;
    readonly Outputs?: Record<
      string,
      { readonly Value: unknown; readonly Export?: { Name: unknown } }
    >;
  };
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
  readonly Condition?: string;
}

/** Lists the resources of all stacks in template order. */
export function listResources(stacks: readonly StackTemplate[]): StackResource[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {}).map(([id, raw]) => ({
      stack: stack.name,
      id,
      type: raw.Type,
      properties: raw.Properties ?? {},
      metadata: raw.Metadata ?? {},
    })),
  );
}

const Restored = z.object({ name: z.string(), streamArn: z.string().optional() });

/**
 * Reads which restored resource, of the same kind and settings, the functions use in place of this
 * one. It stands in no template: on AWS it is there already, and here the host makes it.
 */
export function readRestored({ metadata }: StackResource): z.infer<typeof Restored> | undefined {
  return Restored.optional().parse(metadata['toritsugi:restored-as']);
}
