import * as z from 'zod';
import { PolicyId } from '../inquiry/clock/clock.ts';
import { DeskId } from '../inquiry/ids.ts';
import { Category, Channel, Language, Priority, Tag } from '../inquiry/vocabulary.ts';

/**
 * One condition on an inquiry's facts. `text` holds when any of the phrases occurs in subject or
 * first message, both normalized; phrases are plain text, so that no rule can hang a function.
 */
const FactCondition = z.union([
  z.strictObject({ channel: z.array(Channel).min(1) }),
  z.strictObject({ form: z.array(z.string().max(64)).min(1).max(50) }),
  z.strictObject({ text: z.array(z.string().min(1).max(100)).min(1).max(200) }),
  z.strictObject({ senderDomain: z.array(z.string().max(253)).min(1).max(200) }),
  z.strictObject({ department: z.array(z.string().max(200)).min(1).max(200) }),
  z.strictObject({ language: z.array(Language).min(1) }),
  z.strictObject({ automated: z.boolean() }),
  z.strictObject({ vip: z.boolean() }),
  z.strictObject({ external: z.boolean() }),
]);
type FactCondition = z.infer<typeof FactCondition>;

/** Conditions inside conditions; deeper ones are nobody's intention. */
const depthLimit = 10;

export type Condition =
  | FactCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export const Condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      FactCondition,
      z.strictObject({ all: z.array(Condition).min(1).max(50) }),
      z.strictObject({ any: z.array(Condition).min(1).max(50) }),
      z.strictObject({ not: Condition }),
    ]),
  )
  .refine((condition) => depthOf(condition) <= depthLimit, {
    error: `conditions nest at most ${depthLimit} deep`,
  });

/** What a rule sets on an inquiry that it matches. */
export const Actions = z
  .strictObject({
    desk: DeskId.optional(),
    priority: Priority.optional(),
    category: Category.optional(),
    /** Whose service levels hold; one that there is not leaves those that hold otherwise. */
    policy: PolicyId.optional(),
    tags: z.array(Tag).max(10).optional(),
  })
  .refine((actions) => Object.keys(actions).length > 0, { error: 'a rule sets something' });

export const Rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  when: Condition,
  set: Actions,
});
export type Rule = z.infer<typeof Rule>;

/**
 * An ordered rule set. Rules that set priority, category, policy or tags accumulate, a later one
 * overriding an earlier; the first rule that names a desk decides the desk; the default answers
 * what no rule does.
 */
export const RuleSet = z
  .strictObject({
    /** 0 is the shipped default. */
    version: z.int().min(0),
    rules: z.array(Rule).max(1000),
    otherwise: z.strictObject({ desk: DeskId, priority: Priority, category: Category }),
  })
  .refine((set) => new Set(set.rules.map((rule) => rule.id)).size === set.rules.length, {
    error: 'each rule has an id of its own',
    path: ['rules'],
  });
export type RuleSet = z.infer<typeof RuleSet>;

function depthOf(condition: Condition): number {
  if ('all' in condition) return 1 + Math.max(...condition.all.map(depthOf));
  if ('any' in condition) return 1 + Math.max(...condition.any.map(depthOf));
  if ('not' in condition) return 1 + depthOf(condition.not);
  return 1;
}
