import * as z from 'zod';

const membersBySchema = new WeakMap<z.ZodType, () => readonly z.ZodType[]>();

/**
 * A union whose member is told by looking at the value, so that a fault is named where it is and
 * not once per member that was not meant.
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

/** What is wrong with a value, at a path into it. */
export type SchemaIssue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** A schema of a check in words of its own; `members` say in JSON Schema what the check means. */
export function makeCheckedSchema<Value>(
  check: (value: unknown) => readonly SchemaIssue[],
  members: () => readonly z.ZodType[],
): z.ZodType<Value> {
  const schema = z.unknown().superRefine((value, context) => {
    for (const issue of check(value)) {
      // What an object of zod calls unknown is named at the object; people look for the name.
      const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : [];
      const { path, message } = issue;
      if (unknown.length === 0) context.addIssue({ code: 'custom', path: [...path], message });
      for (const key of unknown) {
        context.addIssue({ code: 'custom', path: [...path, key], message: 'is not known here' });
      }
    }
  });
  membersBySchema.set(schema, members);
  // The check has made sure of it, and zod knows of no check that narrows the unknown.
  return schema as unknown as z.ZodType<Value>;
}

/** The members of a schema made here, for its JSON Schema. */
export function schemaMembersOf(schema: z.core.$ZodType): readonly z.ZodType[] | undefined {
  return membersBySchema.get(schema as z.ZodType)?.();
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
