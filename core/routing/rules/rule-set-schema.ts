import * as z from 'zod';
import { schemaMembersOf } from './checked-schema.ts';
import { RuleCondition } from './conditions.ts';
import { RuleSet } from './rule-set.ts';

const conditionPlace = '#/$defs/condition';

/**
 * The JSON Schema (2020-12) of a rule set, for editors; `docs/rule-set.schema.json` is this text.
 *
 * It describes the form; `validateRuleSet` also checks names and the limits on the whole set.
 */
export function buildRuleSetSchema(): string {
  const { $schema, ...set } = describeSchema(RuleSet);
  const members = (schemaMembersOf(RuleCondition) ?? []).map((member) => {
    const { $schema: _, ...rest } = describeSchema(member);
    return rest;
  });
  const document = {
    $schema,
    title: 'Toritsugi rule set',
    ...set,
    $defs: { condition: { anyOf: members } },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function describeSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema, path }) => {
      // Zod adds the bounds of safe integers; they are not limits of ours.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      const members = schemaMembersOf(zodSchema);
      if (members !== undefined && members === schemaMembersOf(RuleCondition)) {
        jsonSchema.$ref = conditionPlace;
      } else if (members !== undefined && path.length > 0) {
        jsonSchema.anyOf = members.map((member) => {
          const { $schema: _, ...rest } = describeSchema(member);
          return rest;
        });
      }
    },
  });
}
