import { expect, it } from 'vitest';
import { conditionFacts } from '../../../../core/routing/rules/conditions.ts';
import { buildRuleSetSchema } from '../../../../core/routing/rules/rule-set-schema.ts';

const schema = JSON.parse(buildRuleSetSchema());

it('is published as it is', async () => {
  await expect(buildRuleSetSchema()).toMatchFileSnapshot('../../../../docs/rule-set.schema.json');
});

it('knows every condition, each by its own name alone, and conditions of conditions', () => {
  const members: { properties: object; additionalProperties: boolean; required: string[] }[] =
    schema.$defs.condition.anyOf;
  expect(members.map(({ required }) => required)).toEqual([
    ...conditionFacts.map((name) => [name]),
    ['all'],
    ['any'],
    ['not'],
  ]);
  expect(members.every((member) => member.additionalProperties === false)).toBe(true);
  expect(members.at(-1)?.properties).toEqual({ not: { $ref: '#/$defs/condition' } });
  expect(schema.properties.rules.items.properties.when).toEqual({ $ref: '#/$defs/condition' });
});

it('says what each condition takes', () => {
  const open = Object.values(schema.$defs.condition.anyOf as { properties: object }[]).filter(
    ({ properties }) => Object.values(properties).some((value) => Object.keys(value).length === 0),
  );
  expect(open).toEqual([]);
});
