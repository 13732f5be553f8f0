import * as z from 'zod';

export type JsonSchema = { readonly [name: string]: unknown };

/**
 * Turns zod schemas into JSON Schema 2020-12, with named ones collected as components.
 *
 * What a caller sends is described as `input` and what they get as `output`, since defaults and
 * transforms make the two differ; a named schema has to be the same in both.
 */
export class SchemaComponents {
  readonly schemas: Record<string, JsonSchema> = {};

  describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, override: simplifySchema });
    for (const [name, definition] of Object.entries($defs ?? {})) {
      if (!isUnnamed(name)) this.#keep(name, relocateRefs(definition) as JsonSchema);
    }
    return relocateRefs(rest) as JsonSchema;
  }

  #keep(name: string, schema: JsonSchema): void {
    const existing = this.schemas[name];
    if (existing !== undefined && JSON.stringify(existing) !== JSON.stringify(schema)) {
      throw new TypeError(`two schemas are named ${name}`);
    }
    this.schemas[name] = schema;
  }
}

/** Drops patterns that a format implies, and the bounds of safe integers, which are not ours. */
function simplifySchema({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** `z.json()` refers to itself without a name; it means any JSON, which needs no description. */
function isUnnamed(name: string): boolean {
  return name.startsWith('__schema');
}

/** Points references at the document's components, where zod points at the schema's own. */
function relocateRefs(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relocateRefs);
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...others } = node as Record<string, unknown>;
  const rest = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, relocateRefs(value)]),
  );
  if (typeof $ref !== 'string') return rest;
  const name = $ref.replace('#/$defs/', '');
  return isUnnamed(name) ? rest : { $ref: `#/components/schemas/${name}`, ...rest };
}
