import * as z from 'zod';

const membersBySchema = new WeakMap<z.ZodType, () => readonly z.ZodType[]>();

/**
 * Makes a union that picks its member by looking at the value, so that a fault is reported once,
 * where it is, and not for every member that was not meant.
 */
export function makeUnionSchema<Member extends z.ZodType>(
  members: readonly Member[],
  pick: (value: unknown) => Member,
): z.ZodType<z.infer<Member>> {
  return makeCheckedSchema(
    (value) => pick(value).safeParse(value).error?.issues ?? [],
    () => members,
  );
}

/** A fault in a value, with the path to it. */
export type SchemaIssue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Makes a schema from a check; `members` say for the JSON Schema what the check accepts. */
export function makeCheckedSchema<Value>(
  check: (value: unknown) => readonly SchemaIssue[],
  members: () => readonly z.ZodType[],
): z.ZodType<Value> {
  const schema = z.unknown().superRefine((value, context) => {
    for (const issue of check(value)) {
      // Zod reports an unknown key at its object; people look for the key.
      const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : [];
      const { path, message } = issue;
      if (unknown.length === 0) context.addIssue({ code: 'custom', path: [...path], message });
      for (const key of unknown) {
        context.addIssue({ code: 'custom', path: [...path, key], message: 'is not known here' });
      }
    }
  });
  membersBySchema.set(schema, members);
  // The check guarantees the type; zod has no check that narrows `unknown`.
  return schema as unknown as z.ZodType<Value>;
}

/** The members of a schema made in this file, for its JSON Schema. */
export function schemaMembersOf(schema: z.core.$ZodType): readonly z.ZodType[] | undefined {
  return membersBySchema.get(schema as z.ZodType)?.();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
